//! Training in a plugin.

use std::sync::Arc;

use arrow::datatypes::Schema;
use mlhost_data::Table;
use wasmtime::component::ResourceAny;

use crate::{Context, Error, contract::fit, convert::Carrier, inner::Inner, instance::Instance};

/// Training that was asked for, in an instance of its own.
pub struct Trainer {
    instance: Instance,
    guest: fit::Guest,
    trainer: ResourceAny,
    columns: Vec<String>,
    carrier: Carrier,
}

impl Trainer {
    pub(crate) fn open(
        plugin: &Arc<Inner>,
        context: &Context,
        params: &str,
        input: &Schema,
    ) -> Result<Self, Error> {
        let indices = plugin.interface(plugin.interfaces.fit.as_ref(), "fit")?;
        let mut instance = Instance::new(plugin, context)?;
        let guest = instance.guest(|store, wasm| indices.load(store, wasm))?;
        let fields = instance.schema_out(input)?;
        let trainer = instance.call(|store| guest.trainer().call_open(store, params, &fields))?;
        let columns =
            instance.call_infallible(|store| guest.trainer().call_columns(store, trainer))?;
        let columns = instance.within(columns, |limits, columns| limits.check_columns(columns))?;
        let carrier = instance.carrier(input, &columns)?;
        Ok(Self {
            instance,
            guest,
            trainer,
            columns,
            carrier,
        })
    }

    /// The columns that it will read.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Trains on the table, which the plugin scans as often as it likes.
    ///
    /// # Errors
    /// What the plugin reports or does wrong, and what is wrong with the data.
    pub fn fit(mut self, table: Arc<dyn Table>) -> Result<Vec<u8>, Error> {
        let (resource, trainer) = (self.guest.trainer(), self.trainer);
        let (columns, carrier) = (self.columns, self.carrier);
        let state = self.instance.call(|store| {
            let dataset = store.data_mut().lend(table, columns, carrier)?;
            let lent = wasmtime::component::Resource::new_borrow(dataset.rep());
            let state = resource.call_fit(&mut *store, trainer, lent);
            store.data_mut().take_back(dataset)?;
            state
        })?;
        self.instance
            .within(state, |limits, state| limits.check_state(state))
    }
}
