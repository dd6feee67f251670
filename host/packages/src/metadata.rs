//! What a component says of itself in its metadata and its interfaces: read from its bytes, before
//! anything of it is compiled or run.

use mlhost_sandbox::{CONTRACT, Package};
use semver::Version;
use serde::Serialize;
use wasmparser::{Parser, Payload};

use crate::{Error, Result};

/// The interfaces of the contract begin with this.
const CONTRACT_PACKAGE: &str = "mlhost:plugin/";

/// What a component says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// Its metadata sections.
    #[serde(flatten)]
    pub package: Package,
    /// The version of the contract that it needs; nothing for what is no plugin.
    pub contract: Option<String>,
    /// The interfaces that it imports, `mlhost:plugin/log@0.1.0` for one.
    pub imports: Vec<String>,
    /// The interfaces that it exports.
    pub exports: Vec<String>,
    /// `sha256:<hex>` of its bytes.
    pub digest: String,
    /// How many there are.
    pub bytes: u64,
}

impl Metadata {
    /// Reads a component.
    ///
    /// # Errors
    /// [`Error::NoComponent`] when the bytes are none.
    pub fn read(component: &[u8]) -> Result<Self> {
        if !Parser::is_component(component) {
            return Err(Error::NoComponent {
                reason: "it is not a WebAssembly component".to_owned(),
            });
        }
        let (imports, exports) = interfaces(component).map_err(|error| Error::NoComponent {
            reason: format!("it is damaged: {error}"),
        })?;
        let contract = exports.iter().find_map(|export| {
            let (_, version) = export.strip_prefix(CONTRACT_PACKAGE)?.split_once('@')?;
            Some(version.to_owned())
        });
        Ok(Self {
            package: Package::of(component),
            contract,
            imports,
            exports,
            digest: mlhost_sandbox::digest(component),
            bytes: component.len() as u64,
        })
    }

    /// Refuses a component that needs another contract than this host has.
    ///
    /// # Errors
    /// [`Error::OtherContract`], which names both.
    pub fn check_contract(&self) -> Result<()> {
        let Some(needed) = &self.contract else {
            // It is no plugin, which the sandbox tells.
            return Ok(());
        };
        if is_served(needed) {
            return Ok(());
        }
        Err(Error::OtherContract {
            plugin: self.label(),
            needed: needed.clone(),
        })
    }

    /// What it is called where it is named in messages.
    pub(crate) fn label(&self) -> String {
        let name = self.package.name.as_deref().unwrap_or("the component");
        match &self.package.version {
            Some(version) => format!("{name}@{version}"),
            None => name.to_owned(),
        }
    }
}

/// Whether this host serves what was built for that version of the contract: the same one, or an
/// earlier one that this one is compatible with.
fn is_served(needed: &str) -> bool {
    let Ok(here) = Version::parse(CONTRACT) else {
        return needed == CONTRACT;
    };
    Version::parse(needed).is_ok_and(|needed| is_compatible(&needed, &here) && needed <= here)
}

/// Whether two versions promise to be compatible, by the rules of cargo: they have the same major
/// version, or the same minor one where the major one is 0.
pub(crate) fn is_compatible(one: &Version, other: &Version) -> bool {
    let significant = |version: &Version| match (version.major, version.minor) {
        (0, 0) => (0, 0, version.patch),
        (0, minor) => (0, minor, 0),
        (major, _) => (major, 0, 0),
    };
    significant(one) == significant(other)
}

/// Imports and exports of the outermost component.
fn interfaces(component: &[u8]) -> wasmparser::Result<(Vec<String>, Vec<String>)> {
    let (mut imports, mut exports) = (vec![], vec![]);
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

/// What an imported interface lets a plugin do, in words.
pub fn import_in_words(import: &str) -> &'static str {
    let name = import.split('@').next().unwrap_or(import);
    if let Some(interface) = name.strip_prefix(CONTRACT_PACKAGE) {
        return match interface {
            "log" => "writes messages to the log of its step",
            "progress" => "says how far it has come",
            "metric" => "tells numbers that change while it trains",
            "output" => "hands on the rows that it makes",
            "data" => "reads the rows that it is given, as often as it likes",
            "arrow" | "types" => "only types, nothing to call",
            _ => "part of the contract with plugins",
        };
    }
    let Some(interface) = name.strip_prefix("wasi:") else {
        return "nothing that a host has";
    };
    match interface.split('/').next().unwrap_or(interface) {
        "cli" => "arguments, environment and standard streams of a program",
        "clocks" => "the time",
        "filesystem" => "files",
        "http" => "requests to web servers",
        "io" => "streams, and waiting for them",
        "random" => "random numbers",
        "sockets" => "network connections",
        _ => "a system interface",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatible_versions_are_those_of_cargo() {
        let are =
            |one: &str, other: &str| is_compatible(&one.parse().unwrap(), &other.parse().unwrap());
        assert!(are("1.2.3", "1.9.0"));
        assert!(!are("1.2.3", "2.0.0"));
        assert!(are("0.2.3", "0.2.9"));
        assert!(!are("0.2.3", "0.3.0"));
        assert!(!are("0.0.3", "0.0.4"));
    }

    #[test]
    fn a_later_contract_is_not_served() {
        assert!(is_served(CONTRACT));
        for other in ["0.1.999", "0.2.0", "1.0.0", "text"] {
            assert!(!is_served(other), "{other}");
        }
    }
}
