//! Files in the cache of compiled plugins that somebody else has written to: their code would run
//! outside of every sandbox.

use std::{fs, path::PathBuf};

use mlhost_sandbox::{Context, Error, Options, Sandbox};
use tempfile::TempDir;

use crate::{
    attack::Attack,
    entry::{Entry, reach},
    text,
};

pub(crate) fn attacks() -> Vec<Attack> {
    vec![
        tampered("compiled-code-of-another-plugin", |honest, others| {
            fs::write(honest, others).unwrap();
        }),
        tampered("compiled-code-with-another-seal", |honest, others| {
            let own = fs::read(honest).unwrap();
            let (code, _) = others.split_at(others.len() - SEAL);
            let (_, seal) = own.split_at(own.len() - SEAL);
            fs::write(honest, [code, seal].concat()).unwrap();
        }),
        tampered("compiled-code-without-a-seal", |honest, others| {
            fs::write(honest, &others[..others.len() - SEAL]).unwrap();
        }),
        tampered("compiled-code-with-a-changed-bit", |honest, _| {
            let mut own = fs::read(honest).unwrap();
            let middle = own.len() / 2;
            own[middle] ^= 1;
            fs::write(honest, own).unwrap();
        }),
        tampered("compiled-code-that-was-cut-off", |honest, _| {
            let own = fs::read(honest).unwrap();
            fs::write(honest, &own[..own.len() / 2]).unwrap();
        }),
    ]
}

/// Bytes of a seal, at the end of a file.
const SEAL: usize = 32;

/// The cache of somebody.
struct Cache(TempDir);

impl Cache {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Loads a component as a new process does, and calls it.
    fn run(&self, component: &[u8]) -> Result<String, Error> {
        let sandbox = Sandbox::new(Options {
            cache: Some(self.0.path().join("cache")),
            key: Some(self.0.path().join("key")),
            ..Options::default()
        })?;
        let plugin = sandbox.load(component)?;
        reach(&plugin, Entry::Update, &Context::new("attack"), "{}")
    }

    /// The one file with compiled code.
    fn file(&self) -> PathBuf {
        let entries = fs::read_dir(self.0.path().join("cache")).unwrap();
        let [file] = entries
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        file
    }
}

/// Has somebody write to the file with the compiled code of a plugin that behaves, who has what one
/// that does not was compiled to, with a seal of their own.
fn tampered(name: &str, tamper: fn(&PathBuf, &[u8])) -> Attack {
    Attack::new(name, Entry::Update, move || {
        let (ours, theirs) = (Cache::new(), Cache::new());
        let (honest, evil) = (
            text::component(""),
            text::component_of("machine", "unreachable"),
        );
        ours.run(&honest)?;
        assert!(theirs.run(&evil).is_err());
        tamper(&ours.file(), &fs::read(theirs.file()).unwrap());
        ours.run(&honest)
    })
}
