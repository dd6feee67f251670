//! Dates and times in texts: ISO 8601, in UTC where no offset is written.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp, Unit};

/// Seconds since 1970-01-01 of a date, or a date with a time.
///
/// # Errors
/// What is expected of it.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    let wrong =
        || format!("`{text}` is no date or time such as `2013-07-01` or `2013-07-01T06:00:00Z`");
    let timestamp = match text.parse::<Timestamp>() {
        Ok(timestamp) => timestamp,
        Err(_) => {
            let civil: DateTime = text.parse().map_err(|_| wrong())?;
            TimeZone::UTC.to_timestamp(civil).map_err(|_| wrong())?
        }
    };
    Ok(timestamp.as_second() as f64 + f64::from(timestamp.subsec_nanosecond()) * 1e-9)
}

/// Seconds of a length of time: `36h`, `2d`, `1w 12h`.
///
/// # Errors
/// What is expected of it.
pub(crate) fn length(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is no length of time such as `36h`, `2d` or `1w`");
    let span: Span = text.parse().map_err(|_| wrong())?;
    let days = SpanRelativeTo::days_are_24_hours();
    span.total((Unit::Second, days)).map_err(|_| wrong())
}

/// A time, given in seconds since 1970-01-01, as `2013-07-01T06:00:00Z`; as a number where it is
/// beyond the years that are written with four digits.
pub(crate) fn written(seconds: f64) -> String {
    match Timestamp::from_second(seconds.floor() as i64) {
        Ok(timestamp) => timestamp.to_string(),
        Err(_) => format!("{seconds} s"),
    }
}

/// A length of time in the largest unit of which it has a whole: `2 days`, `1.5 hours`.
pub(crate) fn length_written(seconds: f64) -> String {
    let units = [
        (86_400.0, "day"),
        (3600.0, "hour"),
        (60.0, "minute"),
        (1.0, "second"),
    ];
    let (size, unit) = units
        .into_iter()
        .find(|(size, _)| seconds.abs() >= *size)
        .unwrap_or((1.0, "second"));
    let count = (seconds / size * 10.0).round() / 10.0;
    format!("{count} {unit}{}", if count == 1.0 { "" } else { "s" })
}
