//! Compiled plugins: they are no part of any store, but take space for all of them. A process of its
//! own compiles each of them, which is this program again.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use mlhost_sandbox::{Compiler, compile_for_parent};
use mlhost_store::Tally;
use serde::Serialize;

use crate::{
    arguments::{COMPILE, CompileArguments},
    error::Failure,
    places,
};

/// What runs, even if another version has taken its place since.
const RUNNING: &str = "/proc/self/exe";

/// This program, which compiles plugins when it is told to.
pub(super) fn compiler() -> Result<Compiler, Failure> {
    let program = match Path::new(RUNNING).exists() {
        true => PathBuf::from(RUNNING),
        false => env::current_exe().map_err(|error| {
            Failure::internal(format!("the system does not tell what runs: {error}"))
        })?,
    };
    Ok(Compiler::new(program, vec![COMPILE.into()]))
}

/// Compiles a plugin for the process that has started this one.
pub(super) fn compile(arguments: &CompileArguments) -> Result<ExitCode, Failure> {
    let &CompileArguments {
        parent,
        seconds,
        memory_bytes,
    } = arguments;
    compile_for_parent(parent, seconds, memory_bytes)
        .map_err(|error| Failure::internal(format!("cannot compile for another process: {error}")))
}

/// What compiled plugins take.
#[derive(Serialize)]
pub(super) struct Compiled {
    /// Where they are.
    pub(super) folder: PathBuf,
    #[serde(flatten)]
    pub(super) tally: Tally,
}

/// What compiled plugins take; none if they are not kept, or none is there yet.
pub(super) fn taken() -> Result<Option<Compiled>, Failure> {
    let Some(folder) = places::cache() else {
        return Ok(None);
    };
    let failed = |error| {
        let folder = folder.display();
        Failure::internal(format!("could not list the folder `{folder}`: {error}"))
    };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut tally = Tally::default();
    for entry in entries {
        let is_compiled = |entry: &fs::DirEntry| {
            let name = entry.file_name();
            // The key of their seals may be there as well.
            Path::new(&name)
                .extension()
                .is_some_and(|end| end == "cwasm")
        };
        if entry.as_ref().is_ok_and(|entry| !is_compiled(entry)) {
            continue;
        }
        let metadata = match entry.and_then(|entry| entry.metadata()) {
            // Another process has just given it its name.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            metadata => metadata.map_err(failed)?,
        };
        tally.count += 1;
        tally.bytes += metadata.len();
    }
    Ok((tally.count > 0).then_some(Compiled { folder, tally }))
}
