//! Reports: what a run, a model or a comparison came to, verdict first, then what was found, then
//! figures with their numbers beside them.
//!
//! A [`Report`] is put together by whoever knows what it is about, and laid out here:
//!
//! | method | what it gives |
//! |---|---|
//! | [`html`](Report::html) | one page on its own, without scripts or references, under 1 MB |
//! | [`markdown`](Report::markdown) | text for a pull request, with the pipeline as Mermaid |
//! | `serde::Serialize` | everything, for programs |
//!
//! Names, messages and figures come from data and from plugins. They are never taken for markup, and
//! a page forbids its reader's browser to run or load anything.

mod chart;
mod evaluation;
mod figure;
mod findings;
mod html;
mod markdown;
mod model;
mod numbers;
mod room;
mod table;

pub use evaluation::Evaluation;
pub use model::{Block, Fact, Gate, Located, Report, Section, State};
pub use table::{Cell, Table};
