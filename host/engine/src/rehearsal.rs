//! The rehearsal before a run: every step works on the first rows, and what it says of them is told as
//! a mistake of the pipeline, at its place, where it is one.

use std::{collections::HashSet, sync::Arc};

use arrow::datatypes::Schema;
use mlhost_data::{Limited, Table};
use mlhost_pipeline::{Diagnostic, Diagnostics, Items, Iteration, Pipeline, Step};
use mlhost_sandbox::{Failure, Outcome, PluginName, Severity};

use crate::{
    Checked, Error, Result, Unchecked,
    check::{with_hint, workshop},
    conditions,
    error::{unwrapped, with_causes},
    gate_check,
    opened::{Opened, data_name},
    results::Results,
    rivals::Rivals,
    schedule::Facts,
    trigger::Known,
};

/// How many rows of each table a rehearsal reads.
const REHEARSAL_ROWS: u64 = 1000;

/// How many iterations of a loop a rehearsal goes through.
const REHEARSED_ITERATIONS: usize = 16;

/// Runs every step on the first rows, and gives the steps it could not judge, and what is known of
/// the others.
pub(crate) fn rehearse(checked: &Checked, rivals: Rivals) -> Result<(Vec<Unchecked>, Known)> {
    // All sides of a split show the same rows: which these are is known after a look at all of
    // them at the earliest, and they differ in no column.
    let limited = |opened: &Arc<Opened>| -> Arc<dyn Table> {
        let preview = opened.dataset.preview().clone();
        Arc::new(Limited::new(preview, REHEARSAL_ROWS))
    };
    let data = checked.pipeline.data.values();
    let tables = data.flat_map(|data| {
        let preview = limited(&checked.tables[&data.name]);
        let folded = checked
            .pipeline
            .folded
            .iter()
            .filter(|(_, folded)| data_name(&folded.table) == data.name);
        let folds = folded.flat_map(|(step, folded)| {
            let fold = |fold| <[String; 2]>::from(folded.tables(step, fold));
            (0..folded.folds.count()).flat_map(fold)
        });
        let names = data
            .table_names()
            .into_iter()
            .chain(folds)
            .collect::<Vec<_>>()
            .into_iter();
        names.map(move |name| (name, preview.clone()))
    });
    let workshop = workshop(checked, tables.collect(), Results::default());
    workshop.set_rivals(rivals);
    let mut diagnostics = checked.pipeline.diagnostics();
    let mut unchecked = Vec::new();
    let mut skipped = HashSet::new();
    let mut known = Known::new();
    for planned in &checked.plan.steps {
        let step = &checked.pipeline.steps[&planned.name];
        let iteration = step.iteration.as_ref();
        if iteration
            .is_some_and(|iteration| iteration.index >= rehearsed_iterations(checked, iteration))
        {
            continue;
        }
        if iteration.is_some_and(|iteration| iteration.values.is_none()) {
            skipped.insert(planned.name.as_str());
            let reason = "the list that it loops over is known in the run only".to_owned();
            unchecked.push(Unchecked {
                step: step.written.clone(),
                reason,
            });
            continue;
        }
        if checked.grants.contains_key(&planned.name) {
            skipped.insert(planned.name.as_str());
            let reason = "it may reach more than its rows, and does so in the run only".to_owned();
            unchecked.push(Unchecked {
                step: step.written.clone(),
                reason,
            });
            continue;
        }
        if planned
            .needs
            .iter()
            .any(|need| skipped.contains(need.as_str()))
        {
            skipped.insert(planned.name.as_str());
            continue;
        }
        match workshop.work(&planned.name) {
            Ok(done) => {
                known.insert(planned.name.clone(), Facts::done(done.outcome.clone()));
                if let Some(outcome) = &done.outcome {
                    let unknown = gate_check::check(&workshop, step, outcome, &mut diagnostics)?;
                    unchecked.extend(unknown);
                }
                if let Some(schema) = workshop.validated_schema(&planned.name)? {
                    let plugin = checked.plugins[&planned.name].plugin.name();
                    let outcome = done.outcome.as_ref();
                    check_columns((step, &plugin), &schema, outcome, &mut diagnostics);
                }
            }
            Err(error) => {
                skipped.insert(planned.name.as_str());
                match judge(&checked.pipeline, step, error) {
                    Judgement::Wrong(diagnostic) => diagnostics.push(*diagnostic),
                    Judgement::Unknown(reason) => {
                        unchecked.push(Unchecked {
                            step: step.name.clone(),
                            reason,
                        });
                    }
                    Judgement::Fatal(error) => return Err(error),
                }
            }
        }
    }
    conditions::check(
        &checked.pipeline,
        &checked.plugins,
        &known,
        &mut diagnostics,
    );
    Ok(diagnostics.into_result((unchecked, known))?)
}

/// How many iterations of a loop are tried: a grid of parameters as far as it is small, one of a
/// repetition.
fn rehearsed_iterations(checked: &Checked, iteration: &Iteration) -> usize {
    match checked.pipeline.loops[&iteration.of].items {
        Items::Known(_) => REHEARSED_ITERATIONS,
        Items::Listed { .. } | Items::Until { .. } => 1,
    }
}

/// Columns that a validator misses are missing in every row, not in the first ones
/// only, and so are a mistake in the pipeline; so is every finding that says by its
/// detail `parameter`, a JSON Pointer, that a parameter does not fit the columns.
/// Others are told where a parameter `columns` names the column.
fn check_columns(
    (step, plugin): (&Step, &PluginName),
    schema: &Schema,
    outcome: Option<&Outcome>,
    diagnostics: &mut Diagnostics,
) {
    let findings = outcome.into_iter().flat_map(|outcome| &outcome.findings);
    for finding in findings.filter(|finding| !finding.passed) {
        let missing = finding.column.as_deref();
        let missing = missing.filter(|name| schema.index_of(name).is_err());
        let parameter = finding.details.get("parameter").and_then(|at| at.as_str());
        let pointer = match (parameter, missing) {
            (Some(parameter), _) => parameter.to_owned(),
            (None, Some(missing)) => {
                format!("/columns/{}", missing.replace('~', "~0").replace('/', "~1"))
            }
            (None, None) => continue,
        };
        if finding.severity == Severity::Error {
            let message = format!(
                "plugin {plugin} in step `{}`: {}",
                step.name, finding.message
            );
            diagnostics.push(step.diagnostic_at_key(&pointer, message));
        }
    }
}

/// What an error in the rehearsal means for the pipeline.
pub(crate) enum Judgement {
    Wrong(Box<Diagnostic>),
    /// The first rows do not suffice; all of them may.
    Unknown(String),
    Fatal(Error),
}

pub(crate) fn judge(pipeline: &Pipeline, step: &Step, error: Error) -> Judgement {
    let wrong = |diagnostic| Judgement::Wrong(Box::new(diagnostic));
    let error = unwrapped(error);
    let error = match error {
        Error::Sandbox(error) => error,
        Error::Data(error) => {
            let diagnostic = Diagnostic::new(with_causes(&error)).at(step.input_span());
            return wrong(with_hint(diagnostic, error.hint()));
        }
        error @ Error::NotApplicable { .. } => {
            let diagnostic = Diagnostic::new(error.to_string()).at(step.input_span());
            return wrong(with_hint(diagnostic, error.hint()));
        }
        Error::Unpredictable { ref input, .. } => {
            let place = step.input.span_of(input);
            let place = place.unwrap_or_else(|| step.input_span());
            let diagnostic = Diagnostic::new(error.to_string()).at(place);
            return wrong(with_hint(diagnostic, error.hint()));
        }
        error => return Judgement::Fatal(error),
    };
    let hint = error.hint();
    // The plugin that failed may be that of a step before this one.
    let step = match &error {
        mlhost_sandbox::Error::Plugin { step, .. } => pipeline.steps.get(step),
        _ => None,
    }
    .unwrap_or(step);
    match &error {
        mlhost_sandbox::Error::Plugin { failure, .. } => match failure.as_ref() {
            Failure::Reported(reported) if reported.kind == "invalid-params" => {
                let at = reported.at.as_deref().unwrap_or_default();
                wrong(step.diagnostic_at(at, error.to_string()))
            }
            Failure::Reported(_) => Judgement::Unknown(error.to_string()),
            _ => wrong(with_hint(
                Diagnostic::new(error.to_string()).at(step.plugin_span()),
                hint,
            )),
        },
        _ => wrong(with_hint(
            Diagnostic::new(error.to_string()).at(step.input_span()),
            hint,
        )),
    }
}
