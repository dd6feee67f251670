//! Reads the user's configuration, a TOML file that is checked like a pipeline: every mistake is
//! found at once, at its line and column.

use crate::diagnostic::Diagnostics;
use crate::grant::UrlGrant;
use crate::limit::LimitSet;
use crate::limits;
use crate::node::Entry;
use crate::reader::{self, Section};
use crate::registries::{self, RegistrySettings};
use crate::retention::{self, Retention};
use crate::source::Source;
use crate::syntax;

const KEYS: [&str; 4] = ["retention", "grants", "limits", "registries"];

/// What the user wants of every pipeline and every store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// How much is kept that no model needs.
    pub retention: Retention,
    /// Where pipelines may send something.
    pub granted_urls: Vec<UrlGrant>,
    /// What plugins may use, where neither pipeline nor step says.
    pub limits: LimitSet,
    /// Where packages come from.
    pub registries: Vec<RegistrySettings>,
}

/// Reads a configuration.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn parse_configuration(source: Source) -> Result<Configuration, Diagnostics> {
    let mut diagnostics = Diagnostics::new(source.clone());
    let Some(entries) = syntax::parse(&source, 0, &mut diagnostics) else {
        return Err(diagnostics.sorted());
    };
    let title = "the configuration";
    let root = Section::new(&entries, title, &(0..0), &KEYS, &mut diagnostics);
    let entry = root.optional("retention");
    let retention = retention::read(entry, &retention::OF_CONFIGURATION, &mut diagnostics);
    let grants = root.optional("grants");
    let granted_urls = grants.map_or_else(Vec::new, |grants| read_urls(grants, &mut diagnostics));
    let limits = match root.optional("limits") {
        Some(entry) => limits::read(entry, "`limits`", false, &mut diagnostics),
        None => LimitSet::default(),
    };
    let registries = registries::read(root.optional("registries"), &mut diagnostics);
    diagnostics.into_result(Configuration {
        retention,
        granted_urls,
        limits,
        registries,
    })
}

/// `[grants]`: the addresses under `urls`.
fn read_urls(entry: &Entry, diagnostics: &mut Diagnostics) -> Vec<UrlGrant> {
    let section = Section::open(entry, "`grants`", &["urls"], diagnostics);
    let urls = section.and_then(|section| {
        let urls = section.optional("urls")?;
        reader::strings(&urls.node, &section.key("urls"), diagnostics)
    });
    let mut granted = Vec::new();
    for (text, node) in urls.unwrap_or_default() {
        match text.parse() {
            Ok(grant) => granted.push(grant),
            Err(error) => {
                let message = format!("`{}` {error}", text.escape_debug());
                let hint =
                    "write the beginning of addresses, such as \"https://hooks.example.com/\"";
                reader::report(node, message, Some(hint.to_owned()), diagnostics);
            }
        }
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registries::RegistryPlace;

    fn parsed(text: &str) -> Result<Configuration, String> {
        let source = Source::new("config.toml", text);
        parse_configuration(source).map_err(|diagnostics| diagnostics.to_string())
    }

    #[test]
    fn all_of_it_is_read() {
        let text = "[retention]\nkeep_runs = 5\ncache_days = 0\ncache_bytes = \"2GiB\"\n";
        let retention = Retention {
            keep_runs: Some(5),
            cache_days: Some(0),
            cache_bytes: Some(2 << 30),
        };
        let configuration = Configuration {
            retention,
            ..Configuration::default()
        };
        assert_eq!(parsed(text), Ok(configuration));
        let granted = parsed("[grants]\nurls = [\"https://hooks.example.com/a\"]\n");
        let granted = granted.map(|configuration| configuration.granted_urls.len());
        assert_eq!(granted, Ok(1));
        assert_eq!(parsed(""), Ok(Configuration::default()));
    }

    #[test]
    fn registries_are_folders_or_speak_oci() {
        let text = "[registries.team]\npath = \"plugins\"\nnamespaces = [\"acme\"]\n\
                    [registries.hub]\noci = \"localhost:5000/plugins\"\nnamespaces = [\"*\"]\n\
                    require_signature = true\nkeys = [\"hub.pub\"]\n";
        let registries = parsed(text).unwrap().registries;
        assert_eq!(registries[0].name, "team");
        assert_eq!(
            registries[0].place,
            RegistryPlace::Directory("plugins".to_owned())
        );
        assert_eq!(
            registries[1],
            RegistrySettings {
                name: "hub".to_owned(),
                place: RegistryPlace::Oci {
                    address: "localhost:5000/plugins".to_owned(),
                    http: None,
                },
                namespaces: vec!["*".to_owned()],
                require_signature: true,
                keys: vec!["hub.pub".to_owned()],
            }
        );
    }

    #[test]
    fn every_mistake_in_a_registry_is_told() {
        let text = "[registries.a]\n\n[registries.b]\npath = \"x\"\noci = \"y\"\n\n\
                    [registries.c]\noci = \"https://registry.example.com\"\n\n\
                    [registries.d]\npath = \"x\"\nhttp = true\nnamespaces = [\"Acme\", \"one\"]\n\n\
                    [registries.e]\noci = \"registry.example.com\"\nnamespaces = [\"one\"]\n\
                    require_signature = true\ntoken = \"x\"\n";
        insta::assert_snapshot!(parsed(text).unwrap_err());
    }

    #[test]
    fn every_mistake_is_told_at_its_place() {
        let text = "retentoin = 1\n\n[retention]\nkeep_runs = -1\ncache_days = 4294967296\n\
                    cache_bytes = \"10 GB\"\nkeep = 2\n\n[grants]\nurl = 1\nurls = [\"hooks.example.com\", 2]\n";
        insta::assert_snapshot!(parsed(text).unwrap_err());
    }

    #[test]
    fn what_is_no_toml_is_told() {
        assert!(parsed("[retention").unwrap_err().contains("config.toml:1:"));
    }
}
