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
    sync::{Arc, Mutex, PoisonError},
};

use mlhost_pipeline::PluginReference;
use mlhost_sandbox::{Plugin, Sandbox};

pub use embedded::Listed;
pub use error::{Error, Result};

/// Where plugins are looked for. What was loaded once is not loaded again.
pub struct Packages {
    sandbox: Sandbox,
    loaded: Mutex<HashMap<String, Found>>,
}

/// A plugin with the component that it was made from.
#[derive(Clone)]
pub struct Found {
    /// Ready to be instantiated.
    pub plugin: Plugin,
    /// The component: what a model version keeps.
    pub component: Arc<[u8]>,
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
                self.load(&component)
            }
            PluginReference::Package {
                namespace,
                name,
                version,
            } => {
                let package = embedded::find(namespace, name, version.as_deref())?;
                self.load(package.component)
            }
        }
    }

    /// The plugin of a component that is at hand, such as one from a model.
    ///
    /// # Errors
    /// When the component is no plugin.
    pub fn load(&self, component: &[u8]) -> Result<Found> {
        let digest = mlhost_sandbox::digest(component);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = loaded.get(&digest) {
            return Ok(found.clone());
        }
        let plugin = self.sandbox.load(component)?;
        let found = Found {
            plugin,
            component: component.into(),
        };
        loaded.insert(digest, found.clone());
        Ok(found)
    }

    /// The packages inside the executable.
    pub fn standard(&self) -> Vec<Listed> {
        embedded::list()
    }
}
