//! What a step costs that has nothing to do: a run of many of them less a run of one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::host::Host;
use crate::process::{Usage, column};
use crate::series::median;

/// How many steps the long pipeline has more than the short one.
const MORE: usize = 50;

/// Runs of steps that check a table of one row. Every number is a median.
#[derive(Serialize)]
pub(crate) struct Steps {
    /// How many steps the long pipeline has more.
    pub(crate) more: usize,
    /// A run of one step.
    pub(crate) one: Usage,
    /// What each further step takes, on one thread.
    pub(crate) wall_seconds_a_step: f64,
    pub(crate) cpu_seconds_a_step: f64,
}

/// Runs both pipelines in turns.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Steps> {
    let folder = tempfile::tempdir()?;
    let (short, long) = (
        pipeline(folder.path(), 1)?,
        pipeline(folder.path(), 1 + MORE)?,
    );
    let host = Host::new(&arguments.host)?;
    let run = |pipeline| host.run(pipeline, &["--jobs".to_owned(), "1".to_owned()]);
    // Compiles the plugin for all that follow.
    run(&short)?;
    let (mut one, mut many) = (Vec::new(), Vec::new());
    for _ in 0..effort.long_rounds {
        one.push(run(&short)?);
        many.push(run(&long)?);
    }
    let a_step = |what: fn(&Usage) -> f64| {
        let pairs = column(&one, what).into_iter().zip(column(&many, what));
        let steps: Vec<f64> = pairs
            .map(|(one, many)| (many - one) / MORE as f64)
            .collect();
        median(&steps)
    };
    Ok(Steps {
        more: MORE,
        wall_seconds_a_step: a_step(|usage| usage.wall_seconds),
        cpu_seconds_a_step: a_step(|usage| usage.cpu_seconds),
        one: Usage::median(&one),
    })
}

/// A file with a pipeline of so many steps that check a table of one row.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn pipeline(folder: &Path, steps: usize) -> Result<PathBuf> {
    fs::write(folder.join("row.csv"), "x\n1\n")?;
    let path = folder.join(format!("{steps}.toml"));
    fs::write(&path, text(steps))?;
    Ok(path)
}

/// A pipeline of so many steps, none of which needs another.
fn text(steps: usize) -> String {
    let mut text = "mlhost = 1\nname = \"steps\"\n\n[data.row]\npath = \"row.csv\"\n".to_owned();
    for step in 1..=steps {
        text.push_str(&format!(
            "\n[steps.step-{step}]\nplugin = \"mlhost:validate@0.1.0\"\ninput = \"row\"\n\
             with = {{ row_count = {{ min = {step}, severity = \"warn\" }} }}\n"
        ));
    }
    text
}
