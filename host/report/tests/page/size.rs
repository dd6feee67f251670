//! A page stays under a megabyte, however much there is to show, and what is wrong has its place first.

use mlhost_report::page::{Block, Cell, Located, Report, Section, State, Table};
use mlhost_sandbox::{Figure, Finding, Severity};
use serde_json::json;

const MOST: usize = 1_000_000;
/// Of the characters of Markdown; code hosts take 65,536 in a comment.
const MOST_OF_MARKDOWN: usize = 60_000;

#[test]
fn many_sections_with_everything_fit() {
    let long = "x".repeat(10_000);
    let mut report = Report::new(&long, State::Failed, &long).fact(&long, &long);
    let values: Vec<f64> = (0..100_000).map(f64::from).collect();
    let lines = Figure {
        name: "lines".to_owned(),
        title: long.clone(),
        kind: "lines".to_owned(),
        data: json!({ "x": values, "series": [{ "name": long, "values": values }] }),
    };
    let mut table = Table::new((0..1000).map(|column| format!("column {column}")));
    for _ in 0..1000 {
        table.push((0..1000).map(|_| Cell::Number(Some(1.0))));
    }
    let finding = Located {
        step: None,
        finding: Finding {
            check: "check".to_owned(),
            column: None,
            passed: false,
            severity: Severity::Error,
            message: long.clone(),
            details: json!({ "long": long }).as_object().unwrap().clone(),
        },
    };
    for number in 0..2000 {
        let mut section = Section::new(format!("section {number}"), State::Failed);
        if number < 20 {
            section = section
                .with(Block::Figure(lines.clone()))
                .with(Block::Table(table.clone()))
                .with(Block::Findings(vec![finding.clone(); 1000]));
        } else {
            section = section.saying("short");
        }
        report = report.with(section);
    }
    let html = report.html();
    assert!(html.len() < MOST, "{} bytes", html.len());
    assert!(html.contains("Left out for want of room"));
    assert!(html.ends_with("</html>"));
    check_markdown(&report);
}

fn finding(step: &str, column: usize, severity: Severity) -> Located {
    let values: Vec<f64> = (0..40).map(f64::from).collect();
    Located {
        step: Some(step.to_owned()),
        finding: Finding {
            check: "between".to_owned(),
            column: Some(format!("column_{column}")),
            passed: false,
            severity,
            message: format!("values of column_{column} are out of range"),
            details: json!({ "shares": values, "edges": values, "counts": values })
                .as_object()
                .unwrap()
                .clone(),
        },
    }
}

/// What profiling, watching and checking a table of so many columns comes to.
fn wide(columns: usize) -> Report {
    let x: Vec<usize> = (0..20).collect();
    let mut profile = Section::new("profile", State::Passed);
    for column in 0..columns {
        profile = profile.with(Block::Figure(Figure {
            name: format!("histogram_{column}"),
            title: format!("Values of column_{column}"),
            kind: "bars".to_owned(),
            data: json!({ "x": x, "series": [{ "name": "rows", "values": x }] }),
        }));
    }
    let warned: Vec<_> = (0..columns)
        .map(|column| finding("watch", column, Severity::Warn))
        .collect();
    let failed: Vec<_> = (0..20)
        .map(|column| finding("check", column, Severity::Error))
        .collect();
    let more = (0..columns).map(|column| finding("later", column, Severity::Error));
    let open = more
        .chain(failed.iter().cloned())
        .chain(warned.iter().cloned());
    let mut files = Table::new(["file"]);
    files.push([Cell::text("orders_2024.parquet")]);
    Report::new("Run 1 of wide", State::Failed, "check failed")
        .with(Section::new("Findings", State::Failed).with(Block::Findings(open.collect())))
        .with(profile)
        .with(Section::new("watch", State::Warned).with(Block::Findings(warned)))
        .with(Section::new("check", State::Failed).with(Block::Findings(failed)))
        .with(Section::new("Data", State::Neutral).with(Block::Table(files)))
}

/// The sections of a page, by their headings.
fn sections(html: &str) -> Vec<&str> {
    html.split("<section").skip(1).collect()
}

/// That Markdown is short enough, says what is left out, and folds nothing that it does not end.
fn check_markdown(report: &Report) -> String {
    let markdown = report.markdown();
    let characters = markdown.chars().count();
    assert!(characters < MOST_OF_MARKDOWN, "{characters} characters");
    assert!(
        markdown.contains("The report as JSON has everything")
            || markdown.contains("had no room here")
    );
    let (begun, ended) = ("<details>", "</details>");
    assert_eq!(
        markdown.matches(begun).count(),
        markdown.matches(ended).count()
    );
    markdown
}

#[test]
fn markdown_of_a_wide_table_begins_with_what_is_wrong() {
    for columns in [300, 3000] {
        let markdown = check_markdown(&wide(columns));
        let (first, _) = markdown.split_once("## profile").unwrap();
        assert!(first.contains("| failed | later: between"));
        assert!(first.contains("| failed | check: between"));
        assert!(markdown.contains("values of column\\_19 are out of range"));
        assert!(markdown.contains("more findings of later"));
        assert!(markdown.contains("orders\\_2024.parquet"));
    }
}

#[test]
fn figures_of_a_wide_table_leave_room_for_what_is_wrong() {
    for (columns, more) in [(300, "273"), (3000, "2,973")] {
        let html = wide(columns).html();
        assert!(html.len() < MOST, "{} bytes", html.len());
        let sections = sections(&html);
        let [findings, profile, watch, check, data] = sections.as_slice() else {
            panic!("a section is missing: {}", sections.len());
        };
        assert!(check.contains("values of column_19 are out of range"));
        assert!(watch.contains("values of column_0 are out of range"));
        assert!(data.contains("orders_2024.parquet"));
        assert!(profile.contains("<figure>"));
        // Each step has its share of the first table, and what is not in it is told.
        assert_eq!(findings.matches("<td>check</td>").count(), 20);
        assert!(findings.contains("<td>watch</td>") && findings.contains("<td>later</td>"));
        assert!(findings.contains("more findings of later"));
        for section in &sections {
            assert!(section.matches("Left out").count() <= 1);
        }
        assert!(profile.contains(&format!("and {more} more. The report as JSON")));
    }
}

#[test]
fn facts_and_ways_to_sections_have_no_more_room_than_there_is() {
    let long = "<".repeat(2000);
    let mut report = Report::new("Run 1", State::Failed, "failed");
    for _ in 0..2000 {
        report = report.fact(&long, &long);
        let section = Section::new(&long, State::Passed).fact(&long, &long);
        report = report.with(section);
    }
    let last = Section::new("check", State::Failed).saying("this has failed");
    let report = report.with(last);
    check_markdown(&report);
    let html = report.html();
    assert!(html.len() < MOST, "{} bytes", html.len());
    assert!(html.contains("this has failed"));
    assert!(html.contains("had no room on this page"));
}
