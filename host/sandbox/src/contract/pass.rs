//! `fold.update` and `transform.apply`: how a plugin gets batches.
//!
//! Buffers are borrowed where they are, and copied once, into the plugin's memory.

use arrow::buffer::Buffer;
use mlhost_arrow::FlatArray;
use wasmtime::{
    Store,
    component::{ComponentType, Func, Instance, Lower, ResourceAny, TypedFunc},
};

use super::types;
use crate::{CONTRACT, instance::Called, session::Session};

/// `array`, where it is.
#[derive(ComponentType, Lower)]
#[component(record)]
struct Array<'a> {
    length: u32,
    #[component(name = "null-count")]
    null_count: u32,
    buffers: Vec<&'a [u8]>,
}

impl<'a> From<&'a FlatArray> for Array<'a> {
    fn from(flat: &'a FlatArray) -> Self {
        Self {
            length: flat.length,
            null_count: flat.null_count,
            buffers: flat.buffers.iter().map(Buffer::as_slice).collect(),
        }
    }
}

/// `batch`, where it is.
#[derive(ComponentType, Lower)]
#[component(record)]
struct Batch<'a> {
    #[component(name = "num-rows")]
    num_rows: u32,
    arrays: Vec<Array<'a>>,
}

type Params<'a> = (ResourceAny, Batch<'a>);
type Results = (Result<(), types::Error>,);

/// A method of the contract that takes a batch and gives nothing.
pub(crate) struct Pass {
    function: Func,
    resource: ResourceAny,
}

impl Pass {
    /// Looks a method up, `folder.update` of the interface `fold` for one.
    ///
    /// # Errors
    /// When the component does not export it as the contract has it.
    pub(crate) fn new(
        store: &mut Store<Session>,
        wasm: &Instance,
        (interface, method): (&str, &str),
        resource: ResourceAny,
    ) -> wasmtime::Result<Self> {
        let interface = format!("mlhost:plugin/{interface}@{CONTRACT}");
        let method = format!("[method]{method}");
        let missing = || wasmtime::format_err!("`{interface}` does not export `{method}`");
        let index = wasm.get_export_index(&mut *store, None, &interface);
        let index =
            index.and_then(|index| wasm.get_export_index(&mut *store, Some(&index), &method));
        let function = index.and_then(|index| wasm.get_func(&mut *store, index));
        let function = function.ok_or_else(missing)?;
        function.typed::<Params<'_>, Results>(&*store)?;
        Ok(Self { function, resource })
    }

    /// Calls the method.
    ///
    /// # Errors
    /// A trap, and what the plugin reports.
    pub(crate) fn call(
        &self,
        store: &mut Store<Session>,
        num_rows: u32,
        arrays: &[FlatArray],
    ) -> Called<()> {
        let batch = Batch {
            num_rows,
            arrays: arrays.iter().map(Array::from).collect(),
        };
        // SAFETY: `new` has checked that the function has these types. Checking them again would
        // take a tenth of what a small batch takes.
        #[allow(unsafe_code, reason = "see the safety comment")]
        let function = unsafe { TypedFunc::<Params<'_>, Results>::new_unchecked(self.function) };
        let (result,) = function.call(&mut *store, (self.resource, batch))?;
        Ok(result)
    }
}
