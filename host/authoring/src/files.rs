//! The files of new projects, which the build script has embedded: templates by language and kind,
//! and the SDKs with the contract.

use std::borrow::Cow;

use mlhost_pipeline::Kind;

use crate::Lang;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file of a project, by its path inside it.
pub(crate) type File = (String, Cow<'static, [u8]>);

/// Where the SDK is in a project, with folders for languages in it.
pub(crate) const SDK_FOLDER: &str = "sdk";
/// Where the WIT that it is built with is.
pub(crate) const CONTRACT: &str = "sdk/wit/0.1.0";

/// The files of a template, those of the kind after those of all kinds, and those of the language
/// after those of all languages, with names and contents filled in.
pub(crate) fn template(lang: Lang, kind: Kind, name: &str) -> Vec<File> {
    let languages = [SHARED, lang.as_str()];
    let folders =
        languages.map(|lang| ["common", kind.name()].map(|kind| format!("{lang}/{kind}/")));
    let folders = folders.concat();
    let files = folders.iter().flat_map(|folder| below(TEMPLATES, folder));
    let filled = files.map(|(path, content)| {
        let path = fill(path, lang, kind, name);
        let path = path.strip_suffix(".template").unwrap_or(&path).to_owned();
        // What is no text has nothing to fill in.
        let content = match str::from_utf8(content) {
            Ok(text) => Cow::Owned(fill(text, lang, kind, name).into_bytes()),
            Err(_) => Cow::Borrowed(content),
        };
        (path, content)
    });
    filled.collect()
}

/// The files of the SDK that a project of this language keeps below `sdk/`, and those that belong
/// beside it.
pub(crate) fn sdk(lang: Lang) -> Vec<File> {
    let (own, shared): (Vec<String>, &[&str]) = match lang {
        Lang::Rust => (
            vec!["rust/".into(), "arrow/".into()],
            &["Cargo.toml", "Cargo.lock"],
        ),
        other => (vec![format!("{other}/")], &[]),
    };
    let wanted = |path: &str| {
        path.starts_with("wit/")
            || own.iter().any(|folder| path.starts_with(folder))
            || shared.contains(&path)
    };
    let files = SDK.iter().filter(|(path, _)| wanted(path));
    let placed = files.map(|(path, content)| {
        let place = match *path {
            // The versions are those of the project, whose root is where Cargo looks for them.
            "Cargo.lock" => "Cargo.lock".to_owned(),
            path => format!("{SDK_FOLDER}/{path}"),
        };
        (place, Cow::Borrowed(*content))
    });
    placed.collect()
}

/// The files whose paths begin so, by the rest of their paths.
fn below<'a>(
    files: &'static [(&'static str, &'static [u8])],
    folder: &'a str,
) -> impl Iterator<Item = (&'static str, &'static [u8])> + 'a {
    let rest = move |(path, content): &(&'static str, &'static [u8])| {
        Some((path.strip_prefix(folder)?, *content))
    };
    files.iter().filter_map(rest)
}

/// A text with what stands for the project's own words filled in.
fn fill(text: &str, lang: Lang, kind: Kind, name: &str) -> String {
    text.replace("{{name_snake}}", &name.replace('-', "_"))
        .replace("{{Name}}", &camel_case(name))
        .replace("{{name}}", name)
        .replace("{{package}}", &format!("local:{name}"))
        .replace("{{kind}}", kind.name())
        .replace("{{lang}}", lang.as_str())
}

/// `ClipOutliers` for `clip-outliers`.
fn camel_case(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_name_is_filled_in() {
        let text = "{{name}} {{Name}} {{name_snake}} {{kind}} {{lang}} {{package}}";
        assert_eq!(
            fill(text, Lang::Js, Kind::DriftDetector, "wide-gap2"),
            "wide-gap2 WideGap2 wide_gap2 drift-detector js local:wide-gap2"
        );
    }

    #[test]
    fn every_language_has_a_template_of_every_kind_that_leaves_nothing_to_be_filled_in() {
        let sources = ["src/lib.rs", "plugin.py", "plugin.js", "plugin.c"];
        for (lang, source) in Lang::ALL.into_iter().zip(sources) {
            for kind in Kind::ALL {
                let files = template(lang, kind, "some-name");
                for needed in ["plugin.toml", "pipeline.toml", "README.md", source] {
                    let has = files.iter().any(|(path, _)| path == needed);
                    assert!(has, "{lang} {kind}: {needed}");
                }
                for (path, content) in files {
                    let text = String::from_utf8_lossy(&content);
                    let is_filled = !path.contains("{{") && !text.contains("{{name");
                    assert!(is_filled && !text.contains("{{lang"), "{lang} {path}");
                }
            }
        }
    }

    #[test]
    fn every_language_has_the_contract_beside_its_sdk() {
        for lang in Lang::ALL {
            let files = sdk(lang);
            for folder in [CONTRACT.to_owned(), format!("{SDK_FOLDER}/{lang}")] {
                let has = files.iter().any(|(path, _)| path.starts_with(&folder));
                assert!(has, "{lang}: {folder}");
            }
        }
    }
}
