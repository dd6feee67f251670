//! Embeds what a new project is made of: the templates of every language, the SDKs, the contract,
//! and, for Rust, the versions of everything that the SDK needs.
//!
//! A project has to build far from this repository. So the crates of the Rust SDK become a
//! workspace of their own below `sdk/`, with the versions that this workspace has and an excerpt of
//! its `Cargo.lock`.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Names that are never part of an SDK: templates are projects, and the rest is the repository's.
const LEFT_OUT: [&str; 7] = [
    "template",
    "examples",
    "tests",
    "target",
    "node_modules",
    "__pycache__",
    "README.md",
];

/// The folder of the templates' files that all languages share.
const SHARED: &str = "any";

/// The crates of the Rust SDK, by their folders.
const CRATES: [&str; 2] = ["arrow", "rust"];

fn main() -> Result<()> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let root = root.canonicalize()?;
    let sdk = root.join("plugins/sdk");
    println!("cargo::rerun-if-changed=build.rs");

    let mut templates = Files::default();
    let mut sdks = Files::default();
    sdks.add_folder(&root.join("wit"), "wit", |_| true)?;
    // What a project has in any language: its data, its pipeline, its examples.
    templates.add_folder(&sdk.join("template"), SHARED, |_| true)?;
    for lang in ["rust", "python", "js", "c"] {
        let folder = sdk.join(lang);
        templates.add_folder(&folder.join("template"), lang, |_| true)?;
        if !CRATES.contains(&lang) {
            sdks.add_folder(&folder, lang, |name| !LEFT_OUT.contains(&name))?;
        }
    }
    let workspace = read(&root.join("Cargo.toml"))?;
    let mut manifests = Vec::new();
    for name in CRATES {
        let is_source = |file: &str| !LEFT_OUT.contains(&file) && file != "Cargo.toml";
        sdks.add_folder(&sdk.join(name), name, is_source)?;
        let mut manifest = read(&sdk.join(name).join("Cargo.toml"))?;
        manifest.remove("dev-dependencies");
        sdks.add_text(&format!("{name}/Cargo.toml"), &toml::to_string(&manifest)?);
        manifests.push(manifest);
    }
    sdks.add_text(
        "Cargo.toml",
        &toml::to_string(&sdk_workspace(&workspace, &manifests))?,
    );
    sdks.add_text(
        "Cargo.lock",
        &excerpt(&read(&root.join("Cargo.lock"))?, &manifests)?,
    );
    sdks.move_contract("rust/build.rs")?;
    sdks.move_contract("rust/src/wasm/bindings.rs")?;
    sdks.replace("rust/src/lib.rs", README, "")?;

    let source = format!(
        "const SHARED: &str = {SHARED:?};\n{}{}",
        templates.listed("TEMPLATES"),
        sdks.listed("SDK")
    );
    fs::write(
        PathBuf::from(std::env::var("OUT_DIR")?).join("files.rs"),
        source,
    )?;
    Ok(())
}

/// What tests the README of this repository, which a project does not have.
const README: &str = "/// The README's plugin compiles.
#[cfg(doctest)]
#[doc = include_str!(\"../../../../README.md\")]
pub struct Readme;

";

/// Files of a project, by their paths inside it.
#[derive(Default)]
struct Files(Vec<(String, Content)>);

enum Content {
    /// As it lies in the repository.
    File(PathBuf),
    Text(String),
}

impl Files {
    /// Adds the files below a folder whose own name and folders' names are `wanted`; nothing, if it
    /// is not there.
    fn add_folder(
        &mut self,
        folder: &Path,
        name: &str,
        wanted: impl Fn(&str) -> bool + Copy,
    ) -> Result<()> {
        println!("cargo::rerun-if-changed={}", folder.display());
        let Ok(entries) = fs::read_dir(folder) else {
            return Ok(());
        };
        let mut paths: Vec<_> = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()?;
        paths.sort();
        for path in paths {
            let own = path.file_name().unwrap_or_default().to_string_lossy();
            let inside = format!("{name}/{own}");
            // Templates may have files such as `.gitignore`.
            if !wanted(&own) || own == "__pycache__" {
                continue;
            }
            if path.is_dir() {
                self.add_folder(&path, &inside, wanted)?;
            } else {
                self.0.push((inside, Content::File(path)));
            }
        }
        Ok(())
    }

    fn add_text(&mut self, name: &str, text: &str) {
        self.0
            .push((name.to_owned(), Content::Text(text.to_owned())));
    }

    /// Replaces a text that has to be there.
    fn replace(&mut self, name: &str, from: &str, to: &str) -> Result<()> {
        let file = self.0.iter_mut().find(|(path, _)| path == name);
        let (_, content) = file.ok_or_else(|| format!("there is no {name}"))?;
        let Content::File(path) = content else {
            return Err(format!("{name} is no file").into());
        };
        let text = fs::read_to_string(path)?;
        if !text.contains(from) {
            return Err(format!("{name} does not hold {from:?}").into());
        }
        *content = Content::Text(text.replace(from, to));
        Ok(())
    }

    /// In a project the contract lies beside the SDK.
    fn move_contract(&mut self, name: &str) -> Result<()> {
        self.replace(name, "../../../wit/", "../wit/")
    }

    fn listed(&self, name: &str) -> String {
        let mut source = format!("const {name}: &[(&str, &[u8])] = &[\n");
        for (path, content) in &self.0 {
            let _ = match content {
                Content::File(file) => {
                    println!("cargo::rerun-if-changed={}", file.display());
                    writeln!(source, "    ({path:?}, include_bytes!({file:?})),")
                }
                Content::Text(text) => writeln!(source, "    ({path:?}, {text:?}.as_bytes()),"),
            };
        }
        source.push_str("];\n");
        source
    }
}

fn read(path: &Path) -> Result<Table> {
    println!("cargo::rerun-if-changed={}", path.display());
    Ok(fs::read_to_string(path)?.parse()?)
}

/// A workspace for the crates of the SDK, with what they inherit.
fn sdk_workspace(whole: &Table, manifests: &[Table]) -> Table {
    let workspace = &whole["workspace"];
    let used: BTreeSet<_> = manifests.iter().flat_map(dependencies).collect();
    let all = workspace["dependencies"].as_table().into_iter().flatten();
    let dependencies = all.filter(|(name, _)| used.contains(name.as_str()));
    let dependencies = dependencies.map(|(name, value)| {
        let mut value = value.clone();
        let path = value.get("path").and_then(Value::as_str);
        if let Some(folder) = path.and_then(|path| path.strip_prefix("plugins/sdk/")) {
            value["path"] = Value::String(folder.to_owned());
        }
        (name.clone(), value)
    });
    let mut sdk = Table::new();
    sdk.insert("resolver".into(), workspace["resolver"].clone());
    let members = CRATES.map(|name| Value::String(name.to_owned()));
    sdk.insert("members".into(), Value::Array(members.to_vec()));
    sdk.insert("package".into(), workspace["package"].clone());
    sdk.insert("dependencies".into(), Value::Table(dependencies.collect()));
    sdk.insert("lints".into(), workspace["lints"].clone());
    Table::from_iter([("workspace".to_owned(), Value::Table(sdk))])
}

/// The names under which a manifest has dependencies, for any target.
fn dependencies(manifest: &Table) -> Vec<&str> {
    let mut tables = vec![manifest];
    let targets = manifest.get("target").and_then(Value::as_table);
    tables.extend(
        targets
            .into_iter()
            .flat_map(|all| all.values().filter_map(Value::as_table)),
    );
    let kinds = ["dependencies", "build-dependencies"];
    let pairs = tables
        .into_iter()
        .flat_map(|table| kinds.map(|kind| table.get(kind)));
    let found = pairs.flatten().filter_map(Value::as_table);
    found
        .flat_map(|all| all.keys().map(String::as_str))
        .collect()
}

/// The entries of a `Cargo.lock` for the crates of the SDK and all that they need.
fn excerpt(lock: &Table, manifests: &[Table]) -> Result<String> {
    let packages = lock["package"]
        .as_array()
        .ok_or("a lock without packages")?;
    let text =
        |package: &Value, key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
    let named = |wanted: &str| {
        let mut words = wanted.split(' ');
        let (name, version) = (words.next(), words.next());
        packages.iter().position(|package| {
            text(package, "name").as_deref() == name
                && version
                    .is_none_or(|version| text(package, "version").as_deref() == Some(version))
        })
    };
    let is_used = |own: &str, name: &str| {
        let manifest = manifests
            .iter()
            .find(|manifest| manifest["package"]["name"].as_str() == Some(own));
        manifest.is_none_or(|manifest| {
            // Two versions of one crate go by names of their own in the manifest.
            let used = dependencies(manifest);
            used.contains(&name)
                || used
                    .iter()
                    .any(|used| used.trim_end_matches(|c: char| c.is_ascii_digit()) == name)
        })
    };
    let mut open: Vec<_> = manifests
        .iter()
        .filter_map(|manifest| named(manifest["package"]["name"].as_str()?))
        .collect();
    let mut kept = std::collections::BTreeMap::new();
    while let Some(index) = open.pop() {
        if kept.contains_key(&index) {
            continue;
        }
        let mut package = packages[index].clone();
        let own = text(&package, "name").unwrap_or_default();
        if let Some(all) = package
            .get_mut("dependencies")
            .and_then(Value::as_array_mut)
        {
            all.retain(|one| {
                is_used(
                    &own,
                    one.as_str()
                        .unwrap_or_default()
                        .split(' ')
                        .next()
                        .unwrap_or_default(),
                )
            });
            open.extend(all.iter().filter_map(|one| named(one.as_str()?)));
        }
        kept.insert(index, package);
    }
    let mut excerpt = Table::new();
    excerpt.insert("version".into(), lock["version"].clone());
    excerpt.insert("package".into(), Value::Array(kept.into_values().collect()));
    Ok(toml::to_string(&excerpt)?)
}
