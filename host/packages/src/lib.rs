//! Finds the component that a plugin reference names, and brings components to others.
//!
//! A reference is a package (`mlhost:tree@0.1.0`, `acme:clip@^1.2`, or `tree` for the version at
//! hand) or a component file. The standard packages are inside the executable, so a copied binary
//! runs a pipeline in an empty folder; others come from a registry: a folder, or an OCI registry.
//! What a pipeline has once used is pinned in its [`Lock`].
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
//! May use the floors `exchange`, `sandbox` and `pipeline`.

#![forbid(unsafe_code)]

mod add;
mod cache;
mod compatibility;
mod configuration;
mod error;
mod files;
mod lock;
mod metadata;
mod parameters;
mod pins;
mod publish;
mod reference;
mod registry;
mod resolve;
mod schema;
mod signature;
mod trust;
mod wkg;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use bytes::Bytes;
use mlhost_pipeline::PluginReference;
use mlhost_sandbox::{Limits, Plugin, Sandbox};

pub use add::{Added, Adding};
pub use compatibility::breaks;
pub use configuration::{Source, Sources};
pub use error::{Error, Result};
pub use lock::{Lock, LockChange};
pub use metadata::{Metadata, import_in_words};
pub use parameters::{Parameter, parameters};
pub use pins::{Access, Pins};
pub use publish::Published;
pub use reference::{PackageName, Release};
pub use registry::embedded::Listed;
pub use signature::{PublicKey, SigningKey};

use cache::Cache;
use reference::Wanted;
use resolve::Resolved;

/// Where plugins are looked for. What was loaded once is not loaded again.
pub struct Packages {
    sandbox: Sandbox,
    /// By digest.
    loaded: Mutex<HashMap<String, Found>>,
    cache: Cache,
    /// Read when the first package is wanted that this host does not have inside.
    sources: OnceLock<Sources>,
    read_sources: ReadSources,
}

/// Gives the registries that the user has named.
pub type ReadSources = Box<dyn Fn() -> Result<Sources> + Send + Sync>;

/// A plugin with the component that it was made from.
#[derive(Clone)]
pub struct Found {
    /// Ready to be instantiated.
    pub plugin: Plugin,
    /// The component: what a model version keeps.
    pub component: Bytes,
}

impl Packages {
    /// Packages that run in this sandbox: those inside the executable, and files.
    pub fn new(sandbox: Sandbox) -> Self {
        Self::with_registries(sandbox, None, Box::new(|| Ok(Sources::default())))
    }

    /// The same with registries. What was fetched from them is kept in the folder `cache`, if any.
    pub fn with_registries(
        sandbox: Sandbox,
        cache: Option<PathBuf>,
        read_sources: ReadSources,
    ) -> Self {
        Self {
            sandbox,
            loaded: Mutex::default(),
            cache: Cache::new(cache),
            sources: OnceLock::new(),
            read_sources,
        }
    }

    /// The plugin of this reference, whatever a pipeline pins; files are relative to `base`.
    ///
    /// # Errors
    /// [`Error`] when there is no such package or version, the file cannot be
    /// read, or the component is no plugin.
    pub fn find(&self, reference: &PluginReference, base: &Path) -> Result<Found> {
        self.find_pinned(reference, base, &mut Pins::default(), &Limits::default())
    }

    /// The plugin of this reference in a pipeline with these pins, which get what they lack. It is
    /// compiled within these limits.
    ///
    /// # Errors
    /// See [`Packages::find`], and when what is pinned cannot be had, or nothing may be pinned.
    pub fn find_pinned(
        &self,
        reference: &PluginReference,
        base: &Path,
        pins: &mut Pins,
        limits: &Limits,
    ) -> Result<Found> {
        if let Some(wanted) = Wanted::of(reference) {
            let resolved = self.resolve(&wanted, pins)?;
            return self.load_resolved(&resolved, limits);
        }
        let file = reference.to_string();
        let path = base.join(file.strip_prefix("./").unwrap_or(&file));
        let component = fs::read(&path).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })?;
        self.load_within(component, limits)
    }

    /// The plugin of a component that is at hand, such as one from a model.
    ///
    /// # Errors
    /// When the component is no plugin.
    pub fn load(&self, component: impl Into<Bytes>) -> Result<Found> {
        self.load_within(component, &Limits::default())
    }

    fn load_resolved(&self, resolved: &Resolved, limits: &Limits) -> Result<Found> {
        let component = resolved.component.clone();
        self.load_known(component, &resolved.digest, resolved.is_of_host, limits)
    }

    fn load_within(&self, component: impl Into<Bytes>, limits: &Limits) -> Result<Found> {
        let component = component.into();
        let digest = mlhost_sandbox::digest(&component);
        self.load_known(component, &digest, false, limits)
    }

    /// Loads under the lock, so that nobody compiles what somebody else is compiling.
    fn load_known(
        &self,
        component: Bytes,
        digest: &str,
        is_of_host: bool,
        limits: &Limits,
    ) -> Result<Found> {
        let mut loaded = self.loaded();
        if let Some(found) = loaded.get(digest) {
            return Ok(found.clone());
        }
        // What is no component is told by the sandbox; what comes with the host fits it.
        if !is_of_host && let Ok(metadata) = Metadata::read(&component) {
            metadata.check_contract()?;
        }
        let plugin = self.sandbox.load_known(&component, digest, limits)?;
        let found = Found { plugin, component };
        loaded.insert(digest.to_owned(), found.clone());
        Ok(found)
    }

    fn loaded(&self) -> MutexGuard<'_, HashMap<String, Found>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The registries that there are.
    ///
    /// # Errors
    /// When the configuration of the user cannot be read.
    pub fn sources(&self) -> Result<&Sources> {
        if let Some(sources) = self.sources.get() {
            return Ok(sources);
        }
        let sources = (self.read_sources)()?;
        Ok(self.sources.get_or_init(|| sources))
    }

    /// The packages inside the executable.
    pub fn standard(&self) -> &'static [Listed] {
        registry::embedded::list()
    }
}
