//! Compiled components are kept on disk, and what is on disk is used.

use std::{fs, path::PathBuf};

use mlhost_sandbox::{Error, Options, Plugin, Sandbox};
use tempfile::TempDir;

use crate::support::component;

struct Cache(TempDir);

impl Cache {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Loads a standard package as a new process would.
    fn load(&self, name: &str) -> Plugin {
        let cache = Some(self.0.path().join("cache"));
        let key = Some(self.key());
        let options = Options {
            cache,
            key,
            ..Options::default()
        };
        let sandbox = Sandbox::new(options).unwrap();
        sandbox.load(&component(name)).unwrap()
    }

    fn key(&self) -> PathBuf {
        self.0.path().join("key")
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.path().join("cache")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

#[test]
fn a_compiled_component_is_kept_under_its_digest() {
    let cache = Cache::new();
    let plugin = cache.load("validate");
    let files = cache.files();
    let [file] = files.as_slice() else {
        panic!("one file, and nothing temporary: {files:?}");
    };
    let name = file.file_name().unwrap().to_string_lossy();
    let digest = plugin.digest().strip_prefix("sha256:").unwrap();
    assert!(name.starts_with(digest), "{name}");

    let before = fs::read(file).unwrap();
    assert_eq!(cache.load("validate").description(), plugin.description());
    assert_eq!(cache.files(), files);
    assert_eq!(fs::read(file).unwrap(), before);
}

#[test]
fn what_was_kept_is_what_runs() {
    let cache = Cache::new();
    cache.load("validate");
    let [file] = cache.files().try_into().unwrap();
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    cache.load("validate");
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);
}

#[test]
fn a_file_in_the_place_of_another_is_not_run() {
    let cache = Cache::new();
    cache.load("validate");
    let [validate] = cache.files().try_into().unwrap();
    cache.load("drift");
    let files = cache.files();
    let drift = files.iter().find(|file| **file != validate).unwrap();
    fs::copy(drift, &validate).unwrap();
    assert_eq!(cache.load("validate").description().name, "validate");
}

#[test]
fn a_file_that_somebody_else_has_made_is_not_run() {
    let (cache, theirs) = (Cache::new(), Cache::new());
    theirs.load("validate");
    let [forged] = theirs.files().try_into().unwrap();
    cache.load("validate");
    let [file] = cache.files().try_into().unwrap();
    let own = fs::read(&file).unwrap();
    // It is a compiled form of the same component that wasmtime would take.
    fs::copy(&forged, &file).unwrap();
    assert_ne!(fs::read(&file).unwrap(), own);
    cache.load("validate");
    assert_eq!(fs::read(&file).unwrap(), own, "it is made anew");
}

#[test]
fn a_file_with_one_bit_changed_is_not_run() {
    let cache = Cache::new();
    cache.load("validate");
    let [file] = cache.files().try_into().unwrap();
    let own = fs::read(&file).unwrap();
    for position in [0, own.len() / 3, own.len() / 2, own.len() - 1] {
        let mut changed = own.clone();
        changed[position] ^= 4;
        fs::write(&file, &changed).unwrap();
        assert_eq!(cache.load("validate").description().name, "validate");
        assert!(fs::read(&file).unwrap() == own, "it is made anew");
    }
}

#[test]
fn a_damaged_file_is_compiled_anew_and_replaced() {
    let cache = Cache::new();
    cache.load("validate");
    let [file] = cache.files().try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    for damaged in [
        &b""[..],
        b"not compiled code",
        &whole[..64],
        &whole[..whole.len() / 2],
    ] {
        fs::write(&file, damaged).unwrap();
        assert_eq!(cache.load("validate").description().name, "validate");
        assert_eq!(cache.files(), [file.as_path()]);
        assert!(fs::read(&file).unwrap() == whole, "the file is whole again");
    }
}

#[cfg(unix)]
#[test]
fn the_folder_belongs_to_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let cache = Cache::new();
    cache.load("validate");
    let folder = fs::metadata(cache.0.path().join("cache")).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let cache = Cache::new();
    fs::write(cache.0.path().join("cache"), "a file in the way").unwrap();
    let options = Options {
        cache: Some(cache.0.path().join("cache")),
        key: Some(cache.key()),
        ..Options::default()
    };
    let refused = Sandbox::new(options).unwrap().load(&component("validate"));
    let Err(error @ Error::Cache { .. }) = refused else {
        panic!("it loads");
    };
    assert!(error.to_string().contains("/cache/"), "{error}");
    assert!(error.hint().unwrap().contains("MLHOST_CACHE"));
}
