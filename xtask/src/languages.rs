//! Builds the examples of the SDKs for other languages into target/languages. What did not change
//! is not made again.

mod tools;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mlhost_languages::{Lang, Source};
use mlhost_toolchain::{Metadata, component_of, digest, write_if_changed};

use crate::workspace::Workspace;

/// Where components, tools and what comes between are, below the target directory.
const DIRECTORY: &str = "languages";

/// Those whose examples are not standard packages.
const LANGUAGES: [Lang; 3] = [Lang::C, Lang::Js, Lang::Python];

/// The examples that each has, with their worlds.
const EXAMPLES: [(&str, &str); 2] = [("standardise", "preprocessor"), ("between", "validator")];

/// Where the components are, below the target directory.
pub(crate) fn directory(workspace: &Workspace) -> PathBuf {
    workspace.target().join(DIRECTORY)
}

/// Builds every example in every language, after the installation of the tools that are missing.
///
/// # Errors
/// When a tool cannot be had, or an example does not build.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let tools = tools::find_or_install(&directory(workspace))?;
    let build = |(lang, example)| {
        build_one(workspace, &tools, lang, example)
            .with_context(|| format!("could not build the example {} in {lang}", example.0))
    };
    let all = LANGUAGES
        .into_iter()
        .flat_map(|lang| EXAMPLES.map(|example| (lang, example)));
    // Each of them keeps one core busy.
    std::thread::scope(|scope| {
        let threads: Vec<_> = all.map(|one| scope.spawn(move || build(one))).collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}

fn build_one(
    workspace: &Workspace,
    tools: &[PathBuf],
    lang: Lang,
    (example, world): (&str, &str),
) -> Result<()> {
    let sdk = workspace.root().join("plugins/sdk").join(lang.as_str());
    let (project, contract) = (
        sdk.join("examples").join(example),
        workspace.root().join("wit/0.1.0"),
    );
    let directory = directory(workspace);
    let made = directory.join(format!("{lang}_{example}.wasm"));
    let stamp = directory.join("stamps").join(format!("{lang}_{example}"));
    let key = key(&[&project, &sdk, &contract])?;
    if made.is_file() && fs::read_to_string(&stamp).is_ok_and(|kept| kept == key) {
        return Ok(());
    }
    let source = Source {
        project: &project,
        world,
        sdk: &sdk,
        contract: &contract,
        build: &directory.join("build").join(format!("{lang}-{example}")),
        tools,
    };
    let built = mlhost_languages::build(lang, &source, &|line| eprintln!("$ {line}"))?;
    let metadata = Metadata {
        name: format!("example:{example}-{lang}"),
        version: "0.1.0".to_owned(),
        ..Metadata::default()
    };
    write_if_changed(&made, &component_of(&built, &metadata)?)?;
    Ok(write_if_changed(&stamp, key.as_bytes())?)
}

/// What an example is made of, as one digest. The program that makes it counts too.
fn key(folders: &[&Path]) -> Result<String> {
    let mut text = format!("{:?}\n", (tools::FROM_PYPI, tools::FROM_NPM));
    let program = std::env::current_exe()?;
    text.push_str(&digest(&fs::read(program)?));
    for folder in folders {
        add_files(folder, &mut text)?;
    }
    Ok(digest(text.as_bytes()))
}

/// Adds a line for each file of a folder, but for templates and documentation.
fn add_files(folder: &Path, text: &mut String) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if ["template", "examples", "README.md", "__pycache__"].contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            add_files(&path, text)?;
        } else {
            let digest = digest(&fs::read(&path)?);
            text.push_str(&format!("{} {digest}\n", path.display()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_covers_the_files_that_go_in() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let digest = || key(&[folder.path()]).unwrap();
        write("src/plugin.c", "one");
        let first = digest();
        write("template/plugin.c", "one");
        write("README.md", "one");
        assert_eq!(digest(), first);
        write("src/plugin.c", "two");
        assert_ne!(digest(), first);
    }
}
