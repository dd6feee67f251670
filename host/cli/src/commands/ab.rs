//! `host ab`: champion and challengers of an experiment on the same rows.

use std::{path::Path, process::ExitCode, sync::Arc};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_engine::{AbChallenger, AbContestant, AbReport, AbRequest, MetricOrigin};
use mlhost_pipeline::Direction;

use super::{engine, open_table};
use crate::{
    arguments::AbArguments,
    error::Failure,
    output::{self, Output},
    places, text,
};

pub(super) fn ab(
    arguments: &AbArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    let table = open_table(&arguments.table.table())?;
    let request = AbRequest {
        experiment: arguments.experiment.clone(),
        metric: arguments.metric.clone(),
        confidence: arguments.confidence,
        champion: arguments.champion.clone(),
        challengers: arguments.challengers.clone(),
        data: arguments.table.data.clone(),
    };
    let report = engine()?.ab(&store, &request, Arc::new(table))?;
    output.print(&report, words)?;
    Ok(ExitCode::SUCCESS)
}

fn words(report: &AbReport) -> String {
    let mut words = format!(
        "{}: `{}` by {} ({} is better{}){}\n\n{}\n\n",
        report.experiment,
        text::visible(&report.target),
        report.metric,
        match report.better {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
        },
        match report.metric_from {
            MetricOrigin::Gate => "; it is what the gate is on",
            MetricOrigin::Option | MetricOrigin::Default => "",
        },
        rows(report),
        table(report)
    );
    for challenger in &report.challengers {
        words.push_str(&format!("{}\n", challenger.summary));
    }
    let comparisons = report.challengers.len();
    if comparisons > 1 {
        words.push_str(&format!(
            "all {comparisons} verdicts together are as sure as one would be: Holm's procedure \
             widens the intervals\n"
        ));
    }
    words
}

/// ` on 28,293 rows of `july.parquet` (1,132 without a target left out)`
fn rows(report: &AbReport) -> String {
    let data = text::visible(&report.data);
    let Some(rows) = report.rows else {
        return format!(" on `{data}`");
    };
    let left_out = match report.rows_without_target {
        None | Some(0) => String::new(),
        Some(rows) => format!(" ({} without a target left out)", text::count(rows)),
    };
    format!(" on {} rows of `{data}`{left_out}", text::count(rows))
}

fn table(report: &AbReport) -> String {
    let champion = [row(&report.champion, "champion", None)];
    let challengers = report
        .challengers
        .iter()
        .map(|one| row(&one.contestant, "challenger", Some(one)));
    let headings = [
        ("MODEL", Left),
        ("ROLE", Left),
        ("VALUE", Right),
        ("DIFFERENCE", Right),
        ("INTERVAL", Left),
        ("VERDICT", Left),
        ("ROWS TO DECIDE", Right),
        ("PER ROW", Right),
    ];
    output::table(&headings, champion.into_iter().chain(challengers)).to_string()
}

fn row(contestant: &AbContestant, role: &str, compared: Option<&AbChallenger>) -> Vec<String> {
    let number = mlhost_engine::compared_number;
    let of = |tell: &dyn Fn(&AbChallenger) -> String| compared.map(tell).unwrap_or_default();
    vec![
        contestant.to_string(),
        role.to_owned(),
        number(contestant.value),
        of(&|one| number(one.difference)),
        of(&|one| format!("{} to {}", number(one.lower), number(one.upper))),
        of(&|one| one.verdict.to_string()),
        of(&|one| one.rows_to_decide.map(text::count).unwrap_or_default()),
        contestant
            .seconds_per_row
            .map(text::microseconds)
            .unwrap_or_default(),
    ]
}
