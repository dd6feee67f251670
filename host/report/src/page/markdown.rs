//! A report as Markdown, short enough for a pull request: verdict, what is open, numbers, and the
//! pipeline as Mermaid, which forges draw. What others have written is escaped, so that it is neither
//! markup nor calls anybody's name.

use std::fmt::Write;

use mlhost_sandbox::Metric;

use super::figure::Drawing;
use super::model::{Block, Fact, Gate, Located, Report, Section, State};
use super::numbers::headline;
use super::table::Table;
use crate::text;

/// The most findings of a section, rows of a table, and characters of one text.
const MOST_FINDINGS: usize = 50;
const MOST_ROWS: usize = 30;
const LONGEST: usize = 500;

impl Report {
    /// The report as Markdown of GitHub's kind.
    pub fn markdown(&self) -> String {
        let mut page = format!(
            "# {}\n\n**{}**: {}\n",
            escaped(&self.title),
            self.state.word(),
            escaped(&self.summary)
        );
        page.push_str(&facts(&self.facts));
        for section in &self.sections {
            page.push_str(&part(section));
        }
        page
    }
}

fn part(section: &Section) -> String {
    let state = match section.state {
        State::Neutral => String::new(),
        state => format!(" ({})", state.word()),
    };
    let mut page = format!("\n## {}{state}\n", escaped(&section.title));
    if let Some(summary) = &section.summary {
        // Writing to a string cannot fail.
        let _ = writeln!(page, "\n{}", escaped(summary));
    }
    page.push_str(&facts(&section.facts));
    for block in &section.blocks {
        page.push_str(&match block {
            Block::Findings(all) => findings(all),
            Block::Gates(all) => gates(all),
            Block::Metrics(all) => metrics(all),
            Block::Table(table) => titled(table.title.as_deref(), table),
            Block::Figure(figure) => match Drawing::of(figure).numbers() {
                Some(numbers) => titled(Some(&figure.title), &numbers),
                None => String::new(),
            },
            Block::Graph(graph) => format!("\n```mermaid\n{}\n```\n", graph.mermaid().trim_end()),
        });
    }
    page
}

fn facts(facts: &[Fact]) -> String {
    let lines = facts.iter();
    let lines: String = lines
        .map(|fact| format!("- {}: {}\n", escaped(&fact.name), escaped(&fact.value)))
        .collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\n{lines}"),
    }
}

/// Those that are open, and how many are not.
fn findings(all: &[Located]) -> String {
    let open: Vec<&Located> = all
        .iter()
        .filter(|located| !located.finding.passed)
        .collect();
    let mut page = String::new();
    if !open.is_empty() {
        page.push_str("\n| result | check | column | what was seen |\n|---|---|---|---|\n");
    }
    for Located { step, finding } in open.iter().take(MOST_FINDINGS) {
        let check = match step {
            Some(step) => format!("{step}: {}", finding.check),
            None => finding.check.clone(),
        };
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            State::of(finding).word(),
            escaped(&check),
            escaped(finding.column.as_deref().unwrap_or_default()),
            escaped(&finding.message)
        );
    }
    let more = open.len().saturating_sub(MOST_FINDINGS);
    if more > 0 {
        let _ = writeln!(page, "\nand {}", text::plural(more, "more finding"));
    }
    let passed = all.len() - open.len();
    if passed > 0 {
        let _ = writeln!(page, "\n{}", text::plural(passed, "passed check"));
    }
    page
}

fn gates(gates: &[Gate]) -> String {
    let gate = |gate: &Gate| {
        let state = if gate.passed { "passed" } else { "**failed**" };
        let (step, summary) = (escaped(&gate.step), escaped(&gate.summary));
        let compared = gate.comparison.as_deref().map(escaped);
        let compared = compared
            .map(|words| format!(" ({words})"))
            .unwrap_or_default();
        format!("- {step}: {summary}: {state}{compared}\n")
    };
    format!("\n{}", gates.iter().map(gate).collect::<String>())
}

fn metrics(all: &[Metric]) -> String {
    let mut table = Table::new(["metric", "value"]);
    for metric in headline(all) {
        table.push([
            super::Cell::text(&metric.name),
            super::Cell::Number(metric.value),
        ]);
    }
    match table.rows.is_empty() {
        true => String::new(),
        false => titled(None, &table),
    }
}

fn titled(title: Option<&str>, table: &Table) -> String {
    let title = title.map(|title| format!("\n**{}**\n", escaped(title)));
    let mut page = title.unwrap_or_default();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    page.push('\n');
    page.push_str(&line(
        table.columns.iter().map(|column| escaped(column)).collect(),
    ));
    let rules = (0..table.columns.len()).map(|column| match table.is_numeric(column) {
        true => "---:".to_owned(),
        false => "---".to_owned(),
    });
    page.push_str(&line(rules.collect()));
    for row in table.rows.iter().take(MOST_ROWS) {
        page.push_str(&line(
            row.iter().map(|cell| escaped(&cell.words())).collect(),
        ));
    }
    let more = table.rows.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        let _ = writeln!(page, "\nand {}", text::plural(more, "more row"));
    }
    page
}

/// A text as nothing but itself, in one line.
fn escaped(words: &str) -> String {
    let words = text::visible(&text::cut(words, LONGEST));
    let mut safe = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // Else a forge tells whoever has that name.
            '@' => safe.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '!'
            | '$' => {
                safe.push('\\');
                safe.push(character);
            }
            _ => safe.push(character),
        }
    }
    // Else an address becomes a link by itself.
    safe.replace("://", ":&#47;&#47;")
        .replace("www.", "www&#46;")
}
