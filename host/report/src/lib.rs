//! Figures and reports of what the host runs, for people: nothing here runs anything, or decides.
//!
//! [`graph`] draws a pipeline as it is written, as text, SVG, Mermaid or DOT. Everything that is
//! drawn is a function of what it is given: the same pipeline gives the same bytes.
//!
//! May use the pipeline, and nothing else of the host.

pub mod graph;
