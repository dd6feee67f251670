//! Rust: a core module of a crate, by Cargo.

use std::{io::BufReader, path::PathBuf, process::Stdio};

use cargo_metadata::{Artifact, Message};
use mlhost_toolchain::{Toolchain, command};

use crate::{Error, Result, Source, tools};

/// Builds the crate in the project's folder for WebAssembly, and reads what Cargo made of it.
pub(crate) fn build(source: &Source<'_>, say: &dyn Fn(&str)) -> Result<Vec<u8>> {
    if command::stdout(command::cargo().arg("--version")).is_err() {
        return Err(tools::missing("cargo"));
    }
    let folder = source.project.canonicalize();
    let folder = folder.map_err(|error| Error::file(source.project, error))?;
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
        Some(module) if status.success() => tools::left(&module),
        None if status.success() => Err(Error::NoModule { manifest }),
        _ => Err(Error::Failed { line, status }),
    }
}

fn module_of(artifact: &Artifact) -> Option<PathBuf> {
    let mut files = artifact.filenames.iter();
    let file = files.find(|file| file.extension() == Some("wasm"))?;
    Some(file.into())
}
