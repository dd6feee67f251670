//! The component side of the SDK: generated bindings, and adapters from the
//! contract's resources to the traits of this crate.
//!
//! The bindings are made once, for a world with everything in it. What a plugin
//! exports is decided by [`crate::export!`], which picks the interfaces of the
//! plugin's kind and adds that world's type to the module.

pub mod adapters;
pub mod bindings;
pub(crate) mod imports;
mod randomness;
mod resources;

include!(concat!(env!("OUT_DIR"), "/worlds.rs"));
