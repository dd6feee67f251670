//! Compiled components, kept on disk under what decided the result.
//!
//! Compiling takes most of a second a megabyte, loading a compiled file a fraction
//! of a millisecond. The key holds the component's digest and everything about
//! wasmtime that the code depends on.

use std::{
    fs,
    hash::{Hash, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

use crate::{Error, Limits, convert::cut};

/// Compiled components on disk.
pub(crate) struct CompileCache {
    folder: Option<PathBuf>,
    /// Digest of wasmtime's version and settings.
    settings: String,
}

impl CompileCache {
    pub(crate) fn new(engine: &Engine, folder: Option<PathBuf>) -> Self {
        let mut settings = SettingsHasher(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut settings);
        Self {
            folder,
            settings: hex(&settings.0.finalize()),
        }
    }

    /// The component, compiled: from disk where it is there, else from scratch.
    pub(crate) fn compile(
        &self,
        engine: &Engine,
        bytes: &[u8],
        digest: &str,
    ) -> Result<Component, Error> {
        let Some(folder) = &self.folder else {
            return Component::new(engine, bytes).map_err(not_a_component);
        };
        let name = digest.trim_start_matches("sha256:");
        let file = folder.join(format!("{name}-{}.cwasm", self.settings));
        if let Some(component) = load(engine, &file) {
            return Ok(component);
        }
        let compiled = engine
            .precompile_component(bytes)
            .map_err(not_a_component)?;
        keep(folder, &file, &compiled).map_err(|source| Error::Cache {
            path: file.clone(),
            source,
        })?;
        load(engine, &file).ok_or_else(|| Error::Cache {
            path: file,
            source: io::Error::other("what was just written cannot be loaded"),
        })
    }
}

/// The component in this file. A file that is missing, or that wasmtime refuses
/// because it is damaged or from another version, is none.
fn load(engine: &Engine, file: &Path) -> Option<Component> {
    if !file.exists() {
        return None;
    }
    // SAFETY: wasmtime trusts the code in this file as it trusts its own executable. The file is
    // written by `keep` only, complete or not at all, into a folder that belongs to the user who
    // runs this process: whoever can change it can change that user's programs as well. wasmtime
    // itself checks that version and settings are those of this engine.
    #[allow(unsafe_code, reason = "see the safety comment")]
    unsafe {
        Component::deserialize_file(engine, file).ok()
    }
}

/// Writes under another name first, so that no process ever loads half a file.
fn keep(folder: &Path, file: &Path, compiled: &[u8]) -> io::Result<()> {
    create_private(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(compiled)?;
    temporary.persist(file)?;
    Ok(())
}

/// Creates the folder so that only its owner can write into it.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn not_a_component(error: wasmtime::Error) -> Error {
    // wasmtime tells what is wrong with the component's own words.
    let mut reason = format!("{error:#}");
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
