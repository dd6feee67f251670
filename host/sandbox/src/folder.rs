//! A fold under way in a plugin.

use std::{collections::HashMap, sync::Arc};

use arrow::{datatypes::Schema, record_batch::RecordBatch};
use wasmtime::component::ResourceAny;

use crate::{
    Context, Error,
    contract::{fold, pass::Pass},
    convert::Carrier,
    inner::Inner,
    instance::Instance,
};

/// A state in the making, in an instance of its own.
pub struct Folder {
    instance: Instance,
    guest: fold::Guest,
    folder: ResourceAny,
    update: Pass,
    columns: Vec<String>,
    carrier: Carrier,
}

impl Folder {
    pub(crate) fn open(
        plugin: &Arc<Inner>,
        context: &Context,
        params: &str,
        input: &Schema,
    ) -> Result<Self, Error> {
        let indices = plugin.interface(plugin.interfaces.fold.as_ref(), "fold")?;
        let mut instance = Instance::new(plugin, context)?;
        let guest = instance.guest(|store, wasm| indices.load(store, wasm))?;
        let fields = instance.schema_out(input)?;
        let folder = instance.call(|store| guest.folder().call_open(store, params, &fields))?;
        let columns =
            instance.call_infallible(|store| guest.folder().call_columns(store, folder))?;
        let columns = instance.within(columns, |limits, columns| limits.check_columns(columns))?;
        let carrier = instance.carrier(input, &columns)?;
        let update = instance.pass(("fold", "folder.update"), folder)?;
        Ok(Self {
            instance,
            guest,
            folder,
            update,
            columns,
            carrier,
        })
    }

    /// The columns that [`update`](Self::update) takes, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Hands the plugin the next rows, which hold [`columns`](Self::columns).
    ///
    /// # Errors
    /// What the plugin reports or does wrong.
    pub fn update(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        let batch = self.carrier.batch_out(rows);
        let batch = batch.map_err(|error| self.instance.not_carried(error))?;
        self.instance.call(|store| self.update.call(store, batch))
    }

    /// Hands the plugin what another folder has learned from the rows that follow.
    ///
    /// # Errors
    /// What the plugin reports or does wrong.
    pub fn merge(&mut self, later: &[u8]) -> Result<(), Error> {
        let folder = self.guest.folder();
        self.instance
            .call(|store| folder.call_merge(store, self.folder, later))
    }

    /// What was learned so far.
    ///
    /// # Errors
    /// What the plugin reports or does wrong.
    pub fn state(&mut self) -> Result<Vec<u8>, Error> {
        let folder = self.guest.folder();
        let state = self
            .instance
            .call(|store| folder.call_state(store, self.folder))?;
        self.instance
            .within(state, |limits, state| limits.check_state(state))
    }
}

impl Instance {
    /// A method of a resource that takes batches.
    pub(crate) fn pass(
        &mut self,
        method: (&str, &str),
        resource: ResourceAny,
    ) -> Result<Pass, Error> {
        let wasm = self.wasm;
        self.call_infallible(|store| Pass::new(store, &wasm, method, resource))
    }

    /// A schema as a plugin is told it.
    pub(crate) fn schema_out(
        &self,
        schema: &Schema,
    ) -> Result<Vec<crate::contract::wire::Field>, Error> {
        let carrier = Carrier::new(schema).map_err(|error| self.not_carried(error))?;
        Ok(carrier.fields().to_vec())
    }

    /// Takes batches of the columns that a plugin asked for, which have to be there.
    pub(crate) fn carrier(&self, input: &Schema, columns: &[String]) -> Result<Carrier, Error> {
        let fields = input.fields().iter().enumerate();
        let places: HashMap<_, _> = fields.map(|(at, field)| (field.name(), at)).collect();
        let place = |name: &String| {
            places.get(name).copied().ok_or_else(|| {
                self.invalid(format!(
                    "a wish for column `{name}`, which its input does not have"
                ))
            })
        };
        let indices = columns.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let projected = input
            .project(&indices)
            .map_err(|error| self.invalid(error.to_string()))?;
        Carrier::new(&projected).map_err(|error| self.not_carried(error))
    }
}
