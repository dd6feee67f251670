//! A plugin's folder: how one is made, and opened.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use mlhost_pipeline::{Kind, PluginReference};

use crate::{Error, Lang, Manifest, Result, files};

/// What a project is to be.
#[derive(Clone, Debug)]
pub struct NewProject {
    /// Lower-case words joined by `-`.
    pub name: String,
    /// The kind of plugin.
    pub kind: Kind,
    /// Its language.
    pub lang: Lang,
}

/// A plugin in the making.
#[derive(Clone, Debug)]
pub struct Project {
    /// Where it is.
    pub folder: PathBuf,
    /// What its `plugin.toml` says.
    pub manifest: Manifest,
}

impl Project {
    /// The project in a folder.
    ///
    /// # Errors
    /// When there is no `plugin.toml`, or it has a mistake.
    pub fn open(folder: &Path) -> Result<Self> {
        Ok(Self {
            folder: folder.to_path_buf(),
            manifest: Manifest::read(folder)?,
        })
    }

    /// Where its component is, once it is built.
    pub fn component(&self) -> PathBuf {
        let name = format!("{}.wasm", self.manifest.short_name());
        self.folder.join(name)
    }
}

/// Makes a project in a folder that is not there or is empty, and tells the paths of its files
/// without those of the SDK.
///
/// # Errors
/// When the name is none, the folder is occupied, or a file cannot be written.
pub fn create(folder: &Path, project: &NewProject) -> Result<Vec<String>> {
    let NewProject { name, kind, lang } = project;
    refuse_name(name)?;
    refuse_occupied(folder)?;
    let own: BTreeMap<_, _> = files::template(*lang, *kind, name).into_iter().collect();
    let written: Vec<_> = own.keys().cloned().collect();
    for (path, content) in files::sdk(*lang).into_iter().chain(own) {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| Error::write(parent, error))?;
        fs::write(&path, content).map_err(|error| Error::write(&path, error))?;
    }
    Ok(written)
}

/// A name is that of a package, in words that Rust, Python and C can make names of.
fn refuse_name(name: &str) -> Result<()> {
    let is_word = |word: &str| word.starts_with(|c: char| c.is_ascii_lowercase());
    let is_package = matches!(
        format!("local:{name}").parse(),
        Ok(PluginReference::Package { version: None, .. })
    );
    match is_package && name.split('-').all(is_word) {
        true => Ok(()),
        false => Err(Error::Name {
            name: name.to_owned(),
        }),
    }
}

fn refuse_occupied(folder: &Path) -> Result<()> {
    let is_free = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !folder.exists(),
    };
    match is_free {
        true => Ok(()),
        false => Err(Error::Occupied {
            folder: folder.to_path_buf(),
        }),
    }
}
