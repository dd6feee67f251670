//! Columns of dates and times hold numbers of a unit since 1970-01-01; people write them by
//! ISO 8601. One becomes the other here, in UTC where no offset is written.

use arrow_schema::{DataType, TimeUnit};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

const NANOSECONDS_OF_A_DAY: i128 = 86_400_000_000_000;

/// A part of a unit is shown to so many nanoseconds: what is computed has no more digits.
const SHOWN: i128 = 1000;

/// How the numbers of a column of dates or times count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateUnit {
    /// Dates, in days.
    Days,
    /// Dates, in milliseconds.
    DaysInMilliseconds,
    /// Points in time, in seconds.
    Seconds,
    /// Points in time, in milliseconds.
    Milliseconds,
    /// Points in time, in microseconds.
    Microseconds,
    /// Points in time, in nanoseconds.
    Nanoseconds,
}

impl DateUnit {
    /// That of a column of dates or timestamps; `None` of any other.
    pub fn of(data_type: &DataType) -> Option<Self> {
        match data_type {
            DataType::Date32 => Some(Self::Days),
            DataType::Date64 => Some(Self::DaysInMilliseconds),
            DataType::Timestamp(unit, _) => Some(match unit {
                TimeUnit::Second => Self::Seconds,
                TimeUnit::Millisecond => Self::Milliseconds,
                TimeUnit::Microsecond => Self::Microseconds,
                TimeUnit::Nanosecond => Self::Nanoseconds,
            }),
            _ => None,
        }
    }

    /// How many of it a second has.
    pub fn per_second(self) -> f64 {
        1e9 / self.nanoseconds() as f64
    }

    /// The number of a date, or a date with a time: `2013-07-01`, `2013-07-01T06:00:00Z`.
    ///
    /// # Errors
    /// [`Error::NotADate`] where it is neither.
    pub fn number(self, text: &str) -> Result<f64> {
        let wrong = || Error::NotADate(text.to_owned());
        let timestamp = match text.parse::<Timestamp>() {
            Ok(timestamp) => timestamp,
            Err(_) => {
                let civil: DateTime = text.parse().map_err(|_| wrong())?;
                TimeZone::UTC.to_timestamp(civil).map_err(|_| wrong())?
            }
        };
        let unit = self.nanoseconds();
        let since = timestamp.as_nanosecond();
        // The whole units by themselves, so that a fraction of them takes no digits away.
        let (whole, rest) = (since.div_euclid(unit), since.rem_euclid(unit));
        Ok(whole as f64 + rest as f64 / unit as f64)
    }

    /// A number as people write it: `2013-07-01` of a date, `2013-07-01T06:00:00Z` of a time and of
    /// what lies between two dates; read again, a whole number is the same. In seconds where it is beyond the years of four digits.
    pub fn written(self, number: f64) -> String {
        let unit = self.nanoseconds();
        let whole = number.floor();
        let part = ((number - whole) * unit as f64 / SHOWN as f64).round() as i128 * SHOWN;
        let shown = (whole as i128).saturating_mul(unit).saturating_add(part);
        match Timestamp::from_nanosecond(shown) {
            Ok(timestamp) if number.is_finite() => {
                let is_date = matches!(self, Self::Days | Self::DaysInMilliseconds);
                if is_date && shown % NANOSECONDS_OF_A_DAY == 0 {
                    return TimeZone::UTC.to_datetime(timestamp).date().to_string();
                }
                timestamp.to_string()
            }
            _ => format!("{} s", number / self.per_second()),
        }
    }

    fn nanoseconds(self) -> i128 {
        match self {
            Self::Days => NANOSECONDS_OF_A_DAY,
            Self::Seconds => 1_000_000_000,
            Self::DaysInMilliseconds | Self::Milliseconds => 1_000_000,
            Self::Microseconds => 1000,
            Self::Nanoseconds => 1,
        }
    }
}
