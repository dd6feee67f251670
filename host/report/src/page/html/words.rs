//! What others have written, as it stands on a page: as far as it has room, never as markup, and
//! with what they have marked as code.

use maud::{Markup, html};

use crate::text;

/// The most characters of one text.
const LONGEST: usize = 2000;

/// A text as it is.
pub(super) fn shown_text(words: &str) -> String {
    text::visible(&text::cut(words, LONGEST))
}

/// A sentence in which what stands between backticks is code.
pub(super) fn sentence(words: &str) -> Markup {
    let words = shown_text(words);
    let parts: Vec<&str> = words.split('`').collect();
    // A backtick alone marks nothing.
    if parts.len().is_multiple_of(2) {
        return html! { (words) };
    }
    html! {
        @for (place, part) in parts.iter().enumerate() {
            @if place % 2 == 0 { (part) } @else { code { (part) } }
        }
    }
}

/// A name, which may be broken between its parts where a line has no room for it.
pub(super) fn name(words: &str) -> Markup {
    breaking_after(words, &['_', '.', ':', '/', '@'])
}

/// What may be a list without spaces, such as parameters in JSON, broken between its items.
pub(super) fn list(words: &str) -> Markup {
    breaking_after(words, &[','])
}

fn breaking_after(words: &str, ends: &[char]) -> Markup {
    let words = shown_text(words);
    html! {
        @for part in words.split_inclusive(ends) {
            (part)
            @if part.ends_with(ends) { wbr; }
        }
    }
}
