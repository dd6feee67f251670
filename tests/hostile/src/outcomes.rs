//! Reports, honest ones and others.

use crate::{
    attack::{Attack, Entry, Params},
    bindings::exports::mlhost::plugin::report::{Figure, Finding, Metric, NamedState, Outcome},
    bindings::mlhost::plugin::types::Error,
    folder, report_panics,
};

/// What a terminal would obey.
pub(crate) const CODES: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{0}\r";

/// What a browser would run.
pub(crate) const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>&amp;\"'";

/// Findings, metrics or labels of a plugin that has many.
const MANY: usize = 1_000_000;

/// Bytes of a text that is too much.
const HUGE: usize = 100_000_000;

/// `report.assess`.
pub(crate) fn assess(params: &str, states: &[NamedState]) -> Result<Outcome, Error> {
    report_panics();
    let params = Params::parse(params)?;
    if let Some(answer) = params.answer(Entry::Assess)? {
        return Ok(Outcome {
            summary: answer,
            ..reported(Attack::None, states.len())
        });
    }
    params.strike(Entry::Assess)?;
    let rows = match states.first() {
        Some(first) => folder::rows_of(&first.state)?,
        None => 0,
    };
    Ok(reported(params.due(rows), states.len()))
}

fn reported(attack: Attack, states: usize) -> Outcome {
    let honest = Outcome {
        verdict: "passed".to_owned(),
        summary: format!("{states} states looked at"),
        findings: vec![finding("seen")],
        metrics: vec![metric("states", states as f64)],
        figures: vec![figure("shape", "{}")],
    };
    let found = |change: &dyn Fn(&mut Finding)| {
        let mut found = finding("seen");
        change(&mut found);
        vec![found]
    };
    let details = |text: String| found(&move |finding| finding.details.clone_from(&text));
    match attack {
        Attack::UnknownVerdict => Outcome {
            verdict: format!("splendid{CODES}"),
            ..honest
        },
        Attack::UnknownSeverity => Outcome {
            findings: found(&|finding| finding.severity = format!("dire{CODES}")),
            ..honest
        },
        Attack::DetailsNotJson => Outcome {
            findings: details("{".to_owned()),
            ..honest
        },
        Attack::DetailsAList => Outcome {
            findings: details("[]".to_owned()),
            ..honest
        },
        Attack::DetailsDeep => Outcome {
            findings: details(format!("{{\"a\":{}}}", deep(10_000))),
            ..honest
        },
        Attack::DetailsHuge => Outcome {
            findings: details(format!("{{\"a\":{}}}", long())),
            ..honest
        },
        Attack::FigureNotJson => Outcome {
            figures: vec![figure("shape", CODES)],
            ..honest
        },
        Attack::FigureDeep => Outcome {
            figures: vec![figure("shape", &deep(10_000))],
            ..honest
        },
        Attack::FigureHuge => Outcome {
            figures: vec![figure("shape", &long())],
            ..honest
        },
        Attack::FigurePaths => Outcome {
            figures: [
                "../../../../etc/passwd",
                "/etc/passwd",
                "C:\\boot.ini",
                "..",
                "a/../b\0c",
            ]
            .map(|name| figure(name, "{}"))
            .into(),
            ..honest
        },
        Attack::OddNumbers => Outcome {
            metrics: [
                f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                -0.0,
                f64::MAX,
                5e-324,
            ]
            .map(|value| metric("odd", value))
            .into(),
            ..honest
        },
        Attack::OddWords => dressed(CODES),
        Attack::MarkupInFindings => dressed(MARKUP),
        Attack::ManyFindings => Outcome {
            findings: vec![finding("seen"); MANY],
            ..honest
        },
        Attack::ManyMetrics => Outcome {
            metrics: vec![metric("one", 1.0); MANY],
            ..honest
        },
        Attack::ManyLabels => Outcome {
            metrics: vec![Metric {
                labels: (0..MANY)
                    .map(|n| (format!("l{n}"), String::new()))
                    .collect(),
                ..metric("one", 1.0)
            }],
            ..honest
        },
        Attack::PassedAllTheSame => Outcome {
            findings: found(&|finding| finding.passed = false),
            ..honest
        },
        _ => honest,
    }
}

/// A failed outcome with these characters in every word of it.
fn dressed(odd: &str) -> Outcome {
    let word = |word: &str| format!("{word} {odd} {word}");
    let quoted = serde_json::json!({ word("key"): word("value") }).to_string();
    Outcome {
        verdict: "failed".to_owned(),
        summary: word("summary"),
        findings: vec![Finding {
            check: word("check"),
            column: Some(word("column")),
            passed: false,
            severity: "error".to_owned(),
            message: word("message"),
            details: quoted.clone(),
        }],
        metrics: vec![Metric {
            labels: vec![(word("label"), word("is"))],
            ..metric(&word("metric"), 1.0)
        }],
        figures: vec![Figure {
            title: word("title"),
            kind: word("kind"),
            ..figure(&word("figure"), &quoted)
        }],
    }
}

fn finding(check: &str) -> Finding {
    Finding {
        check: check.to_owned(),
        column: None,
        passed: true,
        severity: "error".to_owned(),
        message: "all is well".to_owned(),
        details: "{}".to_owned(),
    }
}

fn metric(name: &str, value: f64) -> Metric {
    Metric {
        name: name.to_owned(),
        value,
        labels: vec![],
    }
}

fn figure(name: &str, data: &str) -> Figure {
    Figure {
        name: name.to_owned(),
        title: "A figure".to_owned(),
        kind: "table".to_owned(),
        data: data.to_owned(),
    }
}

/// JSON lists in lists.
fn deep(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

/// A JSON list of very many numbers of one digit.
fn long() -> String {
    let mut text = "0,".repeat(HUGE / 2);
    text.insert(0, '[');
    text.push_str("0]");
    text
}
