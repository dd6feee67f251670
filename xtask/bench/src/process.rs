//! Runs a process to its end for what it uses.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use wait4::{ResUse, Wait4};

use crate::series::median;

/// How often a process is asked for its peak memory: seldom enough not to disturb it, and often
/// enough that it has no time to grow between the last answer and its end.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// What a process used.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Usage {
    pub(crate) wall_seconds: f64,
    /// Of all its threads, in user mode and in the kernel.
    pub(crate) cpu_seconds: f64,
    /// The largest resident set.
    pub(crate) peak_bytes: u64,
}

impl Usage {
    /// The median of each number.
    pub(crate) fn median(usages: &[Self]) -> Self {
        Self {
            wall_seconds: median(&column(usages, |usage| usage.wall_seconds)),
            cpu_seconds: median(&column(usages, |usage| usage.cpu_seconds)),
            peak_bytes: median(&column(usages, |usage| usage.peak_bytes as f64)) as u64,
        }
    }
}

/// One number of every run.
pub(crate) fn column(usages: &[Usage], what: fn(&Usage) -> f64) -> Vec<f64> {
    usages.iter().map(what).collect()
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
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let ended = AtomicBool::new(false);
    let (used, wall_seconds, peak) = thread::scope(|scope| {
        let watch = scope.spawn(|| peak_until(&ended, || high_water_mark(&status)));
        let used = child.wait4();
        let wall_seconds = start.elapsed().as_secs_f64();
        ended.store(true, Ordering::Relaxed);
        (used, wall_seconds, watch.join().unwrap_or_default())
    });
    let used: ResUse = used?;
    ensure!(used.status.success(), "{name} failed: {}", used.status);
    Ok(Usage {
        wall_seconds,
        cpu_seconds: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        // What `wait4` tells is never less than what this process held when it started the
        // other, and so is the second choice.
        peak_bytes: peak.unwrap_or(used.rusage.maxrss),
    })
}

/// The last answer before the end.
fn peak_until(ended: &AtomicBool, ask: impl Fn() -> Option<u64>) -> Option<u64> {
    let mut peak = None;
    while !ended.load(Ordering::Relaxed) {
        peak = ask().max(peak);
        thread::sleep(ASK_EVERY);
    }
    peak
}

/// The largest resident set that a living process has had, in bytes, where the system tells.
fn high_water_mark(status: &Path) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let mark = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = mark.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}
