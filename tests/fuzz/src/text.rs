//! Texts that a person writes, or somebody who wants that person to run them.

use mlhost_pipeline::{Overrides, Patch, Pipeline, Source, parse_with};
use mlhost_report::graph::{Characters, Graph};

#[path = "../../../host/pipeline/tests/common/mod.rs"]
mod common;

/// The bytes are a pipeline and, behind a zero, a patch over it. One that is right is planned, printed
/// and drawn.
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
        Ok(pipeline) => show(&pipeline),
        // The message has places and lines of the text in it.
        Err(error) => drop(error.to_string()),
    }
}

fn show(pipeline: &Pipeline) {
    if let Err(error) = pipeline.plan(common::kind_by_name) {
        drop(error.to_string());
    }
    drop((pipeline.to_toml(), pipeline.to_json()));
    if let Ok(graph) = Graph::of(pipeline) {
        drop(graph.text(Characters::Unicode, 80));
        drop((graph.svg(), graph.mermaid(), graph.dot()));
    }
}
