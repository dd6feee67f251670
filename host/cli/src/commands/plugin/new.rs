//! `host plugin new`: a project to begin with.

use std::path::{Path, PathBuf};

use mlhost_authoring::{Lang, NewProject, create};
use mlhost_pipeline::Kind;
use serde::Serialize;

use crate::{arguments::NewArguments, error::Failure, output::Output};

/// What was made.
#[derive(Serialize)]
struct Made<'a> {
    name: &'a str,
    kind: Kind,
    lang: Lang,
    folder: PathBuf,
    /// Without those of the SDK.
    files: Vec<String>,
}

pub(super) fn new(arguments: &NewArguments, output: &mut Output) -> Result<(), Failure> {
    let NewArguments {
        name,
        kind,
        lang,
        folder,
    } = arguments;
    let folder = folder.clone().unwrap_or_else(|| PathBuf::from(name));
    let project = NewProject {
        name: name.clone(),
        kind: *kind,
        lang: *lang,
    };
    let made = Made {
        name,
        kind: *kind,
        lang: *lang,
        files: create(&folder, &project)?,
        folder,
    };
    output.print(&made, words)
}

fn words(made: &Made<'_>) -> String {
    let Made {
        name,
        kind,
        lang,
        folder,
        files,
    } = made;
    let mut words = format!(
        "`{name}` is {} in {}\n\n",
        kind.described(),
        lang.described()
    );
    for file in files {
        words.push_str(&format!("  {}\n", folder.join(file).display()));
    }
    let enter = match folder == Path::new(".") {
        true => String::new(),
        false => format!("  cd {}\n", folder.display()),
    };
    words.push_str(&format!(
        "\nIt works as it stands:\n\n{enter}  host plugin build\n  host plugin test\n  host run pipeline.toml\n"
    ));
    words
}
