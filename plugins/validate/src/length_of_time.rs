//! Lengths of time in texts, as people write them: `36h`, `1w 12h`.

use jiff::{Span, SpanRelativeTo, Unit};

/// Seconds of a length of time: `36h`, `2d`, `1w 12h`.
///
/// # Errors
/// What is expected of it.
pub(crate) fn read(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is no length of time such as `36h`, `2d` or `1w`");
    let span: Span = text.parse().map_err(|_| wrong())?;
    let days = SpanRelativeTo::days_are_24_hours();
    span.total((Unit::Second, days)).map_err(|_| wrong())
}

/// A length of time in the largest unit of which it has a whole: `2 days`, `1.5 hours`.
pub(crate) fn written(seconds: f64) -> String {
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
