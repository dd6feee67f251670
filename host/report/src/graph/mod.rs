//! Pipelines as drawings: what takes what, on which conditions, and how often.
//!
//! [`Graph::of`] reads a [`Pipeline`](mlhost_pipeline::Pipeline), which needs none of its plugins.
//! The graph shows what is written and not what is unrolled: a loop is a box around the steps that
//! it runs, a switch a node whose branches have their conditions. Each way of drawing is a method:
//!
//! | method | what it gives |
//! |---|---|
//! | [`text`](Graph::text) | lines for a terminal, one lane for each thing that is handed on |
//! | [`svg`](Graph::svg) | a picture on its own, without scripts, for light and dark pages |
//! | [`mermaid`](Graph::mermaid) | a flowchart in the language of Mermaid |
//! | [`dot`](Graph::dot) | a graph in the language of Graphviz |
//! | `serde::Serialize` | nodes, edges and groups for programs |
//!
//! ```
//! use mlhost_pipeline::{Source, parse};
//! use mlhost_report::graph::{Characters, Graph};
//!
//! let text = r#"
//! mlhost = 1
//! name = "flights"
//!
//! [data.train]
//! path = "flights.parquet"
//!
//! [steps.tree]
//! plugin = "tree"
//! input = "train"
//! "#;
//! let pipeline = parse(Source::new("pipeline.toml", text), &[])?;
//! let drawing = Graph::of(&pipeline)?.text(Characters::Ascii, 80);
//! assert_eq!(
//!     drawing,
//!     "flights\n\no train  flights.parquet\n* tree   mlhost:tree\n\no data  * step\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod dot;
mod error;
mod identifier;
mod layout;
mod mermaid;
mod model;
mod order;
mod read;
mod svg;
mod text;
mod words;

pub use error::Error;
pub use model::{Edge, EdgeKind, Graph, Group, GroupKind, Members, Node, NodeKind, Note, Topic};
pub use text::Characters;
