//! Builds that are a list of commands: Python, JavaScript, C, and whatever a project asks for.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

use mlhost_pipeline::Kind;
use mlhost_toolchain::command;

use super::tools;
use crate::{Error, Lang, Result};

/// Where commands leave what they make, below the project.
pub(super) const FOLDER: &str = "build";

/// The component or core module that the commands of a language leave.
pub(super) const OUTPUT: &str = "build/plugin.wasm";

/// The contract, below the project.
const CONTRACT: &str = "sdk/wit/0.1.0";

/// The commands that build a project of a language; those of Rust are Cargo's business.
pub(super) fn of(lang: Lang, kind: Kind, folder: &Path) -> Vec<Vec<String>> {
    let world = kind.name();
    match lang {
        Lang::Rust => vec![],
        Lang::Python => vec![words(&[
            "componentize-py",
            "--wit-path",
            CONTRACT,
            "--world",
            world,
            "componentize",
            "--stub-wasi",
            "--python-path",
            ".",
            "--python-path",
            "sdk/python",
            "mlhost.component",
            "--output",
            OUTPUT,
        ])],
        Lang::Js => vec![words(&[
            "componentize-qjs",
            "--wit",
            CONTRACT,
            "--world",
            world,
            "--js",
            "plugin.js",
            "--sync",
            "--stub-wasi",
            "--output",
            OUTPUT,
        ])],
        Lang::C => c(folder),
    }
}

fn c(_folder: &Path) -> Vec<Vec<String>> {
    vec![]
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Runs one command in the project's folder.
pub(super) fn run(folder: &Path, words: &[String], say: &dyn Fn(&str)) -> Result<()> {
    super::prepare(folder)?;
    let Some((program, arguments)) = words.split_first() else {
        return Ok(());
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(io::stderr());
    let line = command::line(&command);
    say(&line);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Failed { line, status }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::MissingTool {
            hint: tools::installed_by(program),
            tool: program.clone(),
        }),
        Err(source) => Err(mlhost_toolchain::Error::Start { line, source }.into()),
    }
}
