//! Where the SDKs and their tools are, and how programs are run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mlhost_languages::{Error, Lang, Source, build};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// The SDK of a language.
pub(crate) fn sdk(lang: Lang) -> PathBuf {
    root().join("plugins/sdk").join(lang.as_str())
}

/// The folders in which `cargo xtask languages` installs programs.
pub(crate) fn tools() -> Vec<PathBuf> {
    let tools = root().join("target/languages/tools");
    ["python/bin", "js/node_modules/.bin"]
        .map(|folder| tools.join(folder))
        .map(|folder| {
            let there = folder.is_dir();
            assert!(
                there,
                "{} is missing: run `cargo xtask languages`",
                folder.display()
            );
            folder
        })
        .to_vec()
}

/// A program among those tools.
pub(crate) fn tool(name: &str) -> PathBuf {
    let places = tools().into_iter().map(|folder| folder.join(name));
    let mut there = places.filter(|path| path.is_file());
    there
        .next()
        .unwrap_or_else(|| panic!("{name} is missing: run `cargo xtask languages`"))
}

/// Builds the project in a folder.
pub(crate) fn built(lang: Lang, world: &str, project: &Path) -> Result<Vec<u8>, Error> {
    let source = Source {
        project,
        world,
        sdk: &sdk(lang),
        contract: &root().join("wit/0.1.0"),
        build: &project.join("build"),
        tools: &tools(),
    };
    build(lang, &source, &|_| {})
}

/// Runs a program in a folder.
///
/// # Panics
/// With what it said, when it fails.
pub(crate) fn run(command: &mut Command, folder: &Path) {
    let ended = command.current_dir(folder).output();
    let ended = ended.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        ended.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
}

/// Python with the SDK on its path.
pub(crate) fn python() -> Command {
    let [python, _] = tools().try_into().unwrap();
    let mut command = Command::new(python.join("python3"));
    command.env("PYTHONPATH", sdk(Lang::Python));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Makes the modules of a folder find the SDK for JavaScript.
pub(crate) fn prepare_node(folder: &Path) {
    let (from, to) = (
        sdk(Lang::Js).join("mlhost"),
        folder.join("node_modules/mlhost"),
    );
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(&from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    fs::write(folder.join("package.json"), r#"{ "type": "module" }"#).unwrap();
}

/// Whether these bytes are a component or a core module.
pub(crate) fn is_wasm(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm")
}
