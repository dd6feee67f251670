//! A core module of a crate, by Cargo.

use std::{
    io::BufReader,
    path::{Path, PathBuf},
    process::Stdio,
};

use cargo_metadata::{Artifact, Message};
use mlhost_toolchain::{Toolchain, command};

use super::tools;
use crate::{Error, Result};

/// Builds the crate in a folder for WebAssembly, and finds what Cargo made of it.
pub(super) fn core_module(folder: &Path, say: &dyn Fn(&str)) -> Result<PathBuf> {
    if command::stdout(command::cargo().arg("--version")).is_err() {
        return Err(Error::MissingTool {
            tool: "cargo".to_owned(),
            hint: tools::installed_by("cargo"),
        });
    }
    let folder = folder
        .canonicalize()
        .map_err(|error| Error::read(folder, error))?;
    let toolchain = Toolchain::find()?;
    // Apart from what another compiler has left, which would build everything again.
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => folder.join(target).join("wasm"),
        None => folder.join("target/wasm"),
    };
    // Cargo compiles the crates of a workspace by their paths inside it, which are the same
    // wherever the project is.
    let flags = toolchain.flags(&[])?;
    let mut build = toolchain.cargo_build(&folder, &target, &flags);
    build.args(["--release", "--lib"]);
    let line = command::line(&build);
    say(&line);
    build.arg("--message-format=json-render-diagnostics");
    let start = |source| mlhost_toolchain::Error::Start {
        line: line.clone(),
        source,
    };
    let mut child = build.stdout(Stdio::piped()).spawn().map_err(start)?;
    let manifest = folder.join("Cargo.toml");
    let mut module = None;
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            match message {
                Ok(Message::CompilerArtifact(artifact)) if artifact.manifest_path == manifest => {
                    module = module_of(&artifact).or(module);
                }
                Ok(_) => {}
                Err(error) => return Err(start(error).into()),
            }
        }
    }
    let status = child.wait().map_err(start)?;
    match module {
        Some(module) if status.success() => Ok(module),
        None if status.success() => Err(Error::Text {
            path: manifest,
            message:
                "the crate becomes no WebAssembly; it needs `crate-type = [\"cdylib\"]` in [lib]"
                    .to_owned(),
        }),
        _ => Err(Error::Failed { line, status }),
    }
}

fn module_of(artifact: &Artifact) -> Option<PathBuf> {
    let mut files = artifact.filenames.iter();
    let file = files.find(|file| file.extension() == Some("wasm"))?;
    Some(file.into())
}
