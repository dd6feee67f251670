//! The times that a cron expression stands for in a time zone.

use std::cmp::Ordering;
use std::fmt;

use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Year};
use croner::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use crate::names;

/// A cron expression, and the time zone that it is meant in.
///
/// A time that the clocks leave out in spring comes at the first moment after the gap, and one that
/// they show twice in autumn comes the first time only. An expression that repeats within the hour,
/// such as `*/10 * * * *`, goes on evenly through both.
///
/// ```
/// use mlhost_pipeline::Timetable;
///
/// let nightly = Timetable::new("30 2 * * *", "Europe/Berlin")?;
/// let before = "2026-03-29T00:00:00Z".parse()?;
/// let next = nightly.next_after(before).map(|time| time.to_string());
/// // 2:30 is left out that night: at 2:00, which is 1:00 UTC, it is 3:00.
/// assert_eq!(next.as_deref(), Some("2026-03-29T01:00:00Z"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Timetable {
    expression: String,
    cron: Cron,
    zone: TimeZone,
    zone_name: String,
}

/// Why there is no such timetable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimetableError {
    /// The text is no cron expression.
    #[error("`{expression}` is no cron expression: {reason}")]
    NoCron {
        /// The text.
        expression: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such time, such as the 30th of February.
    #[error("`{0}` is a time that never comes")]
    Never(String),
    /// There is no such time zone.
    #[error("there is no time zone `{0}`")]
    UnknownZone(String),
}

impl TimetableError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoCron { .. } => "write minute, hour, day of the month, month and day of the \
                                    week, such as `0 3 * * *` for every night at three"
                .to_owned(),
            Self::Never(_) => "the day of the month is none of that month".to_owned(),
            Self::UnknownZone(name) => {
                let all: Vec<String> = jiff::tz::db()
                    .available()
                    .map(|zone| zone.to_string())
                    .collect();
                let all: Vec<&str> = all.iter().map(String::as_str).collect();
                match names::nearest(name, &all) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => "write a name of the IANA time zone database, such as `UTC` or \
                             `Europe/Berlin`"
                        .to_owned(),
                }
            }
        }
    }
}

impl Timetable {
    /// The timetable of a cron expression: minute, hour, day of the month, month, day of the week;
    /// with a sixth field in front of them, seconds. `@daily` and the like stand for some. The zone
    /// is a name of the IANA time zone database.
    ///
    /// # Errors
    /// See [`TimetableError`].
    pub fn new(expression: &str, zone: &str) -> Result<Self, TimetableError> {
        let time_zone = TimeZone::get(zone)
            .map_err(|_| TimetableError::UnknownZone(zone.escape_debug().to_string()))?;
        let parser = CronParser::builder().year(Year::Disallowed).build();
        let cron = parser
            .parse(expression)
            .map_err(|error| TimetableError::NoCron {
                expression: expression.escape_debug().to_string(),
                reason: reason(expression, &error),
            })?;
        let timetable = Self {
            expression: expression.trim().to_owned(),
            cron,
            zone: time_zone,
            zone_name: zone.to_owned(),
        };
        match timetable.next_after(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(timetable),
            None => Err(TimetableError::Never(timetable.expression)),
        }
    }

    /// The first of its times that is later than this one, if there is one still.
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        let local = Local(time.to_zoned_datetime(self.zone.clone()));
        let next = self.cron.find_next_occurrence(&local, false).ok()?;
        Some(next.0.timestamp())
    }

    /// A time as clocks in its zone show it: `2026-03-29 03:00:00 CEST`.
    pub fn clock(&self, time: Timestamp) -> String {
        let local = time.to_zoned_datetime(self.zone.clone());
        local.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
    }

    /// The expression, as it was written.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The name of the time zone.
    pub fn zone(&self) -> &str {
        &self.zone_name
    }
}

/// `0 3 * * * Europe/Berlin`.
impl fmt::Display for Timetable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.expression, self.zone_name)
    }
}

/// What is wrong with an expression, without the name of the part of a parser that says so.
fn reason(expression: &str, error: &CronError) -> String {
    let fields = expression.split_whitespace().count();
    if fields > 0 && !(5..=6).contains(&fields) && !expression.contains('@') {
        return format!("it has {fields} fields, and needs five, or six with seconds");
    }
    let text = match error {
        CronError::EmptyPattern => "it is empty".to_owned(),
        CronError::InvalidPattern(text)
        | CronError::IllegalCharacters(text)
        | CronError::ComponentError(text) => text.clone(),
        other => other.to_string(),
    };
    text.trim_end_matches('.').to_owned()
}

/// A moment with its time zone, as the search for the next time wants it.
#[derive(Clone)]
struct Local(ZonedDateTime);

impl CronDateTime for Local {
    fn to_civil(&self) -> CivilDateTime {
        let time = self.0.datetime();
        // Out of range it cannot be: it comes from such a time.
        let unsigned = |part: i8| u32::from(part.unsigned_abs());
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(
                time.year().into(),
                unsigned(time.month()),
                unsigned(time.day()),
            ),
            CivilTime::from_parts_unchecked(
                unsigned(time.hour()),
                unsigned(time.minute()),
                unsigned(time.second()),
            ),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        let days = self.0.weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(u32::from(days.unsigned_abs()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let time = civil_time(civil).ok_or(CronError::InvalidDate)?;
        let ambiguous = self.0.time_zone().to_ambiguous_zoned_datetime(time);
        let moment = |found: Result<ZonedDateTime, jiff::Error>| {
            found.map(Self).map_err(|_| CronError::InvalidTime)
        };
        Ok(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => {
                Resolution::Single(moment(ambiguous.unambiguous())?)
            }
            AmbiguousOffset::Fold { .. } => {
                let earlier = moment(ambiguous.clone().earlier())?;
                Resolution::Ambiguous(earlier, moment(ambiguous.later())?)
            }
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let later = self.0.checked_add(SignedDuration::from_secs(seconds));
        later.ok().map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.timestamp().cmp(&other.0.timestamp())
    }
}

fn civil_time(civil: CivilDateTime) -> Option<DateTime> {
    let part = |number: u32| i8::try_from(number).ok();
    DateTime::new(
        i16::try_from(civil.year()).ok()?,
        part(civil.month())?,
        part(civil.day())?,
        part(civil.hour())?,
        part(civil.minute())?,
        part(civil.second())?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests;
