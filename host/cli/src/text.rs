//! Numbers, durations and sizes in words.

/// A number with a comma at each thousand.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration to the precision that a person cares for.
pub(crate) fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 0.0995 => format!("{:.0} ms", s * 1000.0),
        s if s < 60.0 => format!("{s:.1} s"),
        s => format!(
            "{:.0} min {:02.0} s",
            (s / 60.0).floor(),
            (s % 60.0).floor()
        ),
    }
}

/// The time for something small, to two digits that mean something.
pub(crate) fn microseconds(seconds: f64) -> String {
    match seconds * 1e6 {
        us if us < 10.0 => format!("{us:.1} µs"),
        us => format!("{us:.0} µs"),
    }
}

/// A size in binary units.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64 / 1024.0;
    if value < 1.0 {
        return format!("{bytes} B");
    }
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// As many characters of a text as there may be.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A metric's value: enough digits to compare.
pub(crate) fn metric(value: Option<f64>) -> String {
    match value {
        None => "no value".to_owned(),
        Some(value) if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value}"),
        Some(value) if value.abs() >= 1000.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.4}"),
    }
}

/// By how much one metric is more than another, with its sign; nothing where there is none.
pub(crate) fn difference(difference: Option<f64>) -> String {
    match difference {
        None => String::new(),
        Some(0.0) => "=".to_owned(),
        Some(difference) if difference > 0.0 => format!("+{}", metric(Some(difference))),
        Some(difference) => metric(Some(difference)),
    }
}

/// The first twelve digits of a digest: enough to recognise it.
pub(crate) fn short(digest: &str) -> &str {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    hex.get(..12).unwrap_or(hex)
}

/// A noun with its number.
pub(crate) fn plural(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", count(number as u64)),
    }
}

/// A text that others have written, without the characters that a terminal obeys.
pub(crate) fn visible(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
