//! Embeds the standard packages that `cargo xtask plugins` has built, each with its digest, so that no
//! run has to find it.
//!
//! Without them the crate still builds, so that a check, a lint or the
//! documentation need no WebAssembly tool chain; such a host says so when a
//! pipeline names a standard package.

use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let folder = manifest.join("../../target/plugins");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", folder.display());

    let mut components: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_, std::io::Error>>()?,
        Err(_) => vec![],
    };
    components.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "wasm")
    });
    components.sort();

    let mut source = String::from("const COMPONENTS: &[(&str, &[u8])] = &[\n");
    for path in &components {
        println!("cargo::rerun-if-changed={}", path.display());
        let digest = Sha256::digest(fs::read(path)?);
        let path = path.canonicalize()?;
        writeln!(
            source,
            "    (\"sha256:{digest:x}\", include_bytes!({path:?})),"
        )?;
    }
    source.push_str("];\n");
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("components.rs"),
        source,
    )?;
    Ok(())
}
