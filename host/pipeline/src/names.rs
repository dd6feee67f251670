//! The rule for names, and the guess at what a misspelt name should have been.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Span;

/// Whether a text can be a name: lower-case letters, digits, '-' and '_', a letter or digit first.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && text.chars().all(is_letter)
}

/// Whether a character can be part of a name.
pub(crate) fn is_letter(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || matches!(character, '-' | '_')
}

/// A name that others have given, such as that of a column, as a message can hold it: on one line, and
/// without what a terminal obeys or what shows a text in another order than it is written in.
pub fn printable(name: &str) -> String {
    let is_plain = |character: char| {
        !character.is_control()
            && !matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        match is_plain(character) {
            true => text.push(character),
            false => text.extend(character.escape_default()),
        }
    }
    text
}

/// Reports a name that breaks the rule; `what` says whose name it is.
pub(crate) fn check(what: &str, name: &str, span: &Span, diagnostics: &mut Diagnostics) {
    if is_name(name) {
        return;
    }
    let hint = "a name is made of lower-case letters, digits, '-' and '_', and begins with a \
                letter or digit";
    let message = format!("`{}` cannot be {what}", name.escape_debug());
    diagnostics.push(Diagnostic::new(message).at(span.clone()).hint(hint));
}

/// The hint for a name that is not among the known ones: the nearest of them if one is near, else
/// all of them. `plural` says what they are.
pub(crate) fn hint<'a>(
    name: &str,
    plural: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(nearest) = nearest(name, &known) {
        format!("did you mean `{nearest}`?")
    } else if known.is_empty() {
        format!("there are no {plural}")
    } else {
        let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        format!("known {plural}: {}", list.join(", "))
    }
}

/// The known name with the fewest typing mistakes between it and `name`, if these are at most a
/// third of the letters; else one of which `name` is the beginning.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = name.chars().count().max(3) / 3;
    let misspelt = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate);
    let mut candidates = known.iter().copied();
    misspelt.or_else(|| candidates.find(|known| name.len() >= 3 && known.starts_with(name)))
}
