//! The contract's `arrow` interface.
//!
//! Generated bindings would make a `Vec<u8>` of the memory of a batch and with it
//! one more copy. These are the same types by hand; wasmtime checks them against
//! the component's own when it looks a function up.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "documented in the contract, used by generated code"
)]

use wasmtime::component::{ComponentType, HasData, Lift, Linker, Lower, flags};

pub use super::batch::Batch;

flags! {
    FieldFlags {
        #[component(name = "dictionary-ordered")]
        const DICTIONARY_ORDERED;
        #[component(name = "nullable")]
        const NULLABLE;
        #[component(name = "map-keys-sorted")]
        const MAP_KEYS_SORTED;
    }
}

/// `field`.
#[derive(Clone, Debug, ComponentType, Lower, Lift)]
#[component(record)]
pub struct Field {
    pub name: String,
    pub format: String,
    pub flags: FieldFlags,
    pub metadata: Vec<(String, String)>,
    pub children: u32,
    pub dictionary: bool,
}

/// `schema`.
pub type Schema = Vec<Field>;

/// `array`.
#[derive(Clone, Copy, Debug, ComponentType, Lift)]
#[component(record)]
pub struct Array {
    pub length: u32,
    #[component(name = "null-count")]
    pub null_count: u32,
}

/// `buffer`.
#[derive(Clone, Copy, Debug, ComponentType, Lift)]
#[component(record)]
pub struct Buffer {
    pub piece: u32,
    pub offset: u32,
    pub length: u32,
}

// What the generated code expects of an interface's module, though this one has
// no functions.

pub trait Host {}

impl<T: ?Sized> Host for T {}

pub trait HostWithStore<T> {}

impl<T: ?Sized, U> HostWithStore<U> for T {}

pub fn add_to_linker<T: 'static, D: HasData>(
    _linker: &mut Linker<T>,
    _host: fn(&mut T) -> D::Data<'_>,
) -> wasmtime::Result<()> {
    Ok(())
}
