//! Runs every piece of code on the pages of the SDKs. A block whose first line names a file, as in
//! "```python plugin.py", is that file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mlhost_languages::Lang;

use crate::support::{built, is_wasm, prepare_node, python, run, sdk, tool};

/// Writes the files of a page into a folder, and tells their names.
fn files_of(lang: Lang, folder: &Path) -> Vec<String> {
    let page = fs::read_to_string(sdk(lang).join("README.md")).unwrap();
    let mut names = vec![];
    let mut rest = page.as_str();
    while let Some((_, block)) = rest.split_once("\n```") {
        let (first, block) = block.split_once('\n').unwrap();
        let (content, after) = block.split_once("\n```").unwrap();
        match first.split_once(' ') {
            Some((_, name)) => {
                fs::write(folder.join(name), format!("{content}\n")).unwrap();
                names.push(name.to_owned());
            }
            None => assert_eq!(first, "sh", "code without a file on the page of {lang}"),
        }
        rest = after;
    }
    names
}

#[test]
fn what_the_page_on_python_shows_works() {
    let folder = tempfile::tempdir().unwrap();
    let names = files_of(Lang::Python, folder.path());
    assert_eq!(
        names,
        [
            "plugin.py",
            "explained.py",
            "params.py",
            "columns.py",
            "test_plugin.py"
        ]
    );
    for name in names {
        run(python().arg(name), folder.path());
    }
}

#[test]
fn python_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let check = |files: &[PathBuf]| {
        let mut types = Command::new(tool("mypy"));
        types.env("MYPYPATH", sdk(Lang::Python));
        types.args(["--strict", "--cache-dir"]);
        types.arg(folder.path().join("cache"));
        run(types.args(files), folder.path());
    };
    let entries = fs::read_dir(sdk(Lang::Python).join("mlhost")).unwrap();
    let modules = entries.map(|entry| entry.unwrap().path());
    // `component` is of types that componentize-py makes.
    let modules = modules.filter(|path| {
        path.extension().is_some_and(|extension| extension == "py")
            && !path.ends_with("component.py")
    });
    check(&modules.collect::<Vec<_>>());
    for example in ["standardise", "between"] {
        check(&[sdk(Lang::Python)
            .join("examples")
            .join(example)
            .join("plugin.py")]);
    }
    for name in files_of(Lang::Python, folder.path()) {
        check(&[PathBuf::from(name)]);
    }
}

#[test]
fn what_the_page_on_javascript_shows_works() {
    let folder = tempfile::tempdir().unwrap();
    let names = files_of(Lang::Js, folder.path());
    assert_eq!(
        names,
        [
            "plugin.js",
            "explained.test.js",
            "plugin.ts",
            "columns.test.js",
            "plugin.test.js"
        ]
    );
    prepare_node(folder.path());
    for name in names.iter().filter(|name| name.ends_with(".test.js")) {
        run(Command::new("node").arg(name), folder.path());
    }
    // Where there is a `plugin.ts` it is the plugin.
    fs::remove_file(folder.path().join("plugin.ts")).unwrap();
    assert!(is_wasm(
        &built(Lang::Js, "validator", folder.path()).unwrap()
    ));
}

#[test]
fn what_the_page_on_c_shows_builds() {
    let folder = tempfile::tempdir().unwrap();
    let names = files_of(Lang::C, folder.path());
    assert_eq!(names, ["plugin.c", "explained.c", "columns.c"]);
    assert!(is_wasm(
        &built(Lang::C, "validator", folder.path()).unwrap()
    ));
}

#[test]
fn typescript_is_checked_bundled_and_built() {
    let folder = tempfile::tempdir().unwrap();
    files_of(Lang::Js, folder.path());
    fs::remove_file(folder.path().join("plugin.js")).unwrap();
    prepare_node(folder.path());
    let mut types = Command::new(tool("tsc"));
    types.args(["--noEmit", "--strict", "--target", "es2023"]);
    types.args(["--module", "nodenext", "plugin.ts"]);
    run(&mut types, folder.path());
    assert!(is_wasm(
        &built(Lang::Js, "validator", folder.path()).unwrap()
    ));
}
