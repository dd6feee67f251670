//! Dotted paths into a pipeline: `steps.tree.with.max_depth`, `data.test."a.b"`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::source::Span;

/// A key of a path, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) name: String,
    /// In the text of the path.
    pub(crate) span: Span,
}

/// The keys of a path, by the rules of dotted keys in TOML; none if it is not one.
pub(crate) fn parse(text: &str) -> Option<Vec<Key>> {
    if text.trim_start().starts_with('[') {
        return None;
    }
    // A key cannot be parsed on its own.
    let document = format!("{text} = 0");
    let (root, errors) = DeTable::parse_recoverable(&document);
    if !errors.is_empty() {
        return None;
    }
    let mut keys = Vec::new();
    let mut table: &DeTable<'_> = root.get_ref();
    loop {
        let mut entries = table.iter();
        let (Some((key, value)), None) = (entries.next(), entries.next()) else {
            return None;
        };
        keys.push(Key {
            name: key.get_ref().clone().into_owned(),
            span: Spanned::span(key),
        });
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            DeValue::Integer(_) if value.span().end == document.len() => return Some(keys),
            _ => return None,
        }
    }
}

/// A path with one key more, quoted where it has to be.
pub(crate) fn join(path: &str, name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let key = match !name.is_empty() && name.bytes().all(is_bare) {
        true => name.to_owned(),
        // The escapes of JSON are among those of TOML.
        false => serde_json::Value::from(name).to_string(),
    };
    match path {
        "" => key,
        path => format!("{path}.{key}"),
    }
}

/// A path of several keys.
pub(crate) fn joined<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names = names.into_iter();
    names.fold(String::new(), |path, name| join(&path, name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Option<Vec<String>> {
        let keys = parse(text)?;
        Some(keys.into_iter().map(|key| key.name).collect())
    }

    #[test]
    fn what_is_no_path_is_none() {
        for text in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "a b",
            "a = 1\nb",
            "[a]\nb",
            "a#",
            "{a}",
            "\"a",
            "a = 5 #\"",
            "[a]\n\"b\"",
        ] {
            assert_eq!(names(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_path_is_read_back_as_it_was_written(
            expected in prop::collection::vec(any::<String>(), 1..4)
        ) {
            let text = joined(expected.iter().map(String::as_str));
            prop_assert_eq!(names(&text), Some(expected));
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            for key in parse(&text).into_iter().flatten() {
                prop_assert!(text.get(key.span).is_some());
            }
        }
    }
}
