//! Which registries there are, and which one has the packages of which namespace: what the user's
//! configuration says, and what `wkg` has been told.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use mlhost_pipeline::{ANY_NAMESPACE, RegistryPlace, RegistrySettings};
use serde::Deserialize;

use crate::{Error, Result, reference::PackageName};

/// One registry.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it is called.
    pub name: String,
    pub(crate) place: RegistryPlace,
    /// What its paths are relative to.
    pub(crate) folder: PathBuf,
    pub(crate) namespaces: Vec<String>,
    /// The packages that come from here, whatever has their namespace.
    pub(crate) packages: Vec<String>,
    pub(crate) require_signature: bool,
    pub(crate) keys: Vec<PathBuf>,
}

/// All registries, the more important ones first.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// What the user's configuration in this folder says.
    pub fn new(settings: Vec<RegistrySettings>, folder: &Path) -> Self {
        let source = |settings: RegistrySettings| Source {
            name: settings.name,
            place: settings.place,
            folder: folder.to_owned(),
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
        let wkg: Wkg = toml::from_str(text).map_err(|error| Error::Configuration {
            text: format!("{}: {}", path.display(), error.to_string().trim_end()),
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        self.0.extend(wkg.sources(folder));
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

/// `wkg`'s configuration. It has more keys, which do not matter here.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wkg {
    default_registry: Option<String>,
    namespace_registries: BTreeMap<String, Mapping>,
    package_registry_overrides: BTreeMap<String, Mapping>,
    registry: BTreeMap<String, WkgRegistry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Mapping {
    Registry(String),
    Custom {
        registry: String,
        #[serde(default)]
        metadata: WkgMetadata,
    },
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WkgMetadata {
    oci: Option<WkgOciMetadata>,
    oci_registry: Option<String>,
    oci_namespace_prefix: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WkgOciMetadata {
    registry: Option<String>,
    namespace_prefix: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WkgRegistry {
    #[serde(alias = "default")]
    r#type: Option<String>,
    oci: Option<WkgOci>,
    local: Option<WkgLocal>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WkgOci {
    protocol: Option<String>,
}

#[derive(Deserialize)]
struct WkgLocal {
    root: PathBuf,
}

impl Wkg {
    /// One for each way in which a registry is reached.
    fn sources(mut self, folder: &Path) -> Vec<Source> {
        let mut sources: Vec<Source> = vec![];
        let overrides = std::mem::take(&mut self.package_registry_overrides);
        for (package, mapping) in overrides {
            let mut source = self.source(&mapping, folder);
            source.packages.push(package);
            sources.push(source);
        }
        let namespaces = std::mem::take(&mut self.namespace_registries);
        for (namespace, mapping) in namespaces {
            let mut source = self.source(&mapping, folder);
            source.namespaces.push(namespace);
            sources.push(source);
        }
        if let Some(registry) = self.default_registry.take() {
            let mut source = self.source(&Mapping::Registry(registry), folder);
            source.namespaces.push(ANY_NAMESPACE.to_owned());
            sources.push(source);
        }
        sources
    }

    fn source(&self, mapping: &Mapping, folder: &Path) -> Source {
        let none = WkgMetadata::default();
        let (name, metadata) = match mapping {
            Mapping::Registry(name) => (name, &none),
            Mapping::Custom { registry, metadata } => (registry, metadata),
        };
        let registry = self.registry.get(name);
        let oci = registry.and_then(|registry| registry.oci.as_ref());
        let local = registry.and_then(|registry| registry.local.as_ref());
        let kind = registry.and_then(|registry| registry.r#type.as_deref());
        let place = match local {
            Some(local) if kind != Some("oci") => {
                RegistryPlace::Directory(local.root.display().to_string())
            }
            _ => {
                let known = metadata.oci.as_ref();
                let host = known.and_then(|oci| oci.registry.as_ref());
                let host = host.or(metadata.oci_registry.as_ref()).unwrap_or(name);
                let prefix = known.and_then(|oci| oci.namespace_prefix.as_deref());
                let prefix = prefix.or(metadata.oci_namespace_prefix.as_deref());
                let prefix = prefix.unwrap_or_default().trim_matches('/');
                RegistryPlace::Oci {
                    address: match prefix {
                        "" => host.clone(),
                        prefix => format!("{host}/{prefix}"),
                    },
                    http: oci
                        .and_then(|oci| oci.protocol.as_deref())
                        .map(|protocol| protocol == "http"),
                }
            }
        };
        Source {
            name: name.clone(),
            place,
            folder: folder.to_owned(),
            namespaces: vec![],
            packages: vec![],
            require_signature: false,
            keys: vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oci(address: &str, http: Option<bool>) -> RegistryPlace {
        RegistryPlace::Oci {
            address: address.to_owned(),
            http,
        }
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
        here = "local"
        [package_registry_overrides]
        "example:foo" = "example.com"
        [registry."wasi.dev".oci]
        auth = { username = "open", password = "sesame" }
        protocol = "http"
        [registry.local]
        type = "local"
        local = { root = "/srv/plugins" }
    "#;

    fn place(sources: &Sources, name: &str) -> Option<RegistryPlace> {
        let name = PackageName::parse(name).unwrap();
        sources.of(&name).map(|source| source.place.clone())
    }

    #[test]
    fn the_configuration_of_wkg_is_understood() {
        let sources =
            Sources::default().with_wkg(WKG, Path::new("/home/me/.config/wasm-pkg/config.toml"));
        let sources = sources.unwrap();
        let of = |name: &str| place(&sources, name).unwrap();
        assert_eq!(of("wasi:http"), oci("wasi.dev", Some(true)));
        assert_eq!(of("example:bar"), oci("ghcr.io/example", None));
        assert_eq!(of("example:foo"), oci("example.com", None));
        assert_eq!(of("other:x"), oci("acme.registry.com", None));
        assert_eq!(
            of("here:x"),
            RegistryPlace::Directory("/srv/plugins".to_owned())
        );
    }

    #[test]
    fn the_more_that_is_said_of_a_package_the_more_it_counts() {
        let own = vec![settings("all", &["*"]), settings("team", &["acme"])];
        let sources = Sources::new(own, Path::new("/etc"));
        let sources = sources
            .with_wkg(WKG, Path::new("/etc/config.toml"))
            .unwrap();
        let directory = |name: &str| Some(RegistryPlace::Directory(name.to_owned()));
        assert_eq!(place(&sources, "acme:x"), directory("team"));
        assert_eq!(place(&sources, "other:x"), directory("all"));
        assert_eq!(place(&sources, "wasi:x"), Some(oci("wasi.dev", Some(true))));
        assert_eq!(place(&Sources::default(), "acme:x"), None);
        let error = sources.named("tame").unwrap_err();
        insta::assert_snapshot!(format!("{error}\nhint: {}", error.hint().unwrap()));
    }

    #[test]
    fn what_is_no_configuration_is_told() {
        let outcome = Sources::default().with_wkg("default_registry = 1", Path::new("/etc/c.toml"));
        assert!(
            outcome
                .unwrap_err()
                .to_string()
                .starts_with("/etc/c.toml: ")
        );
    }
}
