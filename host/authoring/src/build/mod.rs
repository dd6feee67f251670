//! From a project to a component: the tools of its language, then the encoder, then the metadata
//! of its package.

mod commands;
mod rust;
mod tools;

use std::{
    fs,
    path::{Path, PathBuf},
};

use mlhost_toolchain::{describe, digest, encode, is_component, write_if_changed};
use serde::Serialize;

use crate::{Error, Lang, Project, Result};

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
/// [`Error::MissingTool`] and what has no tool chain say what to install; what does not compile has
/// said why.
pub fn build(project: &Project, say: &dyn Fn(&str)) -> Result<Built> {
    let Project { folder, manifest } = project;
    let made = match (&manifest.build.command, manifest.lang) {
        (Some(command), _) => {
            commands::run(folder, command, say)?;
            output(project)?
        }
        (None, Lang::Rust) => rust::core_module(folder, say)?,
        (None, lang) => return Err(Error::NoBuild { lang }),
    };
    let bytes = match fs::read(&made) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::NoOutput { path: made });
        }
        Err(error) => return Err(Error::read(made, error)),
    };
    if !bytes.starts_with(b"\0asm") {
        return Err(Error::Text {
            path: made,
            message: "it is no WebAssembly".to_owned(),
        });
    }
    let metadata = manifest.metadata();
    let component = match is_component(&bytes) {
        true => describe(&bytes, &metadata)?,
        false => encode(&bytes, &metadata)?,
    };
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

fn output(project: &Project) -> Result<PathBuf> {
    let output = project.manifest.build.output.as_deref();
    Ok(project.folder.join(output.unwrap_or(commands::OUTPUT)))
}

/// Makes the folder in which commands leave what they make.
fn prepare(folder: &Path) -> Result<()> {
    let build = folder.join(commands::FOLDER);
    fs::create_dir_all(&build).map_err(|error| Error::write(build, error))
}
