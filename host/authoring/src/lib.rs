//! What the author of a plugin needs: a project to begin with, a build, and the tests that every
//! plugin must pass.
//!
//! - [`create`] makes a project of the templates in `plugins/sdk`, which are inside the executable,
//!   together with the SDK that they use: it builds on a machine that has no more than the tools of
//!   its language.
//! - [`build`] makes a component of a [`Project`] in any language, with the metadata of its package.
//! - [`conformance`] opens a component in the sandbox and does with it what a host may do; [`Example`]s
//!   are what the author expects of it.
//!
//! ```no_run
//! use std::path::Path;
//! use mlhost_authoring::{Lang, NewProject, Project, build, create};
//! use mlhost_pipeline::Kind;
//!
//! # fn main() -> Result<(), mlhost_authoring::Error> {
//! let folder = Path::new("scale");
//! create(folder, &NewProject { name: "scale".into(), kind: Kind::Preprocessor, lang: Lang::Rust })?;
//! let built = build(&Project::open(folder)?, &|line| eprintln!("{line}"))?;
//! println!("{}", built.path.display());
//! # Ok(())
//! # }
//! ```
//!
//! May use the floors `packages`, `sandbox`, `data` and `pipeline`, and `languages` and `toolchain`.

#![forbid(unsafe_code)]

mod build;
pub mod conformance;
mod error;
mod example;
mod files;
mod manifest;
mod project;
mod table;

/// Rows, as [`read_rows`] reads them.
pub use arrow::record_batch::RecordBatch;
pub use build::{Built, build};
pub use error::{Error, Result};
pub use example::{Example, read_params};
pub use manifest::Manifest;
pub use mlhost_languages::Lang;
pub use project::{NewProject, Project, create};
pub use table::read_rows;
