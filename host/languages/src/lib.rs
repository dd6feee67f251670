//! Builds plugins in every language that has an SDK: Rust, Python, JavaScript and C.
//!
//! Each language has tools of its own that somebody else wrote: Cargo, componentize-py,
//! componentize-qjs, and clang with wit-bindgen's bindings. [`build()`] calls them for the files of a
//! [`Source`], and [`run()`] any other program; one that is missing is an error that says how to
//! install it.
//!
//! ```no_run
//! use std::path::Path;
//! use mlhost_languages::{Lang, Source, build};
//!
//! # fn main() -> Result<(), mlhost_languages::Error> {
//! let project = Path::new("scale");
//! let source = Source {
//!     project,
//!     world: "preprocessor",
//!     sdk: &project.join("sdk/python"),
//!     contract: &project.join("sdk/wit/0.1.0"),
//!     build: &project.join("build"),
//!     tools: &[],
//! };
//! let made = build(Lang::Python, &source, &|line| eprintln!("$ {line}"))?;
//! assert!(made.starts_with(b"\0asm"));
//! # Ok(())
//! # }
//! ```
//!
//! May use the floor `toolchain` and no other crate of the host, so that what builds the examples
//! compiles in no time.

#![forbid(unsafe_code)]

/// What the page on Rust shows compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../plugins/sdk/rust/README.md")]
pub struct PageOnRust;

mod c;
mod error;
mod javascript;
mod lang;
mod python;
mod rust;
mod tools;

use std::path::{Path, PathBuf};

pub use error::{Error, Result};
pub use lang::Lang;
pub use tools::run;

/// What a plugin is made of. Every folder exists, but for `build`.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Where the author's files are: a crate, `plugin.py`, `plugin.js` (or `plugin.ts`) or `*.c`.
    pub project: &'a Path,
    /// The world of the contract that it exports: that of its kind, `explained-trainer` for a trainer
    /// that tells what it has learned.
    pub world: &'a str,
    /// The SDK of the language; that of Rust is a dependency of the crate.
    pub sdk: &'a Path,
    /// The folder with the contract's WIT.
    pub contract: &'a Path,
    /// Where files may be left on the way. Cargo has a folder of its own for them.
    pub build: &'a Path,
    /// Folders in which programs are looked for before those of the `PATH`.
    pub tools: &'a [PathBuf],
}

/// Makes a component, or a core module that [`mlhost_toolchain::encode`] makes one of; neither has
/// the metadata of its package. `say` hears each command line before it runs; what the commands
/// print goes to standard error.
///
/// # Errors
/// [`Error::MissingTool`] says what to install; [`Error::Failed`] when a tool has said why it could
/// not do its work.
pub fn build(lang: Lang, source: &Source<'_>, say: &dyn Fn(&str)) -> Result<Vec<u8>> {
    match lang {
        Lang::Rust => rust::build(source, say),
        Lang::Python => python::build(source, say),
        Lang::Js => javascript::build(source, say),
        Lang::C => c::build(source, say),
    }
}
