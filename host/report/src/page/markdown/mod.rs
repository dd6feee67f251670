//! A report as Markdown, short enough for a comment on a pull request: verdict, what is open, numbers,
//! and the pipeline as Mermaid, which forges draw. What is long, or of a step with which all is well,
//! is folded; the numbers behind curves are left to the page. What others have written is escaped, so
//! that it is neither markup nor calls anybody's name.

mod words;

use std::fmt::Write;

use mlhost_sandbox::{Figure, Metric};

use self::words::{escaped, folded, sentence};
use super::figure::Drawing;
use super::findings::{listed, parted};
use super::model::{Block, Fact, Gate, Located, Report, Section, State};
use super::numbers::headline;
use super::room::{Extent, Medium, Room, placed};
use super::table::Table;
use crate::text;

/// The most bytes of sections, and of what is said on that which is left out. With title and verdict
/// it is less than 60,000, and GitHub takes comments of up to 65,536 characters.
const MOST: usize = 52_000;
const MOST_NOTES: usize = 2_500;
/// The most facts in one place.
const MOST_FACTS: usize = 40;
/// The findings that are seen at once, and the most that can be folded out.
const OPEN_FINDINGS: usize = 20;
const MOST_FINDINGS: usize = 100;
/// The rows of a table that are seen at once, the most rows, in brief, and the most columns.
const OPEN_ROWS: usize = 20;
const MOST_ROWS: usize = 30;
const FEW_ROWS: usize = 10;
const MOST_COLUMNS: usize = 24;

/// Markdown, as a medium of sections.
struct Comment;

impl Medium for Comment {
    const MOST_FIGURES: usize = 16;

    fn entry(&self, _: usize, _: &Section) -> String {
        String::new()
    }

    fn beginning(&self, _: usize, section: &Section) -> String {
        let state = match section.state {
            State::Neutral => String::new(),
            state => format!(" ({})", state.word()),
        };
        let mut part = format!("\n## {}{state}\n", escaped(&section.title));
        if let Some(summary) = &section.summary {
            // Writing to a string cannot fail.
            let _ = writeln!(part, "\n{}", sentence(summary));
        }
        part + &facts(&section.facts)
    }

    fn block(&self, section: &Section, block: &Block, extent: Extent) -> String {
        let is_quiet = section.state == State::Passed;
        match block {
            Block::Findings(all) => findings(all, extent),
            Block::Gates(all) => gates(all),
            Block::Metrics(all) => metrics(all, is_quiet, extent),
            Block::Table(table) => titled(table.title.as_deref(), table, is_quiet, extent),
            Block::Figure(figure) => match Drawing::of(figure) {
                Drawing::Lines(_) => curves(section, figure),
                drawing => match drawing.numbers() {
                    Some(numbers) => titled(Some(&figure.title), &numbers, is_quiet, extent),
                    None => String::new(),
                },
            },
            Block::Graph(graph) => {
                format!("\n```mermaid\n{}\n```\n", graph.mermaid().trim_end())
            }
        }
    }
}

impl Report {
    /// The report as Markdown of GitHub's kind.
    pub fn markdown(&self) -> String {
        let mut room = Room::of(MOST);
        let mut notes = Room::of(MOST_NOTES);
        let mut page = format!(
            "# {}\n\n**{}**: {}\n",
            escaped(&self.title),
            self.state.word(),
            sentence(&self.summary)
        );
        page.push_str(&room.admit(facts(&self.facts)).unwrap_or_default());
        let sections = placed(self, &Comment, &mut room);
        for section in &sections {
            page.push_str(&section.beginning);
            for block in &section.blocks {
                page.push_str(block);
            }
            let note = section
                .left_out
                .as_deref()
                .map(|words| format!("\n{}\n", sentence(words)));
            page.push_str(&note.and_then(|note| notes.admit(note)).unwrap_or_default());
        }
        let left_out = self.sections.len() - sections.len();
        if left_out > 0 {
            let _ = writeln!(
                page,
                "\n{} had no room here: the report as JSON has everything.",
                text::plural(left_out, "section")
            );
        }
        page
    }
}

/// That there are curves, said once for all of a section: their coordinates tell nobody anything.
fn curves(section: &Section, figure: &Figure) -> String {
    let figures = section.blocks.iter().filter_map(|block| match block {
        Block::Figure(figure) if matches!(Drawing::of(figure), Drawing::Lines(_)) => Some(figure),
        _ => None,
    });
    let figures: Vec<&Figure> = figures.take(Comment::MOST_FIGURES).collect();
    match figures.first() {
        Some(first) if std::ptr::eq(*first, figure) => {
            let titles = figures.iter().map(|figure| sentence(&figure.title));
            let titles = titles.collect::<Vec<_>>().join("; ");
            format!("\nDrawn in the report as HTML: {titles}\n")
        }
        _ => String::new(),
    }
}

fn facts(facts: &[Fact]) -> String {
    let lines = facts.iter().take(MOST_FACTS);
    let mut lines: String = lines
        .map(|fact| format!("- {}: {}\n", escaped(&fact.name), escaped(&fact.value)))
        .collect();
    let more = facts.len().saturating_sub(MOST_FACTS);
    if more > 0 {
        let _ = writeln!(lines, "- and {}", text::plural(more, "more fact"));
    }
    match lines.is_empty() {
        true => lines,
        false => format!("\n{lines}"),
    }
}

/// Those that are open, and how many are not.
fn findings(all: &[Located], extent: Extent) -> String {
    let (open, passed) = parted(all);
    let most = match extent {
        Extent::Full => MOST_FINDINGS,
        Extent::Brief => OPEN_FINDINGS,
    };
    let listed = listed(&open, most);
    let (seen, more) = listed.shown.split_at(listed.shown.len().min(OPEN_FINDINGS));
    let mut page = rows(seen);
    if !more.is_empty() {
        let title = text::plural(more.len(), "more finding");
        page.push_str(&folded(&title, &rows(more)));
    }
    if let Some(left_out) = &listed.left_out {
        let _ = writeln!(page, "\n{}", escaped(left_out));
    }
    if !passed.is_empty() {
        let _ = writeln!(page, "\n{}", text::plural(passed.len(), "passed check"));
    }
    page
}

fn rows(findings: &[&Located]) -> String {
    let mut rows = String::new();
    if !findings.is_empty() {
        rows.push_str("\n| result | check | column | what was seen |\n|---|---|---|---|\n");
    }
    for Located { step, finding } in findings {
        let check = match step {
            Some(step) => format!("{step}: {}", finding.check),
            None => finding.check.clone(),
        };
        let _ = writeln!(
            rows,
            "| {} | {} | {} | {} |",
            State::of(finding).word(),
            escaped(&check),
            escaped(finding.column.as_deref().unwrap_or_default()),
            sentence(&finding.message)
        );
    }
    rows
}

fn gates(gates: &[Gate]) -> String {
    let gate = |gate: &Gate| {
        let state = if gate.passed { "passed" } else { "**failed**" };
        let (step, summary) = (escaped(&gate.step), sentence(&gate.summary));
        let compared = gate.comparison.as_deref().map(sentence);
        let compared = compared
            .map(|words| format!(" ({words})"))
            .unwrap_or_default();
        format!("- {step}: {summary}: {state}{compared}\n")
    };
    format!("\n{}", gates.iter().map(gate).collect::<String>())
}

fn metrics(all: &[Metric], is_quiet: bool, extent: Extent) -> String {
    let mut table = Table::new(["metric", "value"]);
    for metric in headline(all) {
        table.push([
            super::Cell::text(&metric.name),
            super::Cell::Number(metric.value),
        ]);
    }
    match table.rows.len() {
        0 => String::new(),
        numbers if is_quiet => folded(
            &text::plural(numbers, "number"),
            &self::table(&table, extent),
        ),
        _ => self::table(&table, extent),
    }
}

/// A table under its title; folded if it is long, or if all is well anyway.
fn titled(title: Option<&str>, table: &Table, is_quiet: bool, extent: Extent) -> String {
    let content = self::table(table, extent);
    if is_quiet || table.rows.len() > OPEN_ROWS {
        let rows = || text::plural(table.rows.len(), "row");
        return folded(&title.map_or_else(rows, str::to_owned), &content);
    }
    let title = title.map(|title| format!("\n**{}**\n", sentence(title)));
    title.unwrap_or_default() + &content
}

fn table(table: &Table, extent: Extent) -> String {
    let most = match extent {
        Extent::Full => MOST_ROWS,
        Extent::Brief => FEW_ROWS,
    };
    let columns = table.columns.len().min(MOST_COLUMNS);
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let headings = table.columns.iter().take(columns);
    let mut page = format!(
        "\n{}",
        line(headings.map(|column| escaped(column)).collect())
    );
    let rules = (0..columns).map(|column| match table.is_numeric(column) {
        true => "---:".to_owned(),
        false => "---".to_owned(),
    });
    page.push_str(&line(rules.collect()));
    for row in table.rows.iter().take(most) {
        let cells = row.iter().take(columns);
        page.push_str(&line(cells.map(|cell| escaped(&cell.words())).collect()));
    }
    for (all, shown, noun) in [
        (table.rows.len(), most, "more row"),
        (table.columns.len(), columns, "more column"),
    ] {
        let more = all.saturating_sub(shown);
        if more > 0 {
            let _ = writeln!(page, "\nand {}", text::plural(more, noun));
        }
    }
    page
}
