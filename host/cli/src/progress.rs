//! What a run shows while it goes on: bars on a terminal, lines elsewhere. All of
//! it goes to standard error.

use std::{
    collections::HashMap,
    fmt::Write,
    io::IsTerminal,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use anstream::eprintln;
use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use mlhost_engine::{Observer, RowsRead, StepRecord, StepStatus};
use mlhost_sandbox::Level;

use crate::text;

/// The observer that fits standard error.
pub(crate) fn observer() -> Arc<dyn Observer> {
    if std::io::stderr().is_terminal() {
        Arc::new(Bars::default())
    } else {
        Arc::new(Lines)
    }
}

/// How a step ended, in one line.
fn ended(record: &StepRecord) -> String {
    let status = match record.status {
        StepStatus::Done if record.cached => "\x1b[32mcached\x1b[0m ",
        StepStatus::Done => "\x1b[32mdone\x1b[0m   ",
        StepStatus::Refused => "\x1b[33mrefused\x1b[0m",
        StepStatus::Failed => "\x1b[31mfailed\x1b[0m ",
        StepStatus::Skipped => "\x1b[2mskipped\x1b[0m",
        StepStatus::Cancelled => "\x1b[33mcancelled\x1b[0m",
    };
    if let Some(reason) = &record.skipped {
        return format!("{:12} {status} {reason}", record.name);
    }
    let read = format!("{:>9} rows", text::count(record.rows));
    let time = text::seconds(record.seconds);
    let summary = record
        .outcome
        .as_ref()
        .map_or("", |outcome| &outcome.summary);
    let from = match record.cached_from {
        Some(run) => format!("from run {run}  "),
        None => String::new(),
    };
    let line = format!(
        "{:12} {status} {read} {time:>8}  {from}{summary}",
        record.name
    );
    line.trim_end().to_owned()
}

/// A plugin's words; what is below `info` stays with its author.
fn said(step: &str, level: Level, message: &str) -> Option<String> {
    match level {
        Level::Trace | Level::Debug => None,
        Level::Info => Some(format!("{step:12} {message}")),
        Level::Warn => Some(format!("{step:12} \x1b[33mwarning\x1b[0m: {message}")),
        Level::Error => Some(format!("{step:12} \x1b[31merror\x1b[0m: {message}")),
    }
}

/// One line an event.
struct Lines;

impl Observer for Lines {
    fn log(&self, step: &str, level: Level, message: &str) {
        if let Some(line) = said(step, level, message) {
            eprintln!("{line}");
        }
    }

    fn step_finished(&self, record: &StepRecord) {
        eprintln!("{}", ended(record));
    }
}

/// Rows a second, whole ones.
fn rate(state: &ProgressState, line: &mut dyn Write) {
    // A line that cannot be written is missing from the screen, and no more.
    let _ = write!(line, "{} a second", text::count(state.per_sec() as u64));
}

/// A bar for each running step.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    running: Mutex<HashMap<String, Running>>,
}

/// A step that runs.
struct Running {
    bar: ProgressBar,
    bytes: AtomicU64,
}

impl Bars {
    fn say(&self, line: &str) {
        self.all.suspend(|| eprintln!("{line}"));
    }
}

impl Observer for Bars {
    fn step_started(&self, step: &str, _plugin: &str) {
        let style = ProgressStyle::with_template(
            "{prefix:12} {spinner} {wide_bar:.cyan/blue} {human_pos} of {human_len} rows  {msg}  {rate}  {eta} left",
        );
        let bar = self.all.add(ProgressBar::no_length());
        if let Ok(style) = style {
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_prefix(step.to_owned());
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = AtomicU64::new(0);
        running.insert(step.to_owned(), Running { bar, bytes });
    }

    fn rows_read(&self, step: &str, read: &RowsRead) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = running.get(step) else {
            return;
        };
        let bar = &running.bar;
        bar.inc(read.rows);
        // A step may read several tables, or one several times.
        if let Some(total) = read
            .total
            .filter(|total| bar.length().unwrap_or(0) < *total)
        {
            bar.set_length(total);
        }
        bar.set_length(bar.length().unwrap_or(0).max(bar.position()));
        let bytes = running.bytes.fetch_add(read.bytes, Ordering::Relaxed) + read.bytes;
        bar.set_message(text::bytes(bytes));
    }

    fn log(&self, step: &str, level: Level, message: &str) {
        if let Some(line) = said(step, level, message) {
            self.say(&line);
        }
    }

    fn step_finished(&self, record: &StepRecord) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ended) = running.remove(&record.name) {
            ended.bar.finish_and_clear();
        }
        drop(running);
        self.say(&ended(record));
    }
}
