//! What `cargo metadata` knows about this workspace: where it lies, and which of its crates are
//! plugins. A crate is a plugin when its manifest says so:
//! `[package.metadata.mlhost] package = "mlhost:validate"`, with `test = true` for one that only
//! the tests use.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cargo_metadata::{CrateType, MetadataCommand, Package};
use serde::Deserialize;

/// The workspace that holds the current directory.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    plugins: Vec<Plugin>,
}

/// A crate that becomes a component.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plugin {
    /// The crate's name for `cargo build -p`.
    pub(crate) crate_name: String,
    /// The path of its `Cargo.toml`.
    pub(crate) manifest: PathBuf,
    /// The package's name in registries: `mlhost:validate`.
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    /// An SPDX expression.
    pub(crate) license: Option<String>,
    pub(crate) authors: Vec<String>,
    /// The address of its source.
    pub(crate) source: Option<String>,
    /// The address of its page.
    pub(crate) homepage: Option<String>,
    /// The revision of its source, where the build was told.
    pub(crate) revision: Option<String>,
    /// Whether only the tests use it.
    pub(crate) test: bool,
}

#[derive(Deserialize)]
struct CrateMetadata {
    mlhost: Option<PluginMetadata>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PluginMetadata {
    package: String,
    #[serde(default)]
    test: bool,
}

impl Workspace {
    /// Asks `cargo metadata`.
    ///
    /// # Errors
    /// When the manifests cannot be read, or one that declares a plugin is wrong.
    pub(crate) fn load() -> Result<Self> {
        let metadata = MetadataCommand::new().no_deps().exec()?;
        let plugins = metadata
            .packages
            .iter()
            .filter_map(|package| plugin(package).transpose());
        let mut plugins = plugins.collect::<Result<Vec<_>>>()?;
        plugins.sort_by(|a, b| a.package.cmp(&b.package));
        refuse_duplicates(&plugins)?;
        Ok(Self {
            root: metadata.workspace_root.into(),
            target: metadata.target_directory.into(),
            plugins,
        })
    }

    /// The directory of the root `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The crates that become components, sorted by package.
    pub(crate) fn plugins(&self) -> &[Plugin] {
        &self.plugins
    }

    /// Where the component of a plugin belongs.
    pub(crate) fn component_path(&self, plugin: &Plugin) -> PathBuf {
        self.component_directory(plugin.test)
            .join(plugin.file_name())
    }

    /// Where components belong: those of the standard packages, or those of the tests.
    pub(crate) fn component_directory(&self, test: bool) -> PathBuf {
        self.target
            .join(if test { "test-plugins" } else { "plugins" })
    }
}

impl Plugin {
    /// `mlhost_validate.wasm` for `mlhost:validate`.
    pub(crate) fn file_name(&self) -> String {
        format!("{}.wasm", self.package.replace(':', "_"))
    }
}

/// The plugin that a crate is, if it is one.
fn plugin(package: &Package) -> Result<Option<Plugin>> {
    let manifest = &package.manifest_path;
    if package.metadata.is_null() {
        return Ok(None);
    }
    let metadata = CrateMetadata::deserialize(&package.metadata)
        .with_context(|| format!("{manifest}: wrong [package.metadata.mlhost]"))?;
    let Some(PluginMetadata {
        package: name,
        test,
    }) = metadata.mlhost
    else {
        return Ok(None);
    };
    if !is_package_name(&name) {
        bail!("{manifest}: `{name}` is no package name; one looks like `mlhost:validate`");
    }
    let is_cdylib = |types: &[CrateType]| types.contains(&CrateType::CDyLib);
    if !package
        .targets
        .iter()
        .any(|target| is_cdylib(&target.crate_types))
    {
        bail!("{manifest}: the plugin {name} needs `[lib] crate-type = [\"cdylib\", \"rlib\"]`");
    }
    Ok(Some(Plugin {
        crate_name: package.name.to_string(),
        manifest: manifest.clone().into(),
        package: name,
        version: package.version.to_string(),
        description: package.description.clone(),
        license: package.license.clone(),
        authors: package.authors.clone(),
        source: package.repository.clone(),
        homepage: package.homepage.clone(),
        revision: env::var("MLHOST_REVISION")
            .ok()
            .filter(|revision| !revision.is_empty()),
        test,
    }))
}

/// Whether this is `namespace:name`, both of lower-case words joined by `-`.
fn is_package_name(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let is_label = |label: &str| label.split('-').all(is_word);
    name.split_once(':')
        .is_some_and(|(namespace, name)| is_label(namespace) && is_label(name))
}

fn refuse_duplicates(plugins: &[Plugin]) -> Result<()> {
    let mut crates = BTreeMap::new();
    for plugin in plugins {
        if let Some(other) = crates.insert(&plugin.package, &plugin.crate_name) {
            let Plugin {
                package,
                crate_name,
                ..
            } = plugin;
            bail!("the crates {other} and {crate_name} both declare the package {package}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(metadata: &serde_json::Value, crate_type: &str) -> Package {
        serde_json::from_value(json!({
            "name": "mlhost-validate", "version": "0.1.0", "id": "path+file:///w#0.1.0",
            "license": "Apache-2.0 OR MIT", "authors": [], "description": "Checks rows",
            "dependencies": [], "features": {}, "manifest_path": "/w/Cargo.toml",
            "edition": "2024", "metadata": metadata,
            "targets": [{
                "name": "mlhost_validate", "kind": [crate_type], "crate_types": [crate_type],
                "required-features": [], "src_path": "/w/src/lib.rs", "edition": "2024",
                "doctest": false, "test": true, "doc": true,
            }],
        }))
        .unwrap()
    }

    #[test]
    fn a_crate_that_declares_a_package_is_a_plugin() {
        let metadata = json!({ "mlhost": { "package": "mlhost:validate" } });
        let plugin = plugin(&package(&metadata, "cdylib")).unwrap().unwrap();
        assert_eq!(plugin.package, "mlhost:validate");
        assert_eq!(plugin.file_name(), "mlhost_validate.wasm");
        assert!(!plugin.test);
    }

    #[test]
    fn other_crates_are_none() {
        assert_eq!(plugin(&package(&json!(null), "cdylib")).unwrap(), None);
        let metadata = json!({ "docs": { "rs": {} } });
        assert_eq!(plugin(&package(&metadata, "lib")).unwrap(), None);
    }

    #[test]
    fn a_plugin_without_a_cdylib_is_refused() {
        let metadata = json!({ "mlhost": { "package": "mlhost:validate", "test": true } });
        let error = plugin(&package(&metadata, "lib")).unwrap_err();
        assert!(
            error.to_string().contains("needs `[lib] crate-type"),
            "{error}"
        );
    }

    #[test]
    fn unknown_keys_are_refused() {
        let metadata = json!({ "mlhost": { "package": "mlhost:validate", "tests": true } });
        let error = plugin(&package(&metadata, "cdylib")).unwrap_err();
        assert!(
            format!("{error:#}").contains("unknown field `tests`"),
            "{error:#}"
        );
    }

    #[test]
    fn package_names() {
        for good in ["mlhost:validate", "a:b", "my-team:one-hot2"] {
            assert!(is_package_name(good), "{good}");
        }
        for bad in [
            "validate", ":b", "a:", "a:b:c", "A:b", "a:-b", "a:b-", "a:2b", "a:../b",
        ] {
            assert!(!is_package_name(bad), "{bad}");
        }
    }

    #[test]
    fn one_package_comes_from_one_crate() {
        let metadata = json!({ "mlhost": { "package": "mlhost:validate" } });
        let one = plugin(&package(&metadata, "cdylib")).unwrap().unwrap();
        let two = Plugin {
            crate_name: "copy".into(),
            ..one.clone()
        };
        let error = refuse_duplicates(&[one, two]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the crates mlhost-validate and copy both declare the package mlhost:validate"
        );
    }
}
