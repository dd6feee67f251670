//! `fold.update` and `transform.apply`: how a plugin gets batches.

use wasmtime::{
    Store,
    component::{Func, Instance, ResourceAny, TypedFunc},
};

use super::{types, wire};
use crate::{CONTRACT, instance::Called, session::Session};

type Params = (ResourceAny, wire::Batch);
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
        function.typed::<Params, Results>(&*store)?;
        Ok(Self { function, resource })
    }

    /// Calls the method.
    ///
    /// # Errors
    /// A trap, and what the plugin reports.
    pub(crate) fn call(&self, store: &mut Store<Session>, batch: wire::Batch) -> Called<()> {
        // SAFETY: `new` has checked that the function has these types. Checking them again would
        // take a tenth of what a small batch takes.
        #[allow(unsafe_code, reason = "see the safety comment")]
        let function = unsafe { TypedFunc::<Params, Results>::new_unchecked(self.function) };
        let (result,) = function.call(&mut *store, (self.resource, batch))?;
        Ok(result)
    }
}
