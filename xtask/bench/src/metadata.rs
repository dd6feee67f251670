//! What a run leaves in its store when nothing has changed since the last one: bytes, and the time
//! that it takes.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::host::Host;
use crate::process::{Usage, usage};
use crate::scratch;

/// Runs of the flights example in one store.
#[derive(Serialize)]
pub(crate) struct Metadata {
    /// How many runs the bytes are the mean of.
    pub(crate) runs: usize,
    /// Bytes that each of them adds to all files of the store.
    pub(crate) bytes_a_run: f64,
    /// One of them: a median.
    pub(crate) cached: Usage,
}

/// Runs the example until everything is cached, and then again and again.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Metadata> {
    let (host, store) = (Host::new(&arguments.host)?, scratch::folder()?);
    let pipeline = arguments.example.join("pipeline.toml");
    let run = || usage(&mut host.run_in(&store, &pipeline));
    // The first computes, and the second keeps what it has learned of the files.
    run()?;
    run()?;
    let runs = effort.long_rounds * 9 + 1;
    let before = bytes(&store)?;
    let cached = (0..runs).map(|_| run()).collect::<Result<Vec<_>>>()?;
    let added = bytes(&store)?.saturating_sub(before);
    Ok(Metadata {
        runs,
        bytes_a_run: added as f64 / runs as f64,
        cached: Usage::median(&cached),
    })
}

/// The sizes of all files in a folder.
fn bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        sum += match entry.file_type()?.is_dir() {
            true => bytes(&entry.path())?,
            false => entry.metadata()?.len(),
        };
    }
    Ok(sum)
}
