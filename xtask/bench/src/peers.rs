//! The Python environment with what others use for the same work, which is made beside the tables when
//! it is asked for.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::arguments::Arguments;

/// What the others are, as pip knows them, one after the other: together, their wishes for what they
/// depend on take pip an hour.
const PACKAGES: [&[&str]; 3] = [
    &[
        "polars",
        "pandas<3",
        "pyarrow",
        "pandera",
        "great_expectations",
        "scipy",
        "scikit-learn",
    ],
    &["evidently"],
    &["nannyml"],
];

/// The Python of the environment.
///
/// # Errors
/// When there is no Python, or a package cannot be installed.
pub(crate) fn python(arguments: &Arguments) -> Result<PathBuf> {
    let environment = arguments.tables.join("peers");
    let python = environment.join("bin/python");
    if !python.exists() {
        let mut make = Command::new(&arguments.python);
        run(make.args(["-m", "venv"]).arg(&environment))?;
    }
    for packages in PACKAGES {
        eprintln!("installing {}", packages.join(", "));
        let mut install = Command::new(&python);
        run(install
            .args(["-m", "pip", "install", "--quiet"])
            .args(packages))?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).status();
    let status = status.context("could not start Python")?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}
