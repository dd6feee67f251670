//! `host reproduce`: the run that made a model, once more in an empty store.

use std::{fmt::Write, path::Path, process::ExitCode, sync::Arc};

use mlhost_engine::{Difference, Lineage, Reproduction};
use mlhost_store::{Outcome, Store};

use super::{changes, engine, run::run_or_cancel};
use crate::{
    arguments::ReproduceArguments,
    error::{Failure, INTERRUPTED, REFUSED},
    output::Output,
    places, progress, text,
};

pub(super) fn reproduce(
    arguments: &ReproduceArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    let mut lineage = Lineage::read(&store, &arguments.model)?;
    let limits = &arguments.limits.of_plugins;
    limits.put_into(lineage.pipeline_mut())?;
    let engine = engine()?;
    // It goes away with all that is in it.
    let folder = tempfile::tempdir()?;
    let clean = Arc::new(Store::open(folder.path())?);
    let moved = arguments.data.iter().cloned().collect();
    let reproduction = match lineage.prepare(&engine, &store, &clean, &moved)? {
        Err(missing) => missing,
        Ok(checked) => {
            let options = lineage.options(arguments.limits.options());
            let runner = engine.runner(checked, clean.clone(), progress::observer(), options);
            let (report, _) = run_or_cancel(runner)?;
            if report.outcome == Outcome::Cancelled {
                return Err(Failure::new(INTERRUPTED, "it was cancelled", None));
            }
            lineage.compare(&report, &clean)?
        }
    };
    output.print(&reproduction, words)?;
    Ok(match reproduction.identical {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(REFUSED),
    })
}

fn words(reproduction: &Reproduction) -> String {
    let Reproduction { model, digest, .. } = reproduction;
    // Writing to a string cannot fail.
    let mut words = String::new();
    match (reproduction.identical, reproduction.run) {
        (true, _) => _ = writeln!(words, "{model} came out identical: {digest}"),
        (false, Some(run)) => {
            _ = writeln!(
                words,
                "{model} is not the same any more as when run {run} made it:"
            );
        }
        (false, None) => _ = writeln!(words, "{model} is not the same any more as it was made:"),
    }
    if reproduction.identical && reproduction.metrics_unchecked {
        let _ = writeln!(
            words,
            "  all but its metrics, which were not measured again: no evaluators come with an import"
        );
    }
    for difference in &reproduction.differences {
        for line in lines(difference) {
            let _ = writeln!(words, "  {line}");
        }
    }
    let by_work = |difference: &Difference| {
        matches!(
            difference,
            Difference::StepState { .. } | Difference::Model { .. }
        )
    };
    if reproduction.run.is_none() && reproduction.differences.iter().any(by_work) {
        let _ = writeln!(
            words,
            "  it was imported, and how text files are read (delimiter, null values, types) does not come \
             along: they were read as they are by default"
        );
    }
    for version in &reproduction.versions {
        let _ = writeln!(words, "  version: {}", changes::version(version));
    }
    words
}

fn lines(difference: &Difference) -> Vec<String> {
    match difference {
        Difference::PackageMissing { step, plugin } => vec![format!(
            "step `{step}`: the component of {} is not in the store",
            changes::plugin(plugin)
        )],
        Difference::ModelMissing {
            step,
            model,
            reason,
        } => vec![format!(
            "step `{step}`: the model {model} that it reads cannot be had: {reason}"
        )],
        Difference::DataMissing {
            data,
            step,
            path,
            recorded,
            reason,
        } => vec![
            format!(
                "{}: cannot read `{path}`: {reason}",
                place(step.as_ref(), data)
            ),
            format!("  recorded {recorded}"),
            format!("  `--data {data}=PATH` says where it is by now"),
        ],
        Difference::DataChanged {
            data,
            step,
            path,
            recorded,
            found,
            places,
        } => {
            let what = place(step.as_ref(), data);
            let mut lines = vec![format!("{what}: `{path}` has changed")];
            lines.extend(
                places
                    .iter()
                    .map(|place| format!("  in {}", changes::place(place))),
            );
            lines.push(format!("  recorded {recorded}"));
            lines.push(format!("  found    {found}"));
            lines
        }
        Difference::OtherFiles {
            data,
            step,
            recorded,
            found,
        } => vec![
            format!("{}: other files", place(step.as_ref(), data)),
            format!("  recorded {}", recorded.join(", ")),
            format!("  found    {}", found.join(", ")),
        ],
        Difference::Granted { step, granted } => vec![format!(
            "step `{step}` had a granted capability when the model was made: it could {}",
            granted.join(", ")
        )],
        Difference::StepStopped { step, reason } => {
            vec![format!("step `{step}` did not come to its end: {reason}")]
        }
        Difference::StepParams { step, changes } => {
            vec![format!(
                "step `{step}`: parameters: {}",
                changes::values(changes)
            )]
        }
        Difference::StepState {
            step,
            state,
            recorded,
            found,
        } => {
            let word = |digest: &Option<String>| match digest {
                Some(digest) => text::short(digest).to_owned(),
                None => "none".to_owned(),
            };
            vec![format!(
                "step `{step}` has come to another state of `{state}` from the same rows and parameters: {} → {}",
                word(recorded),
                word(found)
            )]
        }
        Difference::StepOutcome { step, changes } => changes
            .iter()
            .map(|change| {
                format!(
                    "step `{step}` reports otherwise: {}",
                    changes::value(change)
                )
            })
            .collect(),
        Difference::Model { changes } => changes
            .iter()
            .map(|change| {
                format!(
                    "every step is the same, but not the model: {}",
                    changes::value(change)
                )
            })
            .collect(),
    }
}

/// Which data, and the first step that it makes a difference to.
fn place(step: Option<&String>, data: &str) -> String {
    match step {
        Some(step) => format!("data `{data}` of step `{step}`"),
        None => format!("data `{data}`"),
    }
}
