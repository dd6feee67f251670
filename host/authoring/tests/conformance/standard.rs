//! Every standard package passes, with parameters that suit it.

use std::fs;

use mlhost_authoring::{Example, conformance::Suite};

use crate::support::{component, failed, lines, root, sandbox};

/// The packages, as their components' files have them.
fn packages() -> Vec<String> {
    let folder = root().join("target/plugins");
    let entries = fs::read_dir(&folder).expect("run `cargo xtask plugins`");
    let names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some(
            name.strip_prefix("mlhost_")?
                .strip_suffix(".wasm")?
                .to_owned(),
        )
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn every_standard_package_does_what_every_plugin_must() {
    let mut told = String::new();
    let packages = packages();
    assert!(packages.len() >= 6, "{packages:?}");
    for name in packages {
        let examples = Example::read_all(&root().join("tests/conformance").join(&name)).unwrap();
        let suite = Suite {
            cases: examples
                .iter()
                .filter_map(|example| example.case().cloned())
                .collect(),
            examples,
            ..Suite::default()
        };
        let report = suite.run(
            sandbox(),
            &component(&format!("plugins/mlhost_{name}.wasm")),
        );
        let report = report.unwrap();
        if !report.passed {
            told.push_str(&format!("{name}\n{}", lines(&failed(&report))));
        }
    }
    assert!(told.is_empty(), "\n{told}");
}
