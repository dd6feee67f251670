//! Figures and reports of what the host runs, for people: nothing here runs anything, or decides.
//!
//! [`graph`] draws a pipeline as it is written, as text, SVG, Mermaid or DOT. [`page`] lays out what
//! a run, a model or a comparison came to: as one page of HTML, as Markdown, as JSON. [`text`] says
//! numbers, durations and sizes. Everything that is drawn is a function of what it is given: the same
//! pipeline, the same report give the same bytes.
//!
//! ```
//! use mlhost_report::page::{Block, Report, Section, State};
//! use serde_json::json;
//!
//! let figure = mlhost_sandbox::Figure {
//!     name: "psi".to_owned(),
//!     title: "Population stability index".to_owned(),
//!     kind: "bars".to_owned(),
//!     data: json!({ "x": ["temp", "<b>"], "series": [{ "name": "psi", "values": [6.1, 0.1] }] }),
//! };
//! let drift = Section::new("drift", State::Warned)
//!     .saying("1 of 2 columns has drifted: temp")
//!     .with(Block::Figure(figure));
//! let report = Report::new("Run 1 of flights", State::Warned, "done in 0.5 s").with(drift);
//! assert!(report.html().contains("&lt;b&gt;"));
//! assert!(report.markdown().starts_with("# Run 1 of flights"));
//! ```
//!
//! May use the pipeline, and of the sandbox the words of a plugin's outcome.

#![forbid(unsafe_code)]

pub mod graph;
pub mod page;
pub mod text;
