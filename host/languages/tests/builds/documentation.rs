//! Runs every piece of code on the pages of the SDKs. A block whose first line names a file, as in
//! "```python plugin.py", is that file.

use std::{fs, path::Path, process::Command};

use mlhost_languages::Lang;

use crate::support::{built, is_wasm, prepare_node, python, run, sdk};

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
        ["plugin.py", "params.py", "columns.py", "test_plugin.py"]
    );
    for name in names {
        run(python().arg(name), folder.path());
    }
}

#[test]
fn what_the_page_on_javascript_shows_works() {
    let folder = tempfile::tempdir().unwrap();
    let names = files_of(Lang::Js, folder.path());
    assert_eq!(names, ["plugin.js", "columns.test.js", "plugin.test.js"]);
    prepare_node(folder.path());
    for name in &names[1..] {
        run(Command::new("node").arg(name), folder.path());
    }
    assert!(is_wasm(
        &built(Lang::Js, "validator", folder.path()).unwrap()
    ));
}

#[test]
fn what_the_page_on_c_shows_builds() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(files_of(Lang::C, folder.path()), ["plugin.c", "columns.c"]);
    assert!(is_wasm(
        &built(Lang::C, "validator", folder.path()).unwrap()
    ));
}

#[test]
fn typescript_is_bundled_and_built() {
    let folder = tempfile::tempdir().unwrap();
    files_of(Lang::Js, folder.path());
    let from = folder.path().join("plugin.js");
    let text = fs::read_to_string(&from).unwrap();
    let typed = text.replace(
        "update(rows) {",
        "update(rows: import(\"mlhost\").Batch): void {",
    );
    assert_ne!(typed, text);
    fs::write(folder.path().join("plugin.ts"), typed).unwrap();
    fs::remove_file(from).unwrap();
    assert!(is_wasm(
        &built(Lang::Js, "validator", folder.path()).unwrap()
    ));
}
