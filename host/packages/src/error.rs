//! Why a plugin was not found, or not taken.

use std::{
    io,
    path::{Path, PathBuf},
};

use semver::Version;

use crate::{Release, publish::next_breaking};

/// What this crate reports.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no package of this name.
    #[error("there is no package `{name}`")]
    UnknownPackage {
        /// `namespace:name`.
        name: String,
        /// What to do about it.
        hint: String,
    },
    /// The package has no such version.
    #[error("package `{name}` has no version {version}")]
    UnknownVersion {
        /// `namespace:name`.
        name: String,
        /// The version that was asked for.
        version: String,
        /// The version there is.
        available: String,
    },
    /// The registry has no version that will do.
    #[error("registry `{registry}` has no `{wanted}`")]
    NoVersion {
        /// `namespace:name@requirement`.
        wanted: String,
        /// The registry.
        registry: String,
        /// The versions that it has.
        available: Vec<String>,
    },
    /// There is no registry of this name.
    #[error("there is no registry `{name}`")]
    UnknownRegistry {
        /// The name that was given.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The configuration of registries cannot be used.
    #[error("{text}")]
    Configuration {
        /// What is wrong with it, and where.
        text: String,
    },
    /// Something did not work with a registry.
    #[error("registry `{registry}`: cannot {action}: {reason}")]
    Registry {
        /// The registry.
        registry: String,
        /// What was being done.
        action: String,
        /// What it said.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// This host has no client for registries over the network.
    #[error("registry `{registry}` is an OCI registry, and this host was built without a network")]
    NoNetwork {
        /// The registry.
        registry: String,
    },
    /// A package is wanted, and a file was named.
    #[error("`{path}` is a file, and not a package")]
    NoPackage {
        /// The path.
        path: String,
    },
    /// A package that is not on this machine, and registries are not to be asked.
    #[error("`{what}` is not on this machine, and --offline asks no registry")]
    Offline {
        /// The package.
        what: String,
    },
    /// A package that is not pinned, and nothing may be pinned.
    #[error("`{wanted}` is not in the lock, and --locked does not let it in")]
    NotLocked {
        /// `namespace:name@requirement`.
        wanted: String,
        /// The lock.
        path: Option<PathBuf>,
    },
    /// The lock cannot be understood.
    #[error("cannot use the lock `{}`: {reason}", path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The pinned component is not the one of the registry.
    #[error(
        "{release} is not what the lock says: it pins {pinned}, and registry `{registry}` has {found}"
    )]
    WrongDigest {
        /// The package.
        release: Box<Release>,
        /// The registry.
        registry: String,
        /// What is pinned.
        pinned: String,
        /// What came.
        found: String,
    },
    /// The lock pins what another host has inside.
    #[error("{release} is locked to {digest}, and this host has {own}")]
    OtherHost {
        /// The package.
        release: Box<Release>,
        /// What is pinned.
        digest: String,
        /// What is inside this host.
        own: String,
    },
    /// A file of the cache has been changed.
    #[error(
        "the copy of {release} on this machine has been changed: `{}` is {found}", path.display()
    )]
    CacheDamaged {
        /// The package.
        release: Box<Release>,
        /// The file.
        path: PathBuf,
        /// Its digest.
        found: String,
    },
    /// What came is another package.
    #[error("registry `{registry}` gave {found} for {release}")]
    Misnamed {
        /// The package.
        release: Box<Release>,
        /// The registry.
        registry: String,
        /// What it says that it is.
        found: String,
    },
    /// A component for another contract.
    #[error(
        "{plugin} needs version {needed} of the contract with plugins, and this host has {}",
        mlhost_sandbox::CONTRACT
    )]
    OtherContract {
        /// The package.
        plugin: String,
        /// The version that it needs.
        needed: String,
    },
    /// Nobody has signed who should have.
    #[error(
        "{release} of registry `{registry}` {}",
        if *signatures == 0 { "is not signed" } else { "is not signed by a trusted key" }
    )]
    Unsigned {
        /// The package.
        release: Box<Release>,
        /// The registry.
        registry: String,
        /// How many signatures it has.
        signatures: usize,
        /// The files of the keys that are trusted.
        keys: Vec<String>,
    },
    /// No thread can wait for the network.
    #[error("the network cannot be used: {reason}")]
    Runtime {
        /// What the system said.
        reason: String,
    },
    /// The same version is there.
    #[error("registry `{registry}` has {release} already")]
    Published {
        /// The package.
        release: Box<Release>,
        /// The registry.
        registry: String,
    },
    /// A version that breaks what an earlier one has promised.
    #[error(
        "{release} breaks what {before} has promised:{}",
        broken.iter().map(|what| format!("\n  {what}")).collect::<String>()
    )]
    Breaks {
        /// The new version.
        release: Box<Release>,
        /// The earlier one.
        before: Version,
        /// What broke.
        broken: Vec<String>,
    },
    /// A component that cannot be a package.
    #[error(
        "the component's metadata has no usable {what}{}",
        found.as_ref().map(|found| format!(": it says `{found}`")).unwrap_or_default()
    )]
    Nameless {
        /// What is missing.
        what: &'static str,
        /// What there is.
        found: Option<String>,
    },
    /// A version that no tag can be.
    #[error("{release} has build metadata, which the versions of a registry do not have")]
    BuildMetadata {
        /// The package.
        release: Box<Release>,
    },
    /// The bytes are no component.
    #[error("this is not a component: {reason}")]
    NoComponent {
        /// Why.
        reason: String,
    },
    /// A file that is no key.
    #[error("`{}` is not {expected}: {reason}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// Why it is not.
        reason: String,
        /// How to make one.
        hint: &'static str,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers to sign with")]
    NoRandomness,
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The component is no plugin, or fails.
    #[error(transparent)]
    Sandbox(#[from] mlhost_sandbox::Error),
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::UnknownPackage { hint, .. } => hint.clone(),
            Self::UnknownVersion {
                name, available, ..
            } => format!("there is `{name}@{available}`"),
            Self::NoVersion { available, .. } => match available.as_slice() {
                [] => "is the name right? `host plugin publish` puts a package there".to_owned(),
                versions => format!("it has {}", versions.join(", ")),
            },
            Self::UnknownRegistry { known, .. } => match known.as_slice() {
                [] => "add it to `[registries]` of the configuration, `mlhost/config.toml`".to_owned(),
                known => format!("there are: {}", known.join(", ")),
            },
            Self::Registry { hint, .. } => return hint.clone(),
            Self::NoNetwork { .. } => {
                "name a folder with `path`, in the layout that `wkg` writes".to_owned()
            }
            Self::NoPackage { .. } => {
                "name a package, such as `acme:clip@^1.2`; a pipeline names a file by its path, and \
                 needs nothing else"
                    .to_owned()
            }
            Self::Offline { .. } => "run it once without --offline".to_owned(),
            Self::NotLocked { path: Some(path), .. } => format!(
                "run it once without --locked, and put `{}` under version control",
                path.display()
            ),
            Self::Lock { .. } => {
                "`host plugin update` makes a new one".to_owned()
            }
            Self::WrongDigest { .. } => {
                "somebody has replaced that version: ask who did it, and why; `host plugin update` \
                 takes what is there"
                    .to_owned()
            }
            Self::OtherHost { release, .. } => format!(
                "use the host that the lock was written with, or move the lock to this one: `host \
                 plugin update {}`",
                release.name
            ),
            Self::CacheDamaged { .. } => {
                "delete that file, and it is fetched again".to_owned()
            }
            Self::OtherContract { .. } => {
                "use a version of the plugin, or of the host, that fits".to_owned()
            }
            Self::Unsigned { keys, .. } if keys.is_empty() => {
                "the registry's settings require signatures, and trust no key".to_owned()
            }
            Self::Unsigned { keys, .. } => format!("trusted are {}", keys.join(", ")),
            Self::Published { .. } => "a version never changes: publish it under another one".to_owned(),
            Self::Breaks { before, .. } => {
                format!("pipelines may ask for ^{before}: publish it as {}", next_breaking(before))
            }
            Self::Nameless { .. } => {
                "`wasm-tools metadata add --name acme:clip --version 1.0.0` adds it".to_owned()
            }
            Self::Key { hint, .. } => (*hint).to_owned(),
            Self::Read { path, .. } => return hint_for_file(path),
            Self::Sandbox(error) => return error.hint(),
            _ => return None,
        };
        Some(text)
    }

    /// Whether a package was refused, as opposed to something that did not work.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::NotLocked { .. }
                | Self::WrongDigest { .. }
                | Self::OtherHost { .. }
                | Self::CacheDamaged { .. }
                | Self::Misnamed { .. }
                | Self::OtherContract { .. }
                | Self::Unsigned { .. }
                | Self::Published { .. }
                | Self::Breaks { .. }
        )
    }
}

/// What to do about a component that cannot be read; nothing about other files.
fn hint_for_file(path: &Path) -> Option<String> {
    if path.extension()? != "wasm" {
        return None;
    }
    Some(match path.with_file_name("plugin.toml").is_file() {
        true => "`host plugin build` makes it of the project in its folder".to_owned(),
        false => "a plugin's path is relative to the folder of the pipeline".to_owned(),
    })
}
