//! Drawings of pipelines.
#![allow(missing_docs)]
use mlhost_pipeline::{Source, parse};
use mlhost_report::graph::*;
fn graph(text: &str) -> Graph {
    match parse(Source::new("pipeline.toml", text), &[]) {
        Ok(p) => Graph::of(&p).unwrap(),
        Err(e) => panic!("{e}"),
    }
}
#[test]
fn look() {
    for f in [
        "../../../../examples/flights/pipeline.toml",
        "everything.toml",
    ] {
        let t = std::fs::read_to_string(format!("{}/tests/graph/{f}", env!("CARGO_MANIFEST_DIR")))
            .unwrap();
        let g = graph(&t);
        println!("{}", g.text(Characters::Unicode, 100));
        println!("{}", g.text(Characters::Ascii, 100));
        let n = g.title().to_owned();
        std::fs::write(format!("/tmp/gr/{n}.mmd"), g.mermaid()).unwrap();
        std::fs::write(format!("/tmp/gr/{n}.dot"), g.dot()).unwrap();
        std::fs::write(format!("/tmp/gr/{n}.svg"), g.svg()).unwrap();
    }
}
