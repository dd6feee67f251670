//! Builds every plugin of the workspace: a `cargo build` for WebAssembly, then a component of the
//! core module. What did not change is not made again.

use std::ffi::OsString;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Artifact, Message};
use mlhost_toolchain::{Metadata, Toolchain, command, digest, encode, write_if_changed};

use crate::workspace::{Plugin, Workspace};

/// A component that was built.
pub(crate) struct Built<'a> {
    plugin: &'a Plugin,
    /// Bytes.
    size: usize,
    /// SHA-256, hexadecimal.
    digest: String,
}

/// Builds every plugin, or those of these packages, and prints a table of them on stdout.
///
/// # Errors
/// As [`build`], and where there is no such package.
pub(crate) fn build_and_list(workspace: &Workspace, packages: &[String]) -> Result<()> {
    let all = workspace.plugins();
    if let Some(unknown) = packages
        .iter()
        .find(|name| !all.iter().any(|plugin| plugin.package == **name))
    {
        bail!("there is no plugin `{unknown}`");
    }
    let is_wanted = |plugin: &&Plugin| packages.is_empty() || packages.contains(&plugin.package);
    let built = build_some(workspace, &all.iter().filter(is_wanted).collect::<Vec<_>>())?;
    print!("{}", table(&built));
    Ok(())
}

/// Builds every plugin.
///
/// # Errors
/// When there is no tool chain, a plugin does not compile, or it does not fit its world.
pub(crate) fn build(workspace: &Workspace) -> Result<Vec<Built<'_>>> {
    build_some(workspace, &workspace.plugins().iter().collect::<Vec<_>>())
}

fn build_some<'a>(workspace: &'a Workspace, plugins: &[&'a Plugin]) -> Result<Vec<Built<'a>>> {
    if !plugins.is_empty() {
        let compiler = Compiler::new(workspace)?;
        let stamps = Stamps::new(workspace)?;
        for plugin in plugins {
            let module = compiler.core_module(plugin)?;
            make_component(workspace, &stamps, plugin, &module)
                .with_context(|| format!("could not make a component of {}", plugin.package))?;
        }
    }
    remove_strangers(workspace)?;
    plugins
        .iter()
        .map(|plugin| built(workspace, plugin))
        .collect()
}

/// Compiles plugins to core modules.
///
/// Each has a `cargo build` of its own: in a common one, the features that one plugin wants of a
/// crate would be compiled into all, and a plugin's digest would depend on its neighbours.
struct Compiler<'a> {
    toolchain: Toolchain,
    flags: OsString,
    root: &'a Path,
    target: PathBuf,
}

impl<'a> Compiler<'a> {
    fn new(workspace: &'a Workspace) -> Result<Self> {
        let toolchain = Toolchain::find_or_fetch(workspace.target())?;
        let root = workspace.root();
        let target = workspace.target().join("wasm");
        let names = [
            (root.to_path_buf(), "/mlhost".to_owned()),
            (target.clone(), "/mlhost/target/wasm".to_owned()),
        ];
        let flags = toolchain.flags(&names)?;
        Ok(Self {
            toolchain,
            flags,
            root,
            target,
        })
    }

    /// The path of a plugin's core module.
    fn core_module(&self, plugin: &Plugin) -> Result<PathBuf> {
        let mut build = self
            .toolchain
            .cargo_build(self.root, &self.target, &self.flags);
        build.args(["--profile", "plugin", "--lib"]);
        build.args(["--package", &plugin.crate_name]);
        eprintln!("$ {}", command::line(&build));
        build.arg("--message-format=json-render-diagnostics");
        let mut child = build
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start cargo")?;
        let stdout = child.stdout.take().context("cargo has no stdout")?;
        let mut module = None;
        for message in Message::parse_stream(BufReader::new(stdout)) {
            if let Message::CompilerArtifact(artifact) = message?
                && artifact.manifest_path == plugin.manifest
            {
                module = wasm_file(&artifact);
            }
        }
        let status = child.wait()?;
        if !status.success() {
            bail!("{} does not compile: {status}", plugin.crate_name);
        }
        module.with_context(|| format!("cargo made no WebAssembly of {}", plugin.crate_name))
    }
}

fn wasm_file(artifact: &Artifact) -> Option<PathBuf> {
    let mut files = artifact.filenames.iter();
    let file = files.find(|file| file.extension() == Some("wasm"))?;
    Some(file.into())
}

fn make_component(
    workspace: &Workspace,
    stamps: &Stamps,
    plugin: &Plugin,
    module: &Path,
) -> Result<()> {
    let module = fs::read(module)?;
    let path = workspace.component_path(plugin);
    let key = key(&module, plugin, &stamps.encoder);
    if stamps.is_current(plugin, &key, &path) {
        return Ok(());
    }
    let component = encode(&module, &metadata(plugin))?;
    write_if_changed(&path, &component)?;
    stamps.keep(plugin, &key, &component)
}

/// What a component is made from, as one digest: the core module, what goes into the metadata,
/// and `encoder`, which stands for the program that does it.
fn key(module: &[u8], plugin: &Plugin, encoder: &str) -> String {
    digest(format!("{} {encoder} {plugin:?}", digest(module)).as_bytes())
}

fn metadata(plugin: &Plugin) -> Metadata {
    Metadata {
        name: plugin.package.clone(),
        version: plugin.version.clone(),
        description: plugin.description.clone(),
        licenses: plugin.license.clone(),
        authors: plugin.authors.clone(),
        source: plugin.source.clone(),
        homepage: plugin.homepage.clone(),
        revision: plugin.revision.clone(),
    }
}

/// Removes components that no crate makes any more, so that nothing embeds them.
fn remove_strangers(workspace: &Workspace) -> Result<()> {
    for test in [false, true] {
        let directory = workspace.component_directory(test);
        let Ok(entries) = fs::read_dir(&directory) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let plugins = workspace.plugins().iter();
            let is_made = plugins
                .map(|plugin| workspace.component_path(plugin))
                .any(|p| p == path);
            if !is_made
                && path
                    .extension()
                    .is_some_and(|extension| extension == "wasm")
            {
                eprintln!("removing {}, which no crate makes", path.display());
                fs::remove_file(&path)
                    .with_context(|| format!("could not remove {}", path.display()))?;
            }
        }
    }
    Ok(())
}

fn built<'a>(workspace: &Workspace, plugin: &'a Plugin) -> Result<Built<'a>> {
    let path = workspace.component_path(plugin);
    let component =
        fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
    let digest = digest(&component);
    Ok(Built {
        plugin,
        size: component.len(),
        digest,
    })
}

/// What each component was made from, in a file per plugin: `<key> <digest of the component>`.
struct Stamps {
    directory: PathBuf,
    /// Stands for this program, with the encoder in it.
    encoder: String,
}

impl Stamps {
    fn new(workspace: &Workspace) -> Result<Self> {
        let program = fs::metadata(std::env::current_exe()?)?;
        let age = program.modified()?.duration_since(UNIX_EPOCH)?;
        Ok(Self {
            directory: workspace.target().join("wasm").join("components"),
            encoder: format!("{}-{}", program.len(), age.as_nanos()),
        })
    }

    /// Whether the file holds the component that was made from the same.
    fn is_current(&self, plugin: &Plugin, key: &str, path: &Path) -> bool {
        let (Ok(stamp), Ok(present)) = (fs::read_to_string(self.path(plugin)), fs::read(path))
        else {
            return false;
        };
        stamp == format!("{key} {}", digest(&present))
    }

    fn keep(&self, plugin: &Plugin, key: &str, component: &[u8]) -> Result<()> {
        let stamp = format!("{key} {}", digest(component));
        Ok(write_if_changed(&self.path(plugin), stamp.as_bytes())?)
    }

    fn path(&self, plugin: &Plugin) -> PathBuf {
        self.directory
            .join(plugin.file_name())
            .with_extension("stamp")
    }
}

/// A line per component: package, version, size and the start of the digest.
fn table(built: &[Built]) -> String {
    let package = |one: &Built| one.plugin.package.clone();
    let width = built
        .iter()
        .map(|one| package(one).len())
        .max()
        .unwrap_or(0)
        .max(7);
    let mut table = format!(
        "{:width$}  {:9}  {:>10}  digest\n",
        "package", "version", "size"
    );
    for one in built {
        let size = format!("{:.1} KB", one.size as f64 / 1000.0);
        let digest = one.digest.get(..16).unwrap_or(&one.digest);
        let (package, version) = (package(one), &one.plugin.version);
        table.push_str(&format!(
            "{package:width$}  {version:9}  {size:>10}  sha256:{digest}\n"
        ));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugin() -> Plugin {
        Plugin {
            crate_name: "mlhost-validate".into(),
            manifest: "/w/Cargo.toml".into(),
            package: "mlhost:validate".into(),
            version: "0.1.0".into(),
            description: None,
            license: None,
            authors: vec![],
            source: None,
            homepage: None,
            revision: None,
            test: false,
        }
    }

    #[test]
    fn a_table_of_components() {
        let plugin = plugin();
        let digest = "0123456789abcdef".repeat(4);
        let size = 123_456;
        let table = table(&[Built {
            plugin: &plugin,
            size,
            digest,
        }]);
        let lines = [
            "package          version          size  digest",
            "mlhost:validate  0.1.0        123.5 KB  sha256:0123456789abcdef",
            "",
        ];
        assert_eq!(table, lines.join("\n"));
    }

    #[test]
    fn the_key_covers_everything_that_goes_in() {
        let base = key(b"module", &plugin(), "1");
        assert_eq!(base, key(b"module", &plugin(), "1"));
        assert_ne!(base, key(b"other", &plugin(), "1"));
        assert_ne!(base, key(b"module", &plugin(), "2"));
        let renamed = Plugin {
            version: "0.2.0".into(),
            ..plugin()
        };
        assert_ne!(base, key(b"module", &renamed, "1"));
    }

    #[test]
    fn a_component_is_current_until_it_or_its_origin_changes() {
        let directory = tempfile::tempdir().unwrap();
        let stamps = Stamps {
            directory: directory.path().join("stamps"),
            encoder: "1".into(),
        };
        let path = directory.path().join("mlhost_validate.wasm");
        let plugin = plugin();
        assert!(!stamps.is_current(&plugin, "key", &path));
        stamps.keep(&plugin, "key", b"component").unwrap();
        assert!(!stamps.is_current(&plugin, "key", &path));
        fs::write(&path, b"component").unwrap();
        assert!(stamps.is_current(&plugin, "key", &path));
        assert!(!stamps.is_current(&plugin, "another key", &path));
        fs::write(&path, b"tampered").unwrap();
        assert!(!stamps.is_current(&plugin, "key", &path));
    }
}
