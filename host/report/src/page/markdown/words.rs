//! What others have written, as it stands in Markdown: as nothing but itself. A code host reads
//! Markdown between the lines of HTML, and only entities within them, so there is a way for each.

use crate::text;

/// The most characters of one text.
const LONGEST: usize = 500;

/// A text as nothing but itself, in one line.
pub(super) fn escaped(words: &str) -> String {
    let words = text::visible(&text::cut(words, LONGEST));
    let mut safe = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // Else a forge tells whoever has that name.
            '@' => safe.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '!'
            | '$' => {
                safe.push('\\');
                safe.push(character);
            }
            _ => safe.push(character),
        }
    }
    // Else an address becomes a link by itself.
    safe.replace("://", ":&#47;&#47;")
        .replace("www.", "www&#46;")
}

/// A sentence in which what stands between backticks is code.
pub(super) fn sentence(words: &str) -> String {
    marked(words, escaped)
}

/// What stands below a line that can be clicked, with words that are not read as Markdown.
pub(super) fn folded(title: &str, content: &str) -> String {
    let title = marked(title, entities);
    format!(
        "\n<details><summary>{title}</summary>\n\n{}\n\n</details>\n",
        content.trim()
    )
}

fn marked(words: &str, safe: fn(&str) -> String) -> String {
    let words = text::cut(words, LONGEST);
    let parts: Vec<&str> = words.split('`').collect();
    // A backtick alone marks nothing.
    if parts.len().is_multiple_of(2) {
        return safe(&words);
    }
    let part = |(place, part): (usize, &&str)| match place % 2 {
        0 => safe(part),
        _ => format!("<code>{}</code>", safe(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

fn entities(words: &str) -> String {
    let words = text::visible(words);
    let mut safe = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            ' ' | '-' | ',' | '\'' => safe.push(character),
            _ if character.is_ascii_punctuation() => {
                safe.push_str(&format!("&#{};", u32::from(character)));
            }
            _ => safe.push(character),
        }
    }
    safe
}
