//! Packages on their way from one project to another: pinned, signed, checked, and kept when the
//! registry has gone.

mod access;
mod compatibility;
mod directory;
mod lock;
mod oci;
mod races;
mod registry;
mod signatures;

use std::{fs, path::PathBuf, process::Command};

use wasm_metadata::{AddMetadata, AddMetadataField, Licenses, Revision, Source, Version};

use crate::support::{Ended, Scene, filters, finish, root, test_plugin};

/// A project with a configuration, a cache and a home of its own.
pub(super) struct Project {
    pub(super) scene: Scene,
}

impl Project {
    /// A project whose registry `team` is a folder.
    pub(super) fn with_folder(folder: &Scene) -> Self {
        let root = folder.path("");
        Self::new(&format!(
            "[registries.team]\npath = \"{}\"\nnamespaces = [\"acme\"]\n",
            root.display()
        ))
    }

    pub(super) fn new(configuration: &str) -> Self {
        let scene = Scene::new();
        scene.write("config.toml", configuration);
        let mut numbers = String::from("x,y\n");
        for row in 0..200 {
            numbers.push_str(&format!("{row}.5,{}.25\n", row * 2));
        }
        scene.write("numbers.csv", &numbers);
        Self { scene }
    }

    pub(super) fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.scene.command(arguments);
        let path = |name: &str| self.scene.path(name);
        command
            .env("MLHOST_CONFIG", path("config.toml"))
            .env("XDG_CONFIG_HOME", path("xdg-config"))
            .env("XDG_CACHE_HOME", path("xdg-cache"))
            .env("XDG_RUNTIME_DIR", path("xdg-runtime"))
            .env("DOCKER_CONFIG", path("docker"))
            .env_remove("REGISTRY_AUTH_FILE")
            .env("NO_PROXY", "127.0.0.1");
        command
    }

    pub(super) fn host_with<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Ended {
        finish(self.command(arguments).spawn().expect("the command starts"))
    }

    pub(super) fn host(&self, words: &str) -> Ended {
        self.host_with(words.split_whitespace())
    }

    /// Publishes this version, with further options.
    pub(super) fn publish(&self, version: &str, options: &str) -> Ended {
        let file = format!("clip-{version}.wasm");
        fs::write(self.scene.path(&file), clip(version)).expect("the folder can be written");
        self.host(&format!(
            "plugin publish ./{file} --registry team {options}"
        ))
    }

    /// A pipeline that uses this plugin.
    pub(super) fn pipeline(&self, plugin: &str) {
        self.write_pipeline(&[("clip", plugin)]);
    }

    /// A pipeline with a step for each of these plugins, one after the other.
    pub(super) fn write_pipeline(&self, steps: &[(&str, &str)]) {
        let mut text = String::from(
            "mlhost = 1\nname = \"numbers\"\n\n[data.numbers]\npath = \"numbers.csv\"\n",
        );
        let mut input = "numbers";
        for (name, plugin) in steps {
            text.push_str(&format!(
                "\n[steps.{name}]\nplugin = \"{plugin}\"\ninput = \"{input}\"\n\
                 with.attack = \"none\"\n"
            ));
            input = name;
        }
        text.push_str(&format!(
            "\n[steps.count]\nplugin = \"validate\"\ninput = \"{input}\"\n\
             with.row_count = {{ min = 1 }}\n"
        ));
        self.scene.write("pipeline.toml", &text);
    }

    pub(super) fn lock(&self) -> String {
        fs::read_to_string(self.scene.path("pipeline.lock")).expect("the lock")
    }

    /// The file of a version in the cache of this project.
    pub(super) fn cached(&self, version: &str) -> PathBuf {
        let folder = format!("xdg-cache/mlhost/packages/acme/clip/{version}");
        let mut files = fs::read_dir(self.scene.path(&folder)).expect("the cache");
        files.next().expect("a file").expect("a file").path()
    }

    /// Forgets what was fetched.
    pub(super) fn clear_cache(&self) {
        fs::remove_dir_all(self.scene.path("xdg-cache")).expect("the cache");
    }

    /// How a command ended that should have failed, for a snapshot.
    pub(super) fn message(&self, ended: &Ended) -> String {
        let text = self.scene.plain(&ended.stderr);
        format!("exit {}\n{text}", ended.code.unwrap_or_default())
    }
}

/// The component of `acme:clip` in this version: what it does is the same in each, its bytes are not.
pub(super) fn clip(version: &str) -> Vec<u8> {
    let component = fs::read(test_plugin("test_hostile.wasm")).expect("the component");
    named("acme:clip", version, &component)
}

/// A component with this name and version in its metadata.
pub(super) fn named(name: &str, version: &str, component: &[u8]) -> Vec<u8> {
    let mut set = AddMetadata::default();
    set.name = AddMetadataField::Set(name.to_owned());
    set.version = AddMetadataField::Set(Version::new(version.to_owned()));
    set.licenses = AddMetadataField::Set(Licenses::new("MIT").expect("a licence"));
    let source = Source::new("https://example.com/clip").expect("an address");
    set.source = AddMetadataField::Set(source);
    set.revision = AddMetadataField::Set(Revision::new("0123abcd"));
    set.to_wasm(component).expect("a component")
}

/// The same component with another text of the same length in it.
pub(super) fn replaced(component: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = component.to_vec();
    let mut places = 0;
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from.as_bytes()) {
            bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
            places += 1;
        }
    }
    assert!(places > 0, "`{from}` is in the component");
    bytes
}

/// A key that lies beside the tests of models on their way.
pub(super) fn key(name: &str) -> String {
    let keys = root().join("host/exchange/tests/exchange/keys");
    keys.join(name).display().to_string()
}

pub(super) fn snapshot(name: &str, text: &str) {
    let mut filters = filters();
    filters.extend([
        (r"\b\d+\.\d KiB\b", "[size]"),
        (r"127\.0\.0\.1:\d+", "[registry]"),
    ]);
    insta::with_settings!({ filters => filters, omit_expression => true, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!(name, text);
    });
}
