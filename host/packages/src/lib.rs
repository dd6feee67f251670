//! Finds the component that a plugin reference names.
//!
//! A reference is a package (`mlhost:tree@0.1.0`, or `tree` for the version at
//! hand) or a component file. The standard packages are inside the executable,
//! so a copied binary runs a pipeline in an empty folder.
//!
//! ```no_run
//! use std::path::Path;
//! use mlhost_packages::Packages;
//! use mlhost_sandbox::{Options, Sandbox};
//!
//! let packages = Packages::new(Sandbox::new(Options::default())?);
//! let tree = packages.find(&"mlhost:tree@0.1.0".parse()?, Path::new("."))?;
//! println!("{}", tree.plugin.description().summary);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! May use the floors `sandbox` and `pipeline`.

mod embedded;
mod error;

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use mlhost_pipeline::PluginReference;
use mlhost_sandbox::{Plugin, Sandbox};

pub use embedded::Listed;
pub use error::{Error, Result};

/// Where plugins are looked for. What was loaded once is not loaded again.
pub struct Packages {
    sandbox: Sandbox,
    loaded: Mutex<Loaded>,
}

/// By the names of standard packages, and by the digests of all.
type Loaded = HashMap<String, Found>;

/// A plugin with the component that it was made from.
#[derive(Clone)]
pub struct Found {
    /// Ready to be instantiated.
    pub plugin: Plugin,
    /// The component: what a model version keeps.
    pub component: Bytes,
}

impl Packages {
    /// Packages that run in this sandbox.
    pub fn new(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            loaded: Mutex::default(),
        }
    }

    /// The plugin of this reference; files are relative to `base`.
    ///
    /// # Errors
    /// [`Error`] when there is no such package or version, the file cannot be
    /// read, or the component is no plugin.
    pub fn find(&self, reference: &PluginReference, base: &Path) -> Result<Found> {
        match reference {
            PluginReference::File(file) => {
                let path = base.join(file.strip_prefix("./").unwrap_or(file));
                let component = fs::read(&path).map_err(|source| Error::Read {
                    path: path.clone(),
                    source,
                })?;
                self.load(component)
            }
            PluginReference::Package {
                namespace,
                name,
                version,
            } => {
                let package = embedded::find(namespace, name, version.as_deref())?;
                let mut loaded = self.loaded();
                if let Some(found) = loaded.get(&package.name) {
                    return Ok(found.clone());
                }
                let component = Bytes::from_static(package.component);
                let found = self.load_into(&mut loaded, component)?;
                loaded.insert(package.name.clone(), found.clone());
                Ok(found)
            }
        }
    }

    /// The plugin of a component that is at hand, such as one from a model.
    ///
    /// # Errors
    /// When the component is no plugin.
    pub fn load(&self, component: impl Into<Bytes>) -> Result<Found> {
        self.load_into(&mut self.loaded(), component.into())
    }

    /// Loads under the lock, so that nobody compiles what somebody else is compiling.
    fn load_into(&self, loaded: &mut Loaded, component: Bytes) -> Result<Found> {
        let digest = mlhost_sandbox::digest(&component);
        if let Some(found) = loaded.get(&digest) {
            return Ok(found.clone());
        }
        let plugin = self.sandbox.load_known(&component, &digest)?;
        let found = Found { plugin, component };
        loaded.insert(digest, found.clone());
        Ok(found)
    }

    fn loaded(&self) -> MutexGuard<'_, Loaded> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The packages inside the executable.
    pub fn standard(&self) -> &'static [Listed] {
        embedded::list()
    }
}
