//! What is told where something is missing or wrong: files, kinds, code.

use std::fs;

use mlhost_languages::Lang;

use crate::support::built;

/// The error of a build, with its hint.
fn told(error: &mlhost_languages::Error) -> String {
    match error.hint() {
        Some(hint) => format!("{error}; {hint}"),
        None => error.to_string(),
    }
}

#[test]
fn a_project_without_its_file_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    for (lang, file) in [
        (Lang::Python, "plugin.py"),
        (Lang::Js, "plugin.js"),
        (Lang::C, "*.c"),
    ] {
        let error = built(lang, "validator", folder.path()).unwrap_err();
        let expected = format!("there is no {file} in `{}`", folder.path().display());
        assert_eq!(told(&error), expected);
    }
}

#[test]
fn a_world_that_is_none_has_no_bindings() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plugin.c"), "").unwrap();
    let error = built(Lang::C, "oracle", folder.path()).unwrap_err();
    assert!(
        told(&error).starts_with("there are no bindings of the contract: "),
        "{error}"
    );
}

#[test]
fn what_does_not_compile_fails_with_its_command() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("plugin.c"),
        "int main(void) { return }\n",
    )
    .unwrap();
    let error = built(Lang::C, "validator", folder.path()).unwrap_err();
    assert!(told(&error).contains("failed: exit status: 1"), "{error}");
}
