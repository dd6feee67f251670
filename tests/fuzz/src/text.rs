//! Texts that a person writes, or somebody who wants that person to run them.

use mlhost_pipeline::{Kind, Overrides, Patch, Source, parse_with};

/// The bytes are a pipeline and, behind a zero, a patch over it.
pub fn pipeline(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (pipeline, patch) = (text(), text());
    let mut patches = Vec::new();
    if !patch.is_empty() {
        patches.push(Patch::File(Source::new("patch.toml", patch)));
    }
    let overrides = Overrides::new(patches, []);
    match parse_with(Source::new("pipeline.toml", pipeline), &overrides) {
        Ok(pipeline) => drop(pipeline.plan(|_| Kind::Validator)),
        // The message has places and lines of the text in it.
        Err(error) => drop(error.to_string()),
    }
}
