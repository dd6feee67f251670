//! What the host does with bytes that it must not trust: one function for each kind of input, which
//! must return, whatever the bytes are, and must not panic, hang, or read where nothing is.
//!
//! | function | what the bytes are |
//! |---|---|
//! | [`arrow_batch`] | a schema and a batch, as a plugin may hand them over |
//! | [`returned_report`] | the memory of a plugin from which a report is read, to be kept and shown |
//! | [`emitted_batch`] | the memory of a plugin from which a schema and a batch are read |
//! | [`described`] | the memory of a plugin from which its description is read, to be shown and compared |
//! | [`package`] | a component file: its metadata, and all that loading it looks at |
//! | [`model_archive`] | the archive of a model: a tar file, or the documents in it, whose digests are then right |
//! | [`pipeline`] | a pipeline and a patch over it, to be planned, printed and drawn |
//! | [`csv`] | how a CSV file is to be read, and the file |
//! | [`json_lines`] | the same of a file with a JSON object on each line |
//!
//! `cargo xtask fuzz` runs each under libFuzzer; the corpora are in `corpus/`, inputs that once went
//! wrong in `regressions/`. The test `replay` goes through both with every other test.
//!
//! ```
//! mlhost_fuzz::pipeline(b"mlhost = 1\nname = \"\xff\"");
//! ```
//!
//! May use every floor of the host up to `packages`, and `report`.

mod archive;
mod batch;
mod delimited;
mod documents;
mod image;
mod puppet;
pub mod seeds;
mod text;

pub use archive::{model_archive, package};
pub use batch::arrow_batch;
pub use delimited::{csv, json_lines};
pub use puppet::{described, emitted_batch, returned_report};
pub use text::pipeline;

/// What is done with an input.
pub type Target = fn(&[u8]);

/// Every kind of input by name.
pub const TARGETS: [(&str, Target); 9] = [
    ("arrow_batch", arrow_batch),
    ("returned_report", returned_report),
    ("emitted_batch", emitted_batch),
    ("described", described),
    ("package", package),
    ("model_archive", model_archive),
    ("pipeline", pipeline),
    ("csv", csv),
    ("json_lines", json_lines),
];
