//! The files of new projects, which the build script has embedded: templates by language and kind,
//! and the SDKs with the contract.

use std::borrow::Cow;

use mlhost_pipeline::Kind;

use crate::Lang;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file of a project, by its path inside it.
pub(crate) type File = (String, Cow<'static, [u8]>);

/// The languages in which there is a template of this kind.
pub(crate) fn langs_of(kind: Kind) -> Vec<Lang> {
    let has = |lang: &Lang| {
        below(TEMPLATES, &format!("{lang}/{kind}/"))
            .next()
            .is_some()
    };
    Lang::ALL.into_iter().filter(has).collect()
}

/// The files of a template, those of the kind after those of all kinds, with names and contents
/// filled in.
pub(crate) fn template(lang: Lang, kind: Kind, name: &str) -> Vec<File> {
    let folders = ["common", kind.name()].map(|folder| format!("{lang}/{folder}/"));
    let files = folders.iter().flat_map(|folder| below(TEMPLATES, folder));
    let filled = files.map(|(path, content)| {
        let path = fill(path, kind, name);
        let path = path.strip_suffix(".template").unwrap_or(&path).to_owned();
        // What is no text has nothing to fill in.
        let content = match str::from_utf8(content) {
            Ok(text) => Cow::Owned(fill(text, kind, name).into_bytes()),
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
            path => format!("sdk/{path}"),
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
fn fill(text: &str, kind: Kind, name: &str) -> String {
    text.replace("{{name_snake}}", &name.replace('-', "_"))
        .replace("{{Name}}", &camel_case(name))
        .replace("{{name}}", name)
        .replace("{{package}}", &format!("local:{name}"))
        .replace("{{kind}}", &kind.to_string())
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
        let text = "{{name}} {{Name}} {{name_snake}} {{kind}} {{package}}";
        assert_eq!(
            fill(text, Kind::DriftDetector, "wide-gap2"),
            "wide-gap2 WideGap2 wide_gap2 drift-detector local:wide-gap2"
        );
    }

    #[test]
    fn every_template_leaves_nothing_to_be_filled_in() {
        for kind in Kind::ALL {
            for lang in langs_of(kind) {
                let files = template(lang, kind, "some-name");
                assert!(
                    files.iter().any(|(path, _)| path == "plugin.toml"),
                    "{lang} {kind}"
                );
                for (path, content) in files {
                    let text = String::from_utf8_lossy(&content);
                    assert!(
                        !path.contains("{{") && !text.contains("{{name"),
                        "{lang} {path}"
                    );
                }
            }
        }
    }

    #[test]
    fn rust_has_a_template_of_every_kind() {
        for kind in Kind::ALL {
            assert!(langs_of(kind).contains(&Lang::Rust), "{kind}");
        }
    }
}
