//! The flights example from nothing to predictions: builds everything, runs the pipeline, and
//! predicts in a fresh directory that holds only the binary and the store.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use mlhost_toolchain::command;

use crate::plugins;
use crate::workspace::Workspace;

/// Where the example is, below the workspace root.
pub(crate) const EXAMPLE: &str = "examples/flights";
/// What the demo predicts, below the example.
const NEW_FLIGHTS: &str = "data/flights_m08.parquet";
const STORE: &str = "MLHOST_STORE";

/// Runs the demo, in a store without earlier runs unless they are to be kept.
///
/// # Errors
/// When a build, the pipeline or the prediction fails.
pub(crate) fn run(workspace: &Workspace, keep: bool) -> Result<()> {
    let host = build(workspace)?;
    let store = workspace.target().join("demo-store");
    if !keep {
        remove(&store)?;
    }
    let example = workspace.root().join(EXAMPLE);
    announce_directory(&example);
    command::run(
        Command::new(&host)
            .args(["run", "pipeline.toml"])
            .current_dir(&example)
            .env(STORE, &store),
    )?;
    predict(&host, &store, &example.join(NEW_FLIGHTS))
}

/// Builds the plugins and the host that embeds them; returns the path of the latter.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    plugins::build(workspace)?;
    let mut build = command::cargo();
    build.args(["build", "--release", "--package", "mlhost-cli"]);
    command::run(build.current_dir(workspace.root()))?;
    let name = format!("host{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace.target().join("release").join(name))
}

/// Uses the model in a directory that holds a copy of the binary and of the store, and no more.
fn predict(host: &Path, store: &Path, flights: &Path) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let binary = directory
        .path()
        .join(host.file_name().context("the binary has no name")?);
    fs::copy(host, &binary).with_context(|| format!("could not copy {}", host.display()))?;
    copy_directory(store, &directory.path().join(".mlhost"))
        .with_context(|| format!("could not copy {}", store.display()))?;
    announce_directory(directory.path());
    let copied_host = || {
        let mut command = Command::new(&binary);
        command.current_dir(directory.path()).env_remove(STORE);
        command
    };
    command::run(copied_host().arg("models"))?;
    let mut predict = copied_host();
    predict
        .args(["predict", "arr-delay@1"])
        .arg(flights)
        .args(["-o", "predictions.parquet"]);
    Ok(command::run(&mut predict)?)
}

fn announce_directory(directory: &Path) {
    eprintln!("$ cd {}", directory.display());
}

fn remove(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)
            .with_context(|| format!("could not remove {}", directory.display()))?;
    }
    Ok(())
}

fn copy_directory(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_directory(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_copied_with_what_is_below() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (
            directory.path().join("store"),
            directory.path().join("copy"),
        );
        fs::create_dir_all(from.join("blobs/ab")).unwrap();
        fs::write(from.join("blobs/ab/cd"), "state").unwrap();
        copy_directory(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("blobs/ab/cd")).unwrap(), "state");
        remove(&from).unwrap();
        assert!(!from.exists() && to.exists());
    }
}
