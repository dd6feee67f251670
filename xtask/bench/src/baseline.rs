//! The same work in scikit-learn, where a folder with the script and a Python for it are given.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::arguments::Arguments;

/// Fits the script's tree, and prints the CPU seconds of that.
const FIT: &str = "\
import os, time, flightsml as f
data = os.environ['DATA']
train, _, _ = f.preprocess(f.load(f'{data}/flights_train.parquet'), f.load(f'{data}/flights_m07.parquet'))
start = time.process_time()
f.train_model(train)
print(time.process_time() - start)
";

/// The command that runs the whole script, with its model registry in `registry`.
pub(crate) fn script(arguments: &Arguments, registry: &Path) -> Option<Command> {
    let mut command = python(arguments)?;
    let folder = arguments.baseline.as_ref()?;
    command
        .arg(folder.join("pipeline.py"))
        .env("RUN_ROOT", registry);
    Some(command)
}

/// The CPU seconds of fitting the tree alone.
///
/// # Errors
/// When the script fails.
pub(crate) fn fit(arguments: &Arguments) -> Result<Option<f64>> {
    let Some(mut command) = python(arguments) else {
        return Ok(None);
    };
    let output = command
        .args(["-c", FIT])
        .stderr(Stdio::inherit())
        .output()
        .context("could not start Python")?;
    ensure!(
        output.status.success(),
        "the baseline failed: {}",
        output.status
    );
    let text = String::from_utf8(output.stdout)?;
    let seconds = text.trim().parse();
    Ok(Some(seconds.context("the baseline printed no number")?))
}

fn python(arguments: &Arguments) -> Option<Command> {
    let folder = arguments.baseline.as_ref()?;
    let mut command = Command::new(&arguments.python);
    command
        .env("PYTHONPATH", folder)
        .env("DATA", arguments.example.join("data"));
    Some(command)
}
