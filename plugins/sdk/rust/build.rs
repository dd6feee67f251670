//! Encodes the type of each of the contract's worlds.
//!
//! wit-bindgen puts a world's type into the crate that generates the bindings.
//! Here the bindings are generated once for all kinds, and the type has to be
//! that of the plugin's kind, so `export!` adds it with a macro made here.

use std::{env, error::Error, fmt::Write, fs, path::Path};

use wit_component::{StringEncoding, metadata};
use wit_parser::Resolve;

const WORLDS: [&str; 6] = [
    "validator",
    "preprocessor",
    "trainer",
    "explained-trainer",
    "drift-detector",
    "evaluator",
];

fn main() -> Result<(), Box<dyn Error>> {
    let contract = "../../../wit/0.1.0";
    println!("cargo::rerun-if-changed={contract}");
    println!("cargo::rerun-if-changed=build.rs");

    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(contract)?;
    let mut arms = String::new();
    for name in WORLDS {
        let world = resolve.select_world(&[package], Some(name))?;
        let encoded = metadata::encode(&resolve, world, StringEncoding::UTF8, None, false)?;
        let kind = name.replace('-', "_");
        writeln!(
            arms,
            "    ({kind}) => {{\n        \
             #[unsafe(link_section = \"component-type:mlhost:{name}\")]\n        \
             static COMPONENT_TYPE: [u8; {}] = {encoded:?};\n    }};",
            encoded.len(),
        )?;
    }
    let macros =
        format!("#[doc(hidden)]\n#[macro_export]\nmacro_rules! __component_type {{\n{arms}}}\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("worlds.rs"), macros)?;
    Ok(())
}
