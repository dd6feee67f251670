//! Goes through all inputs that are kept: what once went wrong, what the fuzzer found worth keeping,
//! and those it begins with.

#![cfg(test)]

use std::{fs, path::Path};

use mlhost_fuzz::{TARGETS, seeds};

/// The inputs of a target below a folder, each with its path.
fn kept(folder: &str, target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(target);
    let Ok(entries) = fs::read_dir(folder) else {
        return vec![];
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect()
}

fn replay(target: &str) {
    let (_, run) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let mut inputs = kept("regressions", target);
    inputs.extend(kept("corpus", target));
    inputs.extend(
        seeds::all()
            .into_iter()
            .filter(|(of, _, _)| *of == target)
            .map(|(_, name, bytes)| (name, bytes)),
    );
    assert!(!inputs.is_empty(), "there is nothing to go through");
    for (name, bytes) in inputs {
        eprintln!("{target}: {name}");
        run(&bytes);
    }
}

macro_rules! replays {
    ($($target:ident),*) => {
        $(#[test] fn $target() { replay(stringify!($target)); })*

        #[test]
        fn every_target_is_gone_through() {
            let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

replays!(
    arrow_batch,
    returned_report,
    emitted_batch,
    described,
    package,
    model_archive,
    pipeline,
    csv,
    json_lines
);
