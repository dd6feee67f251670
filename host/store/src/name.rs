//! The words a user types: names of models and aliases, what they may be made of, and which known
//! one was most likely meant.

use crate::Error;

/// Longer names make no table readable.
const LONGEST: usize = 128;

/// The suffix that stands for the latest version, so that it cannot be an alias.
pub(crate) const LATEST: &str = "latest";

/// Checks the name of a model: lower-case letters, digits, `-` and `_`, the first a letter or a
/// digit. Nothing in it can be mistaken for a suffix, a path or a part of an address.
pub(crate) fn check_model_name(name: &str) -> Result<(), Error> {
    if is_name(name) {
        Ok(())
    } else {
        Err(Error::InvalidModelName {
            name: name.to_owned(),
        })
    }
}

/// Checks the name of an experiment, for which the same holds.
pub(crate) fn check_experiment_name(name: &str) -> Result<(), Error> {
    if is_name(name) {
        Ok(())
    } else {
        Err(Error::InvalidExperimentName {
            name: name.to_owned(),
        })
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= LONGEST
        && text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && text
            .chars()
            .all(|letter| is_word_letter(letter) || letter == '_')
}

/// Checks an alias: a lower-case letter, then lower-case letters, digits and `-`. So no alias is
/// a number, which is a version.
pub(crate) fn check_alias(alias: &str) -> Result<(), Error> {
    if alias == LATEST {
        return Err(Error::ReservedAlias);
    }
    let valid = alias.len() <= LONGEST
        && alias.starts_with(|first: char| first.is_ascii_lowercase())
        && alias.chars().all(is_word_letter);
    if valid {
        Ok(())
    } else {
        Err(Error::InvalidAlias {
            alias: alias.to_owned(),
        })
    }
}

/// Checks the key of a tag: a lower-case letter, then lower-case letters, digits, `-`, `_` and `.`.
pub(crate) fn check_tag(key: &str) -> Result<(), Error> {
    let valid = key.len() <= LONGEST
        && key.starts_with(|first: char| first.is_ascii_lowercase())
        && key
            .chars()
            .all(|letter| is_word_letter(letter) || letter == '_' || letter == '.');
    if valid {
        Ok(())
    } else {
        Err(Error::InvalidTag {
            key: key.to_owned(),
        })
    }
}

fn is_word_letter(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'
}

/// The known word that is most like the one given, if any is like it at all.
pub(crate) fn nearest<'a>(word: &str, known: &'a [String]) -> Option<&'a str> {
    /// The similarity below which a suggestion is more likely to mislead than to help.
    const ALIKE: f64 = 0.7;
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate.as_str()))
        .filter(|(similarity, _)| *similarity >= ALIKE)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}
