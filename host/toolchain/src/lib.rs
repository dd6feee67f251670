//! Makes components of Rust crates and of core modules.
//!
//! A [`Toolchain`] is a Rust compiler that builds for WebAssembly, with the flags that give the
//! same bytes on every machine. [`encode`] makes a component of the core module that it leaves,
//! and [`describe`] writes name, version and authors of a package into a component. This crate
//! knows nothing of the host, so that what builds the standard packages compiles in no time.
//!
//! ```no_run
//! use std::path::Path;
//! use mlhost_toolchain::{Metadata, TARGET, Toolchain, command, encode};
//!
//! # fn main() -> Result<(), mlhost_toolchain::Error> {
//! let (root, target) = (Path::new("."), Path::new("target"));
//! let toolchain = Toolchain::find()?;
//! let flags = toolchain.flags(&[("/home/me/mine".into(), "/mine".into())])?;
//! command::run(toolchain.cargo_build(root, target, &flags).arg("--release"))?;
//! let module = std::fs::read("target/wasm32-unknown-unknown/release/mine.wasm").unwrap();
//! let component = encode(&module, &Metadata { name: "acme:mine".into(), ..Metadata::default() })?;
//! # Ok(())
//! # }
//! ```
//!
//! May use no other crate of the host.

#![forbid(unsafe_code)]

pub mod command;
mod component;
mod error;
mod remap;
mod toolchain;

pub use component::{
    Metadata, component_of, describe, digest, encode, is_component, write_if_changed,
};
pub use error::{Error, Result};
pub use toolchain::{TARGET, Toolchain, install_packages};
