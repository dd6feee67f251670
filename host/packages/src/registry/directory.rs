//! A folder as a registry: `<root>/<namespace>/<name>/<version>.wasm`, as `wkg` reads and writes it.
//! A signature lies beside it as `<version>.wasm.sig`, in the form of `cosign sign-blob`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use semver::Version;

use super::{Fetched, Publication, Registry};
use crate::{Error, Release, Result, files::write_new, reference::PackageName, signature::Signed};

/// The file beside the versions of a package that whoever publishes one of them has locked.
const LOCK: &str = ".lock";

pub(crate) struct Directory<'a> {
    name: &'a str,
    root: &'a Path,
}

impl<'a> Directory<'a> {
    /// The registry of this name in this folder.
    pub(crate) fn new(name: &'a str, root: &'a Path) -> Self {
        Self { name, root }
    }

    fn folder(&self, name: &PackageName) -> PathBuf {
        self.root.join(&name.namespace).join(&name.name)
    }

    fn path(&self, release: &Release, extension: &str) -> PathBuf {
        let folder = self.folder(&release.name);
        folder.join(format!("{}.{extension}", release.version))
    }

    fn failed(&self, action: String, error: &io::Error) -> Error {
        Error::Registry {
            registry: self.name.to_owned(),
            action,
            reason: error.to_string(),
            hint: None,
        }
    }

    /// Waits for whoever publishes the same package, and keeps others waiting until it is dropped:
    /// a signature must not come to lie beside the component of somebody else.
    fn turn(&self, name: &PackageName) -> Result<fs::File> {
        let folder = self.folder(name);
        let lock = || {
            fs::create_dir_all(&folder)?;
            let path = folder.join(LOCK);
            let file = fs::File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(path)?;
            match file.lock() {
                // Some network file systems have no locks.
                Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
                locked => locked.map(|()| file),
            }
        };
        lock().map_err(|error| self.failed(format!("publish {name}"), &error))
    }

    /// A registry that is not there is told: it would look like one that has nothing.
    fn check_root(&self) -> Result<()> {
        match fs::metadata(self.root) {
            Ok(metadata) if metadata.is_dir() => Ok(()),
            Ok(_) => Err(io::Error::from(io::ErrorKind::NotADirectory)),
            Err(error) => Err(error),
        }
        .map_err(|error| Error::Registry {
            registry: self.name.to_owned(),
            action: format!("open `{}`", self.root.display()),
            reason: error.to_string(),
            hint: Some(
                "`path` of the registry is relative to the configuration's folder".to_owned(),
            ),
        })
    }
}

impl Registry for Directory<'_> {
    fn versions(&self, name: &PackageName) -> Result<Vec<Version>> {
        self.check_root()?;
        let entries = match fs::read_dir(self.folder(name)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            Err(error) => return Err(self.failed(format!("list the versions of {name}"), &error)),
        };
        let version = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            Version::parse(name.strip_suffix(".wasm")?).ok()
        };
        Ok(entries.flatten().filter_map(version).collect())
    }

    fn fetch(&self, release: &Release) -> Result<Option<Fetched>> {
        self.check_root()?;
        let read = |extension: &str| match fs::read(self.path(release, extension)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(format!("read {release}"), &error)),
        };
        let Some(component) = read("wasm")? else {
            return Ok(None);
        };
        let signed = read("wasm.sig")?.map(|text| Signed {
            message: component.clone(),
            // A text that is none is a signature that nobody has made.
            signature: BASE64_STANDARD
                .decode(text.trim_ascii())
                .unwrap_or_default(),
        });
        Ok(Some(Fetched {
            component: component.into(),
            signatures: signed.into_iter().collect(),
        }))
    }

    fn publish(&self, new: &Publication<'_>) -> Result<()> {
        self.check_root()?;
        let signature = new.key.map(|key| key.sign(new.component)).transpose()?;
        let _turn = self.turn(&new.release.name)?;
        // The signature first: whoever sees the component finds it.
        let signature_path = self.path(new.release, "wasm.sig");
        let path = self.path(new.release, "wasm");
        if path.exists() {
            return Err(Error::Published {
                release: Box::new(new.release.clone()),
                registry: self.name.to_owned(),
            });
        }
        if let Some(signature) = signature {
            let text = BASE64_STANDARD.encode(signature);
            crate::files::write_whole(&signature_path, text.as_bytes())?;
        }
        match write_new(&path, new.component)? {
            true => Ok(()),
            false => Err(Error::Published {
                release: Box::new(new.release.clone()),
                registry: self.name.to_owned(),
            }),
        }
    }
}
