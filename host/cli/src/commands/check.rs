//! `host check`: every mistake, before a run.

use std::{path::Path, process::ExitCode, sync::Arc};

use mlhost_engine::{Checked, Supplies};
use mlhost_packages::Pins;
use mlhost_pipeline::{Kind, Pipeline};
use mlhost_store::Store;
use serde::Serialize;

use super::{engine, grants, overrides, read_pipeline, triggers::check_followers};
use crate::{arguments::CheckArguments, error::Failure, output::Output, places, text};

/// What a check prints.
#[derive(Serialize)]
struct Report<'a> {
    pipeline: &'a str,
    steps: Vec<Step<'a>>,
    unchecked: &'a [mlhost_engine::Unchecked],
}

#[derive(Serialize)]
struct Step<'a> {
    name: &'a str,
    kind: Option<Kind>,
    plugin: String,
    needs: &'a [String],
    /// What it lets its plugin reach beside its rows, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allows: Vec<String>,
    /// What its plugin asks for and is not given, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    denies: Vec<String>,
}

pub(super) fn check(
    arguments: &CheckArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let CheckArguments {
        pipeline,
        access,
        grants,
        limits,
    } = arguments;
    let pins = Pins::of(&pipeline.pipeline, access.access())?;
    let (mut pipeline, folder) =
        read_pipeline(&pipeline.pipeline, &overrides(&pipeline.overrides)?)?;
    // A check changes nothing, and tells what a run would.
    let registry = registry(&pipeline, store, &folder)?;
    let supplies = Supplies {
        pins,
        registry,
        ..Supplies::default()
    };
    grants::urls(grants, &pipeline)?;
    limits.put_into(&mut pipeline)?;
    let engine = engine()?;
    let checked = engine.check_before_run(pipeline, &folder, supplies)?;
    check_followers(&engine, checked.pipeline(), &folder, store)?;
    output.print(&report(&checked), |report| words(report))?;
    Ok(ExitCode::SUCCESS)
}

/// The store in which a pipeline finds the registered models that it reads, if it reads any and there
/// is one.
pub(super) fn registry(
    pipeline: &Pipeline,
    store: Option<&Path>,
    folder: &Path,
) -> Result<Option<Arc<Store>>, Failure> {
    let mut steps = pipeline.steps.values();
    if !steps.any(|step| step.input.registered_model().is_some()) {
        return Ok(None);
    }
    Ok(places::known_store_of_pipeline(store, folder)?.map(Arc::new))
}

fn report(checked: &Checked) -> Report<'_> {
    let steps = checked.plan().steps.iter().map(|step| {
        let plugin = checked.plugin(&step.name);
        Step {
            name: &step.name,
            kind: plugin.map(mlhost_sandbox::Plugin::kind),
            plugin: plugin
                .map(|plugin| plugin.name().to_string())
                .unwrap_or_default(),
            needs: &step.needs,
            allows: checked.granted(&step.name),
            denies: checked.denied(&step.name),
        }
    });
    Report {
        pipeline: &checked.pipeline().name,
        steps: steps.collect(),
        unchecked: &checked.unchecked,
    }
}

fn words(report: &Report<'_>) -> String {
    let mut words = format!(
        "pipeline `{}` is fine: {}\n",
        report.pipeline,
        text::plural(report.steps.len(), "step")
    );
    let widest = report.steps.iter().map(|step| step.name.len()).max();
    let width = widest.unwrap_or_default().max(12);
    for step in &report.steps {
        let kind = step.kind.map(|kind| kind.to_string()).unwrap_or_default();
        words.push_str(&format!(
            "  {:width$} {kind:15} {}\n",
            step.name, step.plugin
        ));
        for allowed in &step.allows {
            words.push_str(&format!("  {:width$} may {allowed}\n", ""));
        }
        for denied in &step.denies {
            words.push_str(&format!(
                "  {:width$} may not {denied}, which it asks for\n",
                ""
            ));
        }
    }
    for unchecked in report.unchecked {
        words.push_str(&format!(
            "\nstep `{}` and what needs it could not be rehearsed on the first rows:\n  {}\n",
            unchecked.step, unchecked.reason
        ));
    }
    words
}
