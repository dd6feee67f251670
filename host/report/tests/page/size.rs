//! A page stays under a megabyte, however much there is to show.

use mlhost_report::page::{Block, Cell, Located, Report, Section, State, Table};
use mlhost_sandbox::{Figure, Finding, Severity};
use serde_json::json;

const MOST: usize = 1_000_000;

#[test]
fn many_sections_with_everything_fit() {
    let long = "x".repeat(100_000);
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
    assert!(html.contains("had no room on this page"));
    assert!(html.ends_with("</html>"));
}
