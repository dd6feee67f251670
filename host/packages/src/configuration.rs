//! Which registries there are, and which one has the packages of which namespace: what the user's
//! configuration says, and after it what `wkg` has been told.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use mlhost_pipeline::{ANY_NAMESPACE, RegistryPlace, RegistrySettings};

use crate::{Error, Result, reference::PackageName, wkg::Wkg};

/// One registry.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it is called.
    pub name: String,
    pub(crate) place: Place,
    pub(crate) namespaces: Vec<String>,
    /// The packages that come from here, whatever has their namespace.
    pub(crate) packages: Vec<String>,
    pub(crate) require_signature: bool,
    pub(crate) keys: Vec<PathBuf>,
}

/// Where a registry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Directory(PathBuf),
    Oci(OciPlace),
}

/// Where an OCI registry is, and who somebody is to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OciPlace {
    /// With a port if it is not the usual one.
    pub(crate) host: String,
    /// What the names of repositories begin with: `plugins/`, or nothing.
    pub(crate) prefix: String,
    /// Whether it is spoken to without encryption, if somebody has said.
    pub(crate) http: Option<bool>,
    /// Those that a configuration has.
    pub(crate) credentials: Option<Credentials>,
}

/// A user and the password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Credentials");
        shown.field("user", &self.user).finish_non_exhaustive()
    }
}

impl Place {
    /// Paths are relative to `folder`.
    fn of(place: RegistryPlace, folder: &Path) -> Self {
        match place {
            RegistryPlace::Directory(root) => Self::Directory(folder.join(root)),
            RegistryPlace::Oci { address, http } => {
                let (host, prefix) = match address.split_once('/') {
                    Some((host, prefix)) => (host.to_owned(), format!("{prefix}/")),
                    None => (address, String::new()),
                };
                Self::Oci(OciPlace {
                    host,
                    prefix,
                    http,
                    credentials: None,
                })
            }
        }
    }
}

/// All registries, the more important ones first.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// What the user's configuration in this folder says.
    pub fn new(settings: Vec<RegistrySettings>, folder: &Path) -> Self {
        let source = |settings: RegistrySettings| Source {
            name: settings.name,
            place: Place::of(settings.place, folder),
            namespaces: settings.namespaces,
            packages: vec![],
            require_signature: settings.require_signature,
            keys: settings.keys.iter().map(|key| folder.join(key)).collect(),
        };
        Self(settings.into_iter().map(source).collect())
    }

    /// Adds those of `wkg`'s configuration, `wasm-pkg/config.toml`, where they have no part of what
    /// is there already.
    ///
    /// # Errors
    /// [`Error::Configuration`] when it cannot be understood.
    pub fn with_wkg(mut self, text: &str, path: &Path) -> Result<Self> {
        let wrong = |reason: String| Error::Configuration {
            text: format!("{}: {reason}", path.display()),
        };
        let wkg: Wkg =
            toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        self.0.extend(wkg.sources(folder).map_err(wrong)?);
        Ok(self)
    }

    /// The registry of this name.
    ///
    /// # Errors
    /// [`Error::UnknownRegistry`].
    pub fn named(&self, name: &str) -> Result<&Source> {
        let found = self.0.iter().find(|source| source.name == name);
        found.ok_or_else(|| Error::UnknownRegistry {
            name: name.to_owned(),
            known: self.0.iter().map(|source| source.name.clone()).collect(),
        })
    }

    /// The registry that has this package: the one that names it, the one that has its namespace,
    /// or the one for all others.
    pub fn of(&self, name: &PackageName) -> Option<&Source> {
        let whole = name.to_string();
        let has = |names: &[String], wanted: &str| names.iter().any(|name| name == wanted);
        let by_name = self.0.iter().find(|source| has(&source.packages, &whole));
        let by_namespace = || {
            let mut sources = self.0.iter();
            sources.find(|source| has(&source.namespaces, &name.namespace))
        };
        let any = || {
            let mut sources = self.0.iter();
            sources.find(|source| has(&source.namespaces, ANY_NAMESPACE))
        };
        by_name.or_else(by_namespace).or_else(any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oci(host: &str, prefix: &str) -> Place {
        Place::Oci(OciPlace {
            host: host.to_owned(),
            prefix: prefix.to_owned(),
            http: None,
            credentials: None,
        })
    }

    fn with_password() -> Place {
        Place::Oci(OciPlace {
            host: "wasi.dev".to_owned(),
            prefix: String::new(),
            http: Some(true),
            credentials: Some(Credentials {
                user: "open".to_owned(),
                password: "sesame".to_owned(),
            }),
        })
    }

    fn settings(name: &str, namespaces: &[&str]) -> RegistrySettings {
        RegistrySettings {
            name: name.to_owned(),
            place: RegistryPlace::Directory(name.to_owned()),
            namespaces: namespaces.iter().map(|&name| name.to_owned()).collect(),
            require_signature: false,
            keys: vec![],
        }
    }

    const WKG: &str = r#"
        default_registry = "acme.registry.com"
        [namespace_registries]
        wasi = "wasi.dev"
        example = { registry = "example.com", metadata = { preferredProtocol = "oci", oci = { registry = "ghcr.io", namespacePrefix = "example/" } } }
        old = { registry = "old", metadata = { ociRegistry = "ghcr.io", ociNamespacePrefix = "old-" } }
        coded = { registry = "coded", metadata = { oci = { registry = "wasi.dev" } } }
        here = "local"
        [package_registry_overrides]
        "example:foo" = "example.com"
        [registry."wasi.dev".oci]
        auth = { username = "open", password = "sesame" }
        protocol = "http"
        [registry.coded.oci]
        auth = "b3BlbjpzZXNhbWU="
        protocol = "http"
        [registry.local]
        type = "local"
        local = { root = "/srv/plugins" }
    "#;

    fn place(sources: &Sources, name: &str) -> Option<Place> {
        let name = PackageName::parse(name).unwrap();
        sources.of(&name).map(|source| source.place.clone())
    }

    #[test]
    fn the_configuration_of_wkg_is_understood() {
        let sources =
            Sources::default().with_wkg(WKG, Path::new("/home/me/.config/wasm-pkg/config.toml"));
        let sources = sources.unwrap();
        let of = |name: &str| place(&sources, name).unwrap();
        assert_eq!(of("wasi:http"), with_password());
        assert_eq!(of("coded:x"), with_password());
        assert_eq!(of("example:bar"), oci("ghcr.io", "example/"));
        assert_eq!(of("old:bar"), oci("ghcr.io", "old-"));
        assert_eq!(of("example:foo"), oci("example.com", ""));
        assert_eq!(of("other:x"), oci("acme.registry.com", ""));
        assert_eq!(of("here:x"), Place::Directory("/srv/plugins".into()));
        let shown = format!("{sources:?}");
        assert!(
            shown.contains("open") && !shown.contains("sesame"),
            "{shown}"
        );
    }

    #[test]
    fn the_more_that_is_said_of_a_package_the_more_it_counts() {
        let own = vec![settings("all", &["*"]), settings("team", &["acme"])];
        let sources = Sources::new(own, Path::new("/etc"));
        let sources = sources
            .with_wkg(WKG, Path::new("/etc/config.toml"))
            .unwrap();
        let directory = |name: &str| Some(Place::Directory(Path::new("/etc").join(name)));
        assert_eq!(place(&sources, "acme:x"), directory("team"));
        assert_eq!(place(&sources, "other:x"), directory("all"));
        assert_eq!(place(&sources, "wasi:x"), Some(with_password()));
        assert_eq!(place(&Sources::default(), "acme:x"), None);
        let error = sources.named("tame").unwrap_err();
        insta::assert_snapshot!(format!("{error}\nhint: {}", error.hint().unwrap()));
    }

    #[test]
    fn what_is_no_configuration_is_told() {
        for text in [
            "default_registry = 1",
            "default_registry = \"a\"\n[registry.a.oci]\nauth = \"no base64\"",
            "default_registry = \"a\"\n[registry.a.oci]\nauth = \"b3Blbg==\"",
            "default_registry = \"a\"\n[registry.a.oci]\nprotocol = \"ftp\"",
        ] {
            let outcome = Sources::default().with_wkg(text, Path::new("/etc/c.toml"));
            let error = outcome.unwrap_err().to_string();
            assert!(error.starts_with("/etc/c.toml: "), "{error}");
        }
    }
}
