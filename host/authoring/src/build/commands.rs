//! Builds by the command that a project names.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

use mlhost_toolchain::command;

use super::tools;
use crate::{Error, Result};

/// Where commands leave what they make, below the project.
pub(super) const FOLDER: &str = "build";

/// The component or core module that a command leaves where the project does not say.
pub(super) const OUTPUT: &str = "build/plugin.wasm";

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
