//! Compiled components, kept on disk under what decided the result.
//!
//! Compiling takes most of a second a megabyte, loading a compiled file a fraction
//! of a millisecond. The name holds the component's digest and everything about
//! wasmtime that the code depends on; a [seal](crate::seal) at the end says that this
//! user's host has written it. Without the right one it is compiled anew.

use std::{
    fs,
    hash::{Hash, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

use crate::{
    Compiler, Error, Limits, Options,
    convert::cut,
    seal::{self, Sealer, create_private},
};

/// Compiled components on disk.
pub(crate) struct CompileCache {
    folder: Option<PathBuf>,
    /// Where the key of its seals is.
    key: PathBuf,
    /// Made when it is needed first.
    sealer: OnceLock<Sealer>,
    /// Who compiles, if it is not this process.
    compiler: Option<Compiler>,
    /// Digest of wasmtime's version and settings.
    settings: String,
}

impl CompileCache {
    pub(crate) fn new(engine: &Engine, options: Options) -> Self {
        let mut settings = SettingsHasher(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut settings);
        let Options {
            cache: folder,
            key,
            compiler,
        } = options;
        let beside = || folder.as_deref().map(seal::beside).unwrap_or_default();
        Self {
            key: key.unwrap_or_else(beside),
            folder,
            compiler,
            sealer: OnceLock::new(),
            settings: hex(&settings.0.finalize()),
        }
    }

    /// The component, compiled: from disk where it is there, else from scratch within these limits.
    pub(crate) fn compile(
        &self,
        engine: &Engine,
        bytes: &[u8],
        digest: &str,
        limits: &Limits,
    ) -> Result<Component, Error> {
        if !is_component(bytes) {
            return Err(Error::NotAPlugin {
                reason: "it is not a WebAssembly component".to_owned(),
                hint: None,
            });
        }
        let Some(folder) = &self.folder else {
            let compiled = self.compiled(engine, bytes, limits)?;
            return load(engine, &compiled).ok_or_else(cannot_be_loaded);
        };
        let digest = digest.trim_start_matches("sha256:");
        let name = format!("{digest}-{}.cwasm", self.settings);
        let file = folder.join(&name);
        let failed = |source| Error::Cache {
            path: file.clone(),
            source,
        };
        let sealer = self.sealer()?;
        let kept = match fs::read(&file) {
            Ok(sealed) => sealer.open(&name, sealed),
            Err(_) => None,
        };
        if let Some(component) = kept.and_then(|compiled| load(engine, &compiled)) {
            return Ok(component);
        }
        let compiled = self.compiled(engine, bytes, limits)?;
        let component = load(engine, &compiled).ok_or_else(cannot_be_loaded)?;
        keep(folder, &file, &sealer.seal(&name, compiled)).map_err(failed)?;
        Ok(component)
    }

    fn compiled(&self, engine: &Engine, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
        match &self.compiler {
            Some(compiler) => compiler.compile(bytes, limits.compile_time),
            None => engine
                .precompile_component(bytes)
                .map_err(|error| not_a_component(format!("{error:#}"))),
        }
    }

    fn sealer(&self) -> Result<&Sealer, Error> {
        if let Some(sealer) = self.sealer.get() {
            return Ok(sealer);
        }
        let made = Sealer::new(&self.key).map_err(|source| Error::Cache {
            path: self.key.clone(),
            source,
        })?;
        Ok(self.sealer.get_or_init(|| made))
    }
}

/// The component that these bytes are the compiled form of. What wasmtime refuses because it is from
/// another version is none.
pub(crate) fn load(engine: &Engine, compiled: &[u8]) -> Option<Component> {
    // SAFETY: wasmtime trusts these bytes as it trusts its own executable. They are those that it has
    // made in this process, or in one that this process has started and read from; or else in another
    // one of this user: then `Sealer` has seen the seal that only such a process can have set, on the
    // very bytes in memory that are loaded here.
    #[allow(unsafe_code, reason = "see the safety comment")]
    unsafe {
        Component::deserialize(engine, compiled).ok()
    }
}

/// Writes under another name first, so that no process ever loads half a file.
fn keep(folder: &Path, file: &Path, sealed: &[u8]) -> io::Result<()> {
    create_private(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(sealed)?;
    temporary.persist(file)?;
    Ok(())
}

fn is_component(bytes: &[u8]) -> bool {
    // "\0asm", version 0x0d, layer 1: see the component model's binary format.
    bytes.starts_with(b"\0asm\x0d\0\x01\0")
}

fn cannot_be_loaded() -> Error {
    Error::Engine("what was just compiled cannot be loaded".to_owned())
}

/// The error for what wasmtime refuses, which tells what is wrong with the component's own words.
pub(crate) fn not_a_component(mut reason: String) -> Error {
    cut(&mut reason, Limits::default().text_bytes);
    Error::NotAPlugin {
        reason,
        hint: Some(
            "a plugin is a WebAssembly component; `host plugin inspect` shows what a file is"
                .to_owned(),
        ),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Feeds what implements `Hash` into SHA-256, because the standard hasher may
/// change from one compiler to the next.
struct SettingsHasher(Sha256);

impl Hasher for SettingsHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        let (first, _) = digest.split_at(8);
        first
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte))
    }
}
