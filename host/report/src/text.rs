//! Numbers, durations and sizes in words, the same on a terminal and on a page.

/// A number with a comma at each thousand.
pub fn count(number: u64) -> String {
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
pub fn seconds(seconds: f64) -> String {
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
pub fn microseconds(seconds: f64) -> String {
    match seconds * 1e6 {
        us if us < 10.0 => format!("{us:.1} µs"),
        us => format!("{us:.0} µs"),
    }
}

/// A size in binary units.
pub fn bytes(bytes: u64) -> String {
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
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A metric's value: enough digits to compare.
pub fn metric(value: Option<f64>) -> String {
    match value {
        None => "no value".to_owned(),
        Some(value) if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value}"),
        Some(value) if value.abs() >= 1000.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.4}"),
    }
}

/// A number of any size with as many digits as tell it from its neighbours: four that mean something,
/// and all of a whole number.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    if value.fract() == 0.0 && size < 1e15 {
        let digits = count(size as u64);
        return if value < 0.0 {
            format!("-{digits}")
        } else {
            digits
        };
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.3e}");
    }
    let before = size.log10().floor().max(0.0) as usize;
    let behind = if size < 0.1 {
        5
    } else {
        4_usize.saturating_sub(before).max(1)
    };
    let text = format!("{value:.behind$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// By how much one metric is more than another, with its sign; nothing where there is none.
pub fn difference(difference: Option<f64>) -> String {
    match difference {
        None => String::new(),
        Some(0.0) => "=".to_owned(),
        Some(difference) if difference > 0.0 => format!("+{}", metric(Some(difference))),
        Some(difference) => metric(Some(difference)),
    }
}

/// The first twelve digits of a digest: enough to recognise it.
pub fn short(digest: &str) -> &str {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    hex.get(..12).unwrap_or(hex)
}

/// A noun with its number.
pub fn plural(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", count(number as u64)),
    }
}

/// A text that others have written, without the characters that a terminal obeys, and without those
/// that let a text be read in another order than it is written (Unicode Standard Annex 9).
pub fn visible(text: &str) -> String {
    text.replace(
        |character: char| character.is_control() || is_reordering(character),
        "\u{fffd}",
    )
}

fn is_reordering(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}
