//! Reads `[registries]` of the user's configuration: where packages come from and are published to.

use crate::diagnostic::Diagnostics;
use crate::node::Entry;
use crate::reader::{self, Section};
use crate::reference::is_word;

const KEYS: [&str; 6] = [
    "path",
    "oci",
    "http",
    "namespaces",
    "require_signature",
    "keys",
];
const PLACE: &str =
    "write `path = \"/srv/plugins\"` for a folder, or `oci = \"registry.example.com/plugins\"`";

/// The namespaces of a registry that serves all that no other one does.
pub const ANY_NAMESPACE: &str = "*";

/// A registry of packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrySettings {
    /// What commands call it.
    pub name: String,
    /// Where it is.
    pub place: RegistryPlace,
    /// The namespaces of which it has the packages; [`ANY_NAMESPACE`] stands for all others.
    pub namespaces: Vec<String>,
    /// Whether a package without a signature by one of `keys` is refused.
    pub require_signature: bool,
    /// The files of the public keys that are trusted.
    pub keys: Vec<String>,
}

/// Where a registry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryPlace {
    /// A folder with a file `<namespace>/<name>/<version>.wasm` for each version.
    Directory(String),
    /// An OCI registry, and what the names of its repositories begin with.
    Oci {
        /// `registry.example.com/plugins`: a host with an optional port and path.
        address: String,
        /// Whether it is spoken to without encryption; if nobody says, on this machine alone.
        http: Option<bool>,
    },
}

/// All registries, in the order of the file.
pub(crate) fn read(entry: Option<&Entry>, diagnostics: &mut Diagnostics) -> Vec<RegistrySettings> {
    let entries = entry.and_then(|entry| reader::table(&entry.node, "`registries`", diagnostics));
    let mut registries: Vec<RegistrySettings> = vec![];
    for entry in entries.unwrap_or_default() {
        let Some(registry) = registry(entry, diagnostics) else {
            continue;
        };
        let taken = registries.iter().find_map(|other| {
            let namespaces = registry.namespaces.iter();
            let mut shared = namespaces.filter(|namespace| other.namespaces.contains(namespace));
            Some((&other.name, shared.next()?))
        });
        if let Some((other, namespace)) = taken {
            let message = format!(
                "registry `{}` has the namespace `{namespace}`, and so has `{other}`",
                registry.name
            );
            let hint = "packages of one namespace come from one registry".to_owned();
            reader::report(&entry.node, message, Some(hint), diagnostics);
        }
        registries.push(registry);
    }
    registries
}

fn registry(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<RegistrySettings> {
    let title = format!("registry `{}`", entry.name.escape_debug());
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    let text = |key: &str, diagnostics: &mut Diagnostics| {
        let entry = section.optional(key)?;
        reader::string(&entry.node, &section.key(key), diagnostics)
    };
    let boolean = |key: &str, diagnostics: &mut Diagnostics| {
        let entry = section.optional(key)?;
        reader::boolean(&entry.node, &section.key(key), diagnostics)
    };
    let texts = |key: &str, diagnostics: &mut Diagnostics| {
        let entry = section.optional(key)?;
        reader::strings(&entry.node, &section.key(key), diagnostics)
    };
    let http = boolean("http", diagnostics);
    let place = match (section.optional("path"), section.optional("oci")) {
        (Some(_), Some(oci)) => {
            let message = format!("{title} has both `path` and `oci`");
            reader::report(&oci.node, message, Some(PLACE.to_owned()), diagnostics);
            None
        }
        (Some(_), None) => {
            if let Some(http) = section.optional("http") {
                let message = format!("`http` in {title}, which is a folder");
                let hint = "`http` is for registries with `oci`".to_owned();
                reader::report(&http.node, message, Some(hint), diagnostics);
            }
            text("path", diagnostics).map(|path| RegistryPlace::Directory(path.to_owned()))
        }
        (None, Some(oci)) => text("oci", diagnostics).and_then(|address| {
            if is_address(address) {
                let address = address.to_owned();
                return Some(RegistryPlace::Oci { address, http });
            }
            let message = format!("`{}` is no OCI registry", address.escape_debug());
            let hint = "write a host with an optional port and path, such as \
                        \"registry.example.com/plugins\"";
            reader::report(&oci.node, message, Some(hint.to_owned()), diagnostics);
            None
        }),
        (None, None) => {
            section.required("path", PLACE, diagnostics);
            None
        }
    };
    let mut namespaces = vec![];
    for (namespace, node) in texts("namespaces", diagnostics).unwrap_or_default() {
        if namespace != ANY_NAMESPACE && !is_word(namespace) {
            let message = format!("`{}` is no namespace", namespace.escape_debug());
            let hint = "a namespace is lower-case letters, digits and '-' with a letter first; \
                        \"*\" stands for all that no other registry has";
            reader::report(node, message, Some(hint.to_owned()), diagnostics);
        }
        namespaces.push(namespace.to_owned());
    }
    let keys = texts("keys", diagnostics).unwrap_or_default();
    let keys: Vec<_> = keys.into_iter().map(|(key, _)| key.to_owned()).collect();
    let require_signature = boolean("require_signature", diagnostics).unwrap_or_default();
    if let Some(entry) = section.optional("require_signature")
        && require_signature
        && keys.is_empty()
    {
        let message = format!("{title} requires signatures, and trusts no key");
        let hint = "add `keys = [\"team.pub\"]`, the files of public keys".to_owned();
        reader::report(&entry.node, message, Some(hint), diagnostics);
    }
    Some(RegistrySettings {
        name: entry.name.clone(),
        place: place?,
        namespaces,
        require_signature,
        keys,
    })
}

/// A host with an optional port, and words of a repository's name behind it.
fn is_address(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
            })
    };
    let (host, path) = match text.split_once('/') {
        Some((host, path)) => (host, Some(path)),
        None => (text, None),
    };
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    is_host && path.is_none_or(|path| path.split('/').all(is_part))
}
