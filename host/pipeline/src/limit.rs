//! The limits of a plugin: their names, what they count, and what they are where nobody says.

use std::collections::BTreeMap;

use crate::limits::{parse_duration, parse_size};

/// Something that a plugin may have so much of. In files and on the command line it is called by its
/// [`key`](Self::key).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Wall time of a step.
    Timeout,
    /// Time that all instances of a step compute, together.
    CpuTime,
    /// Time of processors in which a plugin is compiled.
    CompileTime,
    /// Bytes of linear memory in one instance.
    Memory,
    /// Bytes of the stack of a call.
    Stack,
    /// Modules in one instance of a component.
    Instances,
    /// Tables in one instance.
    Tables,
    /// Elements in one table.
    TableElements,
    /// Things of the host that one instance holds: datasets, scans, files, streams.
    Handles,
    /// Bytes that one call hands over.
    Returned,
    /// Bytes of a state.
    State,
    /// Bytes of a report: its texts, details and figures.
    Report,
    /// Findings in a report.
    Findings,
    /// Metrics in a report.
    Metrics,
    /// Figures in a report.
    Figures,
    /// Bytes of one name or text.
    Text,
    /// Columns of a schema, with all fields inside of them.
    Fields,
    /// How deep the types of columns are nested.
    Depth,
    /// Log lines of a step.
    LogLines,
    /// Bytes of all log lines of a step.
    LogBytes,
    /// Points of training curves of a step.
    MetricPoints,
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Milliseconds, written as `"10m"`.
    Time,
    /// Bytes, written as `"1GiB"`.
    Size,
    /// Things, written as a number.
    Count,
}

/// Limits that somebody has set, and only those.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitSet(BTreeMap<Limit, u64>);

const MINUTE: u64 = 60 * 1000;
const HOUR: u64 = 60 * MINUTE;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

impl Limit {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Timeout,
        Self::CpuTime,
        Self::CompileTime,
        Self::Memory,
        Self::Stack,
        Self::Instances,
        Self::Tables,
        Self::TableElements,
        Self::Handles,
        Self::Returned,
        Self::State,
        Self::Report,
        Self::Findings,
        Self::Metrics,
        Self::Figures,
        Self::Text,
        Self::Fields,
        Self::Depth,
        Self::LogLines,
        Self::LogBytes,
        Self::MetricPoints,
    ];

    /// Name, measure and default.
    const fn row(self) -> (&'static str, Measure, u64) {
        use Measure::{Count, Size, Time};
        match self {
            Self::Timeout => ("timeout", Time, HOUR),
            Self::CpuTime => ("cpu_time", Time, 24 * HOUR),
            Self::CompileTime => ("compile_time", Time, 10 * MINUTE),
            Self::Memory => ("memory", Size, 2 * GIB),
            Self::Stack => ("stack", Size, MIB),
            Self::Instances => ("instances", Count, 1000),
            Self::Tables => ("tables", Count, 1000),
            Self::TableElements => ("table_elements", Count, 100_000),
            Self::Handles => ("handles", Count, 10_000),
            Self::Returned => ("returned", Size, 512 * MIB),
            Self::State => ("state", Size, 512 * MIB),
            Self::Report => ("report", Size, 64 * MIB),
            Self::Findings => ("findings", Count, 100_000),
            Self::Metrics => ("metrics", Count, 100_000),
            Self::Figures => ("figures", Count, 1000),
            Self::Text => ("text", Size, 64 * KIB),
            Self::Fields => ("fields", Count, 100_000),
            Self::Depth => ("depth", Count, 32),
            Self::LogLines => ("log_lines", Count, 1000),
            Self::LogBytes => ("log_bytes", Size, MIB),
            Self::MetricPoints => ("metric_points", Count, 100_000),
        }
    }

    /// What it is called where it is set.
    pub fn key(self) -> &'static str {
        self.row().0
    }

    /// What it counts.
    pub fn measure(self) -> Measure {
        self.row().1
    }

    /// What it is where nobody says: milliseconds, bytes or a number.
    pub fn default_value(self) -> u64 {
        self.row().2
    }

    /// The limit of this name.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.key() == key)
    }

    /// A value as somebody would write it, without quotes.
    pub fn written(self, value: u64) -> String {
        let with = |units: &[(u64, &str)]| {
            let unit = units
                .iter()
                .find(|(unit, _)| value >= *unit && value.is_multiple_of(*unit));
            unit.map(|(unit, name)| format!("{}{name}", value / unit))
        };
        let written = match self.measure() {
            Measure::Time => with(&[(HOUR, "h"), (MINUTE, "m"), (1000, "s"), (1, "ms")]),
            Measure::Size => with(&[(GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB"), (1, "B")]),
            Measure::Count => None,
        };
        written.unwrap_or_else(|| value.to_string())
    }

    /// `state = "1GiB"`: what a file says to have a value at least as large as this.
    pub fn assigned(self, value: u64) -> String {
        match self.measure() {
            Measure::Count => format!("{} = {value}", self.key()),
            Measure::Size => {
                let value = value.next_multiple_of(KIB);
                format!("{} = \"{}\"", self.key(), self.written(value))
            }
            Measure::Time => format!("{} = \"{}\"", self.key(), self.written(value)),
        }
    }

    /// The value that a text stands for, if it is above zero.
    pub fn parse(self, text: &str) -> Option<u64> {
        let value = match self.measure() {
            Measure::Time => u64::try_from(parse_duration(text)?.as_millis()).ok(),
            Measure::Size => parse_size(text),
            Measure::Count => text.parse().ok(),
        };
        value.filter(|value| *value > 0)
    }

    /// What to write for a value of it.
    pub fn form(self) -> &'static str {
        match self.measure() {
            Measure::Time => {
                "write a number and a unit (ms, s, m, h), such as `\"10m\"` or `\"1h 30m\"`"
            }
            Measure::Size => "write a whole number and a unit (KiB, MiB, GiB), such as `\"1GiB\"`",
            Measure::Count => "write a whole number above zero",
        }
    }
}

impl LimitSet {
    /// Sets a limit.
    pub fn set(&mut self, limit: Limit, value: u64) {
        self.0.insert(limit, value);
    }

    /// What was set of a limit.
    pub fn get(&self, limit: Limit) -> Option<u64> {
        self.0.get(&limit).copied()
    }

    /// All that was set.
    pub fn iter(&self) -> impl Iterator<Item = (Limit, u64)> {
        self.0.iter().map(|(limit, value)| (*limit, *value))
    }

    /// These limits, and those of `others` that were not set here.
    #[must_use]
    pub fn or(&self, others: &Self) -> Self {
        let mut all = others.0.clone();
        all.extend(self.iter());
        Self(all)
    }
}

impl FromIterator<(Limit, u64)> for LimitSet {
    fn from_iter<I: IntoIterator<Item = (Limit, u64)>>(limits: I) -> Self {
        Self(limits.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for limit in Limit::ALL {
            let value = limit.default_value();
            assert_eq!(Limit::of_key(limit.key()), Some(limit));
            assert_eq!(limit.parse(&limit.written(value)), Some(value), "{limit:?}");
        }
        assert_eq!(Limit::State.written(1536), "1536B");
        assert_eq!(Limit::State.assigned(1536), "state = \"2KiB\"");
        assert_eq!(Limit::Timeout.assigned(90_000), "timeout = \"90s\"");
        assert_eq!(Limit::Depth.assigned(9), "depth = 9");
        assert_eq!(Limit::Depth.parse("0"), None);
        assert_eq!(Limit::Depth.parse("-1"), None);
        assert_eq!(Limit::Memory.parse("1"), None);
    }

    #[test]
    fn what_is_set_nearer_counts() {
        let near = LimitSet::from_iter([(Limit::State, 1)]);
        let far = LimitSet::from_iter([(Limit::State, 2), (Limit::Text, 3)]);
        let all = near.or(&far);
        assert_eq!(all.get(Limit::State), Some(1));
        assert_eq!(all.get(Limit::Text), Some(3));
    }
}
