//! The configuration of `wkg`, the package manager of the Bytecode Alliance: which registry it asks
//! for which package, and who somebody is there. What a registry says of itself at
//! `/.well-known/wasm-pkg/registry.json` is not asked.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use mlhost_pipeline::ANY_NAMESPACE;
use serde::Deserialize;

use crate::configuration::{Credentials, OciPlace, Place, Source};

/// With or without padding, as `wkg` reads it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `wasm-pkg/config.toml`. It has more keys, which do not matter here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wkg {
    default_registry: Option<String>,
    namespace_registries: BTreeMap<String, Mapping>,
    package_registry_overrides: BTreeMap<String, Mapping>,
    registry: BTreeMap<String, Registry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Mapping {
    Registry(String),
    Custom {
        registry: String,
        #[serde(default)]
        metadata: Metadata,
    },
}

/// What is said of a registry instead of the registry itself.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    oci: Option<OciMetadata>,
    oci_registry: Option<String>,
    oci_namespace_prefix: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OciMetadata {
    registry: Option<String>,
    namespace_prefix: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Registry {
    #[serde(alias = "default")]
    r#type: Option<String>,
    oci: Option<Oci>,
    local: Option<Local>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Oci {
    auth: Option<Auth>,
    protocol: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Auth {
    /// `user:password` in base64.
    Encoded(String),
    Pair {
        username: String,
        password: String,
    },
}

#[derive(Deserialize)]
struct Local {
    root: PathBuf,
}

impl Wkg {
    /// One for each way in which a registry is reached. Paths are relative to `folder`.
    ///
    /// # Errors
    /// What is wrong with the settings of a registry.
    pub(crate) fn sources(&self, folder: &Path) -> Result<Vec<Source>, String> {
        let mut sources: Vec<Source> = vec![];
        for (package, mapping) in &self.package_registry_overrides {
            let mut source = self.source(mapping, folder)?;
            source.packages.push(package.clone());
            sources.push(source);
        }
        for (namespace, mapping) in &self.namespace_registries {
            let mut source = self.source(mapping, folder)?;
            source.namespaces.push(namespace.clone());
            sources.push(source);
        }
        if let Some(registry) = &self.default_registry {
            let mut source = self.source(&Mapping::Registry(registry.clone()), folder)?;
            source.namespaces.push(ANY_NAMESPACE.to_owned());
            sources.push(source);
        }
        Ok(sources)
    }

    fn source(&self, mapping: &Mapping, folder: &Path) -> Result<Source, String> {
        let none = Metadata::default();
        let (name, metadata) = match mapping {
            Mapping::Registry(name) => (name, &none),
            Mapping::Custom { registry, metadata } => (registry, metadata),
        };
        let settings = self.registry.get(name);
        let place = match settings.and_then(Registry::local) {
            Some(root) => Place::Directory(folder.join(root)),
            None => {
                let oci = settings.and_then(|settings| settings.oci.as_ref());
                let place = metadata.place(name, oci);
                Place::Oci(place.map_err(|reason| format!("registry `{name}`: {reason}"))?)
            }
        };
        Ok(Source {
            name: name.clone(),
            place,
            namespaces: vec![],
            packages: vec![],
            require_signature: false,
            keys: vec![],
        })
    }
}

impl Registry {
    /// The folder, if that is what it is.
    fn local(&self) -> Option<&Path> {
        let local = self.local.as_ref()?;
        (self.r#type.as_deref() != Some("oci")).then_some(&local.root)
    }
}

impl Metadata {
    fn place(&self, name: &str, settings: Option<&Oci>) -> Result<OciPlace, String> {
        let said = self.oci.as_ref();
        let host = said.and_then(|oci| oci.registry.as_deref());
        let host = host.or(self.oci_registry.as_deref());
        let prefix = said.and_then(|oci| oci.namespace_prefix.as_deref());
        let prefix = prefix.or(self.oci_namespace_prefix.as_deref());
        let protocol = settings.and_then(|oci| oci.protocol.as_deref());
        let auth = settings.and_then(|oci| oci.auth.as_ref());
        Ok(OciPlace {
            host: host.unwrap_or(name).to_owned(),
            prefix: prefix.unwrap_or_default().to_owned(),
            http: match protocol {
                None => None,
                Some("http") => Some(true),
                Some("https") => Some(false),
                Some(other) => return Err(format!("`{other}` is no protocol of an OCI registry")),
            },
            credentials: auth.map(Auth::credentials).transpose()?,
        })
    }
}

impl Auth {
    fn credentials(&self) -> Result<Credentials, String> {
        let (user, password) = match self {
            Self::Pair { username, password } => (username.clone(), password.clone()),
            Self::Encoded(text) => {
                let bytes = BASE64.decode(text).ok();
                let pair = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                let pair = pair.as_deref().and_then(|pair| pair.split_once(':'));
                let (user, password) = pair.ok_or("`auth` is not `user:password` in base64")?;
                (user.to_owned(), password.to_owned())
            }
        };
        Ok(Credentials { user, password })
    }
}
