//! How much a plugin may use before its step fails, and how much its step has used.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use mlhost_pipeline::{Limit, LimitSet};

use crate::{
    Failure,
    contract::{report, wire},
};

/// How much a plugin may use before its step fails. [`Limit`] says what each of them counts and
/// what it is called in a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory in one instance.
    pub memory_bytes: usize,
    /// Bytes of the stack of a call.
    pub stack_bytes: usize,
    /// Wall time from the moment the [`Context`](crate::Context) was made.
    pub time: Duration,
    /// Time in which instances of the step compute, added up.
    pub cpu_time: Duration,
    /// Time of processors in which the plugin is compiled, where it was not before.
    pub compile_time: Duration,
    /// Modules in one instance of a component.
    pub instances: usize,
    /// Tables in one instance.
    pub tables: usize,
    /// Elements in each of these.
    pub table_elements: usize,
    /// Things of the host and of its own that one instance holds.
    pub handles: usize,
    /// Bytes that one call may hand over: batches, states, reports.
    pub returned_bytes: usize,
    /// Bytes of a state.
    pub state_bytes: usize,
    /// Bytes of a report.
    pub report_bytes: usize,
    /// Findings in a report.
    pub findings: usize,
    /// Metrics in a report.
    pub metrics: usize,
    /// Figures in a report.
    pub figures: usize,
    /// Bytes of one name or text; longer messages are cut, other texts refused.
    pub text_bytes: usize,
    /// Columns of a schema, with all fields inside of them.
    pub fields: usize,
    /// How deep these are nested.
    pub depth: usize,
    /// Log lines of a step; later ones are dropped.
    pub log_lines: u64,
    /// Bytes of these.
    pub log_bytes: u64,
    /// Points of training curves of a step.
    pub metric_points: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self::from(&LimitSet::default())
    }
}

impl From<&LimitSet> for Limits {
    fn from(set: &LimitSet) -> Self {
        let value = |limit: Limit| set.get(limit).unwrap_or(limit.default_value());
        let number = |limit| usize::try_from(value(limit)).unwrap_or(usize::MAX);
        Self {
            memory_bytes: number(Limit::Memory),
            stack_bytes: number(Limit::Stack),
            time: Duration::from_millis(value(Limit::Timeout)),
            cpu_time: Duration::from_millis(value(Limit::CpuTime)),
            compile_time: Duration::from_millis(value(Limit::CompileTime)),
            instances: number(Limit::Instances),
            tables: number(Limit::Tables),
            table_elements: number(Limit::TableElements),
            handles: number(Limit::Handles),
            returned_bytes: number(Limit::Returned),
            state_bytes: number(Limit::State),
            report_bytes: number(Limit::Report),
            findings: number(Limit::Findings),
            metrics: number(Limit::Metrics),
            figures: number(Limit::Figures),
            text_bytes: number(Limit::Text),
            fields: number(Limit::Fields),
            depth: number(Limit::Depth),
            log_lines: value(Limit::LogLines),
            log_bytes: value(Limit::LogBytes),
            metric_points: value(Limit::MetricPoints),
        }
    }
}

/// What all instances of a step have used together.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Milliseconds in which they have computed.
    computed: AtomicU64,
    log_lines: AtomicU64,
    log_bytes: AtomicU64,
    metric_points: AtomicU64,
}

/// What becomes of a log line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is passed on.
    Yes,
    /// It is the first that is left out, because of this limit.
    NoMore(Limit, u64),
    /// It is left out.
    No,
}

impl Limits {
    /// Whether this much is too much, and what is to be said of it.
    pub(crate) fn check(
        what: impl FnOnce() -> String,
        used: usize,
        limit: Limit,
        value: usize,
    ) -> Result<(), Failure> {
        match used > value {
            true => Err(over(what(), limit, value as u64)),
            false => Ok(()),
        }
    }

    /// Refuses a state that is too large.
    pub(crate) fn check_state(&self, state: &[u8]) -> Result<(), Failure> {
        let what = || format!("returned a state of {} bytes", state.len());
        Self::check(what, state.len(), Limit::State, self.state_bytes)
    }

    /// Refuses names of columns that are too many or too long.
    pub(crate) fn check_columns(&self, columns: &[String]) -> Result<(), Failure> {
        let what = || format!("asked for {} columns", columns.len());
        Self::check(what, columns.len(), Limit::Fields, self.fields)?;
        columns.iter().try_for_each(|name| self.check_text(name))
    }

    /// Refuses a schema that is too large, before anything is made of it.
    pub(crate) fn check_schema(&self, fields: &[wire::Field]) -> Result<(), Failure> {
        let what = || format!("announced a schema of {} fields", fields.len());
        Self::check(what, fields.len(), Limit::Fields, self.fields)?;
        let entries: usize = fields.iter().map(|field| field.metadata.len()).sum();
        let what = || format!("announced a schema with {entries} entries of metadata");
        Self::check(what, entries, Limit::Fields, self.fields)?;
        for field in fields {
            let metadata = field.metadata.iter().flat_map(|(key, value)| [key, value]);
            let mut texts = metadata.chain([&field.name, &field.format]);
            texts.try_for_each(|text| self.check_text(text))?;
        }
        let depth = depth(fields);
        let what = || format!("announced a schema that is nested {depth} deep");
        Self::check(what, depth, Limit::Depth, self.depth)
    }

    /// Refuses a report that is too large, before anything is made of it.
    pub(crate) fn check_report(&self, report: &report::Outcome) -> Result<(), Failure> {
        for (what, count, limit, value) in [
            (
                "findings",
                report.findings.len(),
                Limit::Findings,
                self.findings,
            ),
            (
                "metrics",
                report.metrics.len(),
                Limit::Metrics,
                self.metrics,
            ),
            (
                "figures",
                report.figures.len(),
                Limit::Figures,
                self.figures,
            ),
        ] {
            Self::check(|| format!("reported {count} {what}"), count, limit, value)?;
        }
        let findings = report.findings.iter().flat_map(|finding| {
            let texts = [&finding.check, &finding.severity, &finding.message];
            texts.into_iter().chain(&finding.column)
        });
        let metrics = report.metrics.iter().flat_map(|metric| {
            let labels = metric.labels.iter().flat_map(|(key, value)| [key, value]);
            labels.chain([&metric.name])
        });
        let figures = report.figures.iter();
        let figures = figures.flat_map(|figure| [&figure.name, &figure.title, &figure.kind]);
        let texts = findings.chain(metrics).chain(figures);
        let mut bytes = 0_usize;
        for text in texts.chain([&report.verdict, &report.summary]) {
            self.check_text(text)?;
            bytes += text.len();
        }
        let details = report.findings.iter().map(|finding| finding.details.len());
        let data = report.figures.iter().map(|figure| figure.data.len());
        bytes += details.chain(data).sum::<usize>();
        let what = || format!("returned a report of {bytes} bytes");
        Self::check(what, bytes, Limit::Report, self.report_bytes)
    }

    /// Refuses a text that is too long.
    pub(crate) fn check_text(&self, text: &str) -> Result<(), Failure> {
        let what = || format!("returned a text of {} bytes", text.len());
        Self::check(what, text.len(), Limit::Text, self.text_bytes)
    }
}

impl Usage {
    /// Counts time of computing, and gives whether it is used up.
    pub(crate) fn compute(&self, time: Duration, limits: &Limits) -> bool {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let before = self.computed.fetch_add(milliseconds, Ordering::Relaxed);
        Duration::from_millis(before.saturating_add(milliseconds)) > limits.cpu_time
    }

    /// Counts a line.
    pub(crate) fn line(&self, bytes: usize, limits: &Limits) -> Heard {
        let lines = self.log_lines.fetch_add(1, Ordering::Relaxed) + 1;
        let before = self.log_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        if lines > limits.log_lines {
            return match lines == limits.log_lines + 1 && before <= limits.log_bytes {
                true => Heard::NoMore(Limit::LogLines, limits.log_lines),
                false => Heard::No,
            };
        }
        match before.saturating_add(bytes as u64) > limits.log_bytes {
            true if before <= limits.log_bytes => Heard::NoMore(Limit::LogBytes, limits.log_bytes),
            true => Heard::No,
            false => Heard::Yes,
        }
    }

    /// Counts a point, and gives whether there are too many.
    pub(crate) fn point(&self, limits: &Limits) -> bool {
        self.metric_points.fetch_add(1, Ordering::Relaxed) >= limits.metric_points
    }
}

/// The failure of having gone beyond a limit.
pub(crate) fn over(what: impl Into<String>, limit: Limit, value: u64) -> Failure {
    Failure::OverLimit {
        what: what.into(),
        limit,
        value,
    }
}

/// How deep fields are nested that say how many others follow as their children.
fn depth(fields: &[wire::Field]) -> usize {
    let mut deepest = 0;
    // How many children each of those is still to get that are not complete.
    let mut missing: Vec<u64> = Vec::new();
    for field in fields {
        while missing.last() == Some(&0) {
            missing.pop();
        }
        if let Some(last) = missing.last_mut() {
            *last -= 1;
        }
        missing.push(u64::from(field.children) + u64::from(field.dictionary));
        deepest = deepest.max(missing.len());
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(children: u32, dictionary: bool) -> wire::Field {
        wire::Field {
            name: String::new(),
            format: String::new(),
            flags: wire::FieldFlags::empty(),
            metadata: vec![],
            children,
            dictionary,
        }
    }

    #[test]
    fn depth_follows_the_children() {
        assert_eq!(depth(&[]), 0);
        assert_eq!(
            depth(&[field(0, false), field(0, true), field(0, false)]),
            2
        );
        let chain: Vec<_> = (0..100).map(|_| field(1, false)).collect();
        assert_eq!(depth(&chain), 100);
        let wide = [
            field(2, false),
            field(1, false),
            field(0, false),
            field(0, false),
            field(0, false),
        ];
        assert_eq!(depth(&wide), 3);
        assert_eq!(depth(&[field(u32::MAX, true), field(0, false)]), 2);
    }

    #[test]
    fn a_flood_is_told_of_once() {
        let limits = Limits {
            log_lines: 3,
            log_bytes: 10,
            ..Limits::default()
        };
        let heard = |lengths: &[usize]| -> Vec<Heard> {
            let usage = Usage::default();
            let lines = lengths.iter();
            lines.map(|bytes| usage.line(*bytes, &limits)).collect()
        };
        let no_more = Heard::NoMore(Limit::LogLines, 3);
        assert_eq!(
            heard(&[1, 1, 1, 1, 1]),
            [Heard::Yes, Heard::Yes, Heard::Yes, no_more, Heard::No]
        );
        let no_more = Heard::NoMore(Limit::LogBytes, 10);
        assert_eq!(
            heard(&[9, 2, 1, 1, 1]),
            [Heard::Yes, no_more, Heard::No, Heard::No, Heard::No]
        );
    }
}
