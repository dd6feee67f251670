//! Text that others have written, as Markdown that shows it and obeys nothing in it.

use std::fmt::Write as _;

use mlhost_store::Metric;
use serde_json::Value;

/// A text on one line, in which nothing is markup, a link or a cell's end.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // These mean nothing within a line.
            ' ' | ',' | '/' | '(' | ')' | '\'' | '%' | ';' | '?' => escaped.push(letter),
            // And these only where a line begins.
            '-' | '=' if !escaped.is_empty() => escaped.push(letter),
            // A colon makes a link of an address only.
            ':' if letters.peek() != Some(&'/') => escaped.push(letter),
            // A dot makes a link of `www.` only.
            '.' if !escaped.to_ascii_lowercase().ends_with("www") => escaped.push(letter),
            letter if letter.is_ascii_punctuation() => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if letter.is_whitespace() => escaped.push(' '),
            letter if is_hidden(letter) => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Characters that show nothing, or turn the direction of those that do.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A value as a block of JSON, whose fence is longer than any in it.
pub(super) fn json(value: &Value) -> String {
    let text = format!("{value:#}");
    // JSON escapes the control characters of ASCII, and leaves the others as they are.
    let text: String = text
        .chars()
        .map(|letter| match letter {
            '\n' => letter,
            letter if is_hidden(letter) => '\u{fffd}',
            letter => letter,
        })
        .collect();
    let longest = text.split(|letter| letter != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    format!("{fence}json\n{text}\n{fence}\n")
}

/// A table, whose cells are Markdown already.
pub(super) fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!(
        "| {} |\n|{}\n",
        headings.join(" | "),
        "---|".repeat(headings.len())
    );
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

/// What was measured, with its labels.
pub(super) fn metric_name(metric: &Metric) -> String {
    let labels = metric.labels.iter();
    let labels: Vec<_> = labels
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    match labels.is_empty() {
        true => metric.name.clone(),
        false => format!("{} ({})", metric.name, labels.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn markup_is_text() {
        for (text, expected) in [
            ("dep_delay", "dep\\_delay"),
            ("<script>", "&lt;script&gt;"),
            ("[a](http://b)", "\\[a\\](http\\://b)"),
            ("a|b\n# c", "a\\|b \\# c"),
            ("a-b=c:d", "a-b=c:d"),
            ("- a", "\\- a"),
            ("--- ", "\\--- "),
            ("www.x.org", "www\\.x.org"),
            ("\u{1b}[31m\u{202e}", "\u{fffd}\\[31m\u{fffd}"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn no_value_ends_its_block() {
        let text = json(&json!({ "a": "````\n" }));
        assert!(
            text.starts_with("`````json\n") && text.ends_with("\n`````\n"),
            "{text}"
        );
    }
}
