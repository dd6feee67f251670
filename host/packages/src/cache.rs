//! Components that were fetched once, on this machine: a folder for each version of a package, and
//! in it a file for each component by its digest. What is read from it is checked again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use semver::Version;

use crate::{Error, Release, Result, files::write_whole, reference::PackageName};

/// The folder of the cache; none, if nothing is to be kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cache(Option<PathBuf>);

impl Cache {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self(folder)
    }

    /// The component of a version with this digest, if it is there.
    ///
    /// # Errors
    /// [`Error::CacheDamaged`] when the file has become another one, and [`Error::Read`].
    pub(crate) fn get(&self, release: &Release, digest: &str) -> Result<Option<Bytes>> {
        let Some(path) = self.path(release, digest) else {
            return Ok(None);
        };
        let component = match fs::read(&path) {
            Ok(component) => component,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::Read { path, source }),
        };
        let found = mlhost_sandbox::digest(&component);
        if found != digest {
            return Err(Error::CacheDamaged {
                release: Box::new(release.clone()),
                path,
                found,
            });
        }
        Ok(Some(component.into()))
    }

    /// Keeps a component.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub(crate) fn put(&self, release: &Release, digest: &str, component: &[u8]) -> Result<()> {
        match self.path(release, digest) {
            Some(path) if !path.exists() => write_whole(&path, component),
            _ => Ok(()),
        }
    }

    /// The versions of a package that are there, each with the digests of its components.
    pub(crate) fn versions(&self, name: &PackageName) -> Vec<(Version, Vec<String>)> {
        let Some(folder) = self.folder(name) else {
            return vec![];
        };
        let mut versions: Vec<_> = names_in(&folder)
            .filter_map(|name| {
                let version = Version::parse(&name).ok()?;
                let mut digests: Vec<_> = names_in(&folder.join(&name))
                    .filter_map(|file| Some(format!("sha256:{}", file.strip_suffix(".wasm")?)))
                    .collect();
                digests.sort();
                (!digests.is_empty()).then_some((version, digests))
            })
            .collect();
        versions.sort();
        versions
    }

    fn folder(&self, name: &PackageName) -> Option<PathBuf> {
        let folder = self.0.as_ref()?;
        Some(folder.join(&name.namespace).join(&name.name))
    }

    fn path(&self, release: &Release, digest: &str) -> Option<PathBuf> {
        let folder = self.folder(&release.name)?;
        let digits = digest.trim_start_matches("sha256:");
        Some(
            folder
                .join(release.version.to_string())
                .join(format!("{digits}.wasm")),
        )
    }
}

/// The names of what is in a folder; none, if it cannot be read.
fn names_in(folder: &Path) -> impl Iterator<Item = String> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}
