//! From a project to a component: the tools of its language or the command that it names, then the
//! encoder, then the metadata of its package.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mlhost_languages::Source;
use mlhost_packages::Metadata;
use mlhost_toolchain::{component_of, digest, write_if_changed};
use serde::Serialize;

use crate::{Error, Project, Result, files};

/// Where builds leave what they make on the way, below the project.
const FOLDER: &str = "build";

/// The component or core module that a command leaves where the project does not say.
const OUTPUT: &str = "build/plugin.wasm";

/// A component that was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Built {
    /// `namespace:name`.
    pub package: String,
    /// Semantic version.
    pub version: String,
    /// Its file.
    pub path: PathBuf,
    /// How long that is.
    pub bytes: u64,
    /// `sha256:<hex>` of it.
    pub digest: String,
}

/// Builds a project, and leaves its component beside its `plugin.toml`. `say` hears each command
/// line before it runs; what the commands print goes to standard error.
///
/// # Errors
/// [`mlhost_languages::Error::MissingTool`] and what has no tool chain say what to install; what does
/// not compile has said why.
pub fn build(project: &Project, say: &dyn Fn(&str)) -> Result<Built> {
    let made = match &project.manifest.build.command {
        Some(command) => by_command(project, command, say)?,
        None => by_language(project, say)?,
    };
    let metadata = project.manifest.metadata();
    let component = component_of(&made, &metadata)?;
    check_report(project, &component)?;
    let path = project.component();
    write_if_changed(&path, &component)?;
    Ok(Built {
        package: metadata.name,
        version: metadata.version,
        path,
        bytes: component.len() as u64,
        digest: format!("sha256:{}", digest(&component)),
    })
}

/// A trainer that is said to explain what it has learned exports a report.
fn check_report(project: &Project, component: &[u8]) -> Result<()> {
    let exports = Metadata::read(component)?.exports;
    let is_report = |name: &String| name.starts_with("mlhost:plugin/report@");
    match project.manifest.explains && !exports.iter().any(is_report) {
        true => Err(Error::ExplainsNothing),
        false => Ok(()),
    }
}

/// In the way of its language, with the SDK that [`crate::create`] has put into the project.
fn by_language(project: &Project, say: &dyn Fn(&str)) -> Result<Vec<u8>> {
    let Project { folder, manifest } = project;
    let lang = manifest.lang;
    let source = Source {
        project: folder,
        world: manifest.world(),
        sdk: &folder.join(files::SDK_FOLDER).join(lang.as_str()),
        contract: &folder.join(files::CONTRACT),
        build: &folder.join(FOLDER),
        tools: &[],
    };
    Ok(mlhost_languages::build(lang, &source, say)?)
}

/// By the command that the project names, in its folder.
fn by_command(project: &Project, words: &[String], say: &dyn Fn(&str)) -> Result<Vec<u8>> {
    let Project { folder, manifest } = project;
    let build = folder.join(FOLDER);
    fs::create_dir_all(&build).map_err(|error| Error::write(build, error))?;
    if let Some((program, arguments)) = words.split_first() {
        mlhost_languages::run(folder, Command::new(program).args(arguments), say)?;
    }
    let output = manifest.build.output.as_deref();
    read(&folder.join(output.unwrap_or(OUTPUT)))
}

/// What a command has left.
fn read(made: &Path) -> Result<Vec<u8>> {
    let path = made.to_path_buf();
    match fs::read(made) {
        Ok(bytes) if bytes.starts_with(b"\0asm") => Ok(bytes),
        Ok(_) => Err(Error::Text {
            path,
            message: "it is no WebAssembly".to_owned(),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::NoOutput { path }),
        Err(error) => Err(Error::read(path, error)),
    }
}
