//! Runs a process to its end for what it uses.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use wait4::Wait4;

/// What a process used.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Usage {
    pub(crate) wall_seconds: f64,
    /// Of all its threads, in user mode and in the kernel.
    pub(crate) cpu_seconds: f64,
    /// The largest resident set.
    pub(crate) peak_bytes: u64,
}

/// Runs a command without its output.
///
/// # Errors
/// When it cannot be started or fails.
pub(crate) fn usage(command: &mut Command) -> Result<Usage> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let name = command.get_program().display().to_string();
    let start = Instant::now();
    let child = command
        .spawn()
        .with_context(|| format!("could not start {name}"))?;
    let used = child.wait4()?;
    let wall_seconds = start.elapsed().as_secs_f64();
    ensure!(used.status.success(), "{name} failed: {}", used.status);
    Ok(Usage {
        wall_seconds,
        cpu_seconds: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        peak_bytes: used.rusage.maxrss,
    })
}
