//! `plugin.toml`: what a project is, and how it is built where its language does not say.

use std::path::Path;

use mlhost_pipeline::{Kind, PluginReference};
use mlhost_toolchain::Metadata;
use serde::Deserialize;

use crate::{Error, Lang, Result};

/// The name of the file.
pub(crate) const FILE: &str = "plugin.toml";

/// The variable with the state of the source, which whoever builds knows and the file cannot.
const REVISION: &str = "MLHOST_REVISION";

/// What `plugin.toml` says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The kind of plugin.
    pub kind: Kind,
    /// The language, which decides how it is built.
    pub lang: Lang,
    /// Whether it is a trainer that tells what it has learned, for which the contract has a world of
    /// its own.
    #[serde(default)]
    pub explains: bool,
    /// What goes into the component's metadata.
    pub package: Package,
    /// How it is built, if not in the way of its language.
    #[serde(default)]
    pub build: Build,
}

/// `[package]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// `namespace:name`.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// One line.
    pub description: Option<String>,
    /// Who wrote it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// SPDX expression.
    pub licenses: Option<String>,
    /// A URL of the source.
    pub source: Option<String>,
    /// A URL of a page about it.
    pub homepage: Option<String>,
}

/// `[build]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// The program and its arguments, run in the project's folder.
    pub command: Option<Vec<String>>,
    /// The component or core module that it leaves, relative to the project.
    pub output: Option<String>,
}

impl Manifest {
    /// Reads the manifest of the project in a folder.
    ///
    /// # Errors
    /// When there is none, or it has a mistake.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::NoProject {
                    folder: folder.to_path_buf(),
                });
            }
            Err(error) => return Err(Error::read(path, error)),
        };
        let wrong = |message: String| Error::Text {
            path: path.clone(),
            message,
        };
        let manifest: Self = toml::from_str(&text)
            .map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        manifest.check().map_err(wrong)?;
        Ok(manifest)
    }

    /// The name without the namespace: what the component's file is called.
    pub fn short_name(&self) -> &str {
        let name = &self.package.name;
        name.split_once(':').map_or(name, |(_, name)| name)
    }

    /// The world of the contract that it exports.
    pub fn world(&self) -> &'static str {
        match self.explains {
            true => "explained-trainer",
            false => self.kind.name(),
        }
    }

    /// What the component is to say of its package.
    pub(crate) fn metadata(&self) -> Metadata {
        let Package {
            name,
            version,
            description,
            authors,
            licenses,
            source,
            homepage,
        } = self.package.clone();
        Metadata {
            name,
            version,
            description,
            licenses,
            authors,
            source: source.filter(|source| !source.is_empty()),
            homepage,
            revision: std::env::var(REVISION)
                .ok()
                .filter(|revision| !revision.is_empty()),
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.explains && self.kind != Kind::Trainer {
            return Err(format!(
                "`explains` is for trainers; {} reports without it, or has nothing to tell",
                self.kind.described()
            ));
        }
        let Package { name, version, .. } = &self.package;
        let reference = format!("{name}@{version}");
        if !name.contains(':') {
            return Err(format!(
                "the package `{name}` has no namespace; one is `local:{name}`"
            ));
        }
        match reference.parse() {
            Ok(PluginReference::Package { .. }) => {}
            Ok(PluginReference::File(_)) => {
                return Err(format!("`{name}` is no name of a package"));
            }
            Err(error) => return Err(error.to_string()),
        }
        let Build { command, output } = &self.build;
        match (command.as_deref(), output) {
            (Some([]), _) => Err("`command` in [build] names no program".to_owned()),
            (Some(_), None) => Err("`command` in [build] needs an `output` beside it".to_owned()),
            _ => Ok(()),
        }
    }
}
