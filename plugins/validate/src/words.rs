//! The words and the details that findings share.

use std::fmt::Display;

use serde_json::{Map, Value as Json};

/// A list in a sentence names as many things.
const NAMED: usize = 5;

/// Details by their names.
pub(crate) fn details<const N: usize>(entries: [(&str, Json); N]) -> Map<String, Json> {
    entries
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// `a, b and c`, or the first few and how many more there are.
pub(crate) fn shortened(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    if more > 0 {
        names.truncate(NAMED);
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// `1 row`, `2 rows`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `between 1 and 2`, `exactly 2`, `at least 1`, `at most 2`.
pub(crate) fn bounds<T: Display + PartialEq>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any number".to_owned(),
    }
}

/// A percentage with up to three decimals: `0.007 %`, `5 %`.
pub(crate) fn percent(percent: f64) -> String {
    if percent > 0.0 && percent < 0.0005 {
        return "less than 0.001 %".to_owned();
    }
    let digits = format!("{percent:.3}");
    format!("{} %", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// What is said of a number that has no digits.
pub(crate) fn without_digits(number: f64) -> Option<&'static str> {
    match number {
        f64::INFINITY => Some("infinity"),
        f64::NEG_INFINITY => Some("minus infinity"),
        number if number.is_nan() => Some("undefined, for some values are infinite"),
        _ => None,
    }
}

/// A number as a sentence has it: whole ones as they are, others with six significant digits.
pub(crate) fn readable(number: f64) -> String {
    if let Some(words) = without_digits(number) {
        return words.to_owned();
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return number.to_string();
    }
    let magnitude = number.abs().log10().floor();
    if !(-5.0..15.0).contains(&magnitude) {
        return format!("{number:.5e}");
    }
    let decimals = (5.0 - magnitude).clamp(0.0, 10.0) as usize;
    let digits = format!("{number:.decimals$}");
    if digits.contains('.') {
        digits
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        digits
    }
}
