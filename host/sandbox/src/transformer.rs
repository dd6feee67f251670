//! A fitted state, applied by a plugin.

use std::sync::Arc;

use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use wasmtime::{Store, component::ResourceAny};

use crate::{
    Context, Error,
    contract::{emit::Emitting, pass::Pass, transform},
    convert::{Carrier, schema_in},
    inner::Inner,
    instance::{Called, Instance},
    session::Session,
};

/// A transform in an instance of its own.
pub struct Transformer {
    instance: Instance,
    guest: transform::Guest,
    transformer: ResourceAny,
    apply: Pass,
    columns: Vec<String>,
    carrier: Carrier,
    schema: SchemaRef,
    emitting: Arc<Emitting>,
    row_wise: bool,
}

impl Transformer {
    pub(crate) fn open(
        plugin: &Arc<Inner>,
        context: &Context,
        params: &str,
        state: &[u8],
        input: &Schema,
    ) -> Result<Self, Error> {
        let indices = plugin.interface(plugin.interfaces.transform.as_ref(), "transform")?;
        let mut instance = Instance::new(plugin, context)?;
        let guest = instance.guest(|store, wasm| indices.load(store, wasm))?;
        let fields = instance.schema_out(input)?;
        let resource = guest.transformer();
        let transformer =
            instance.call(|store| resource.call_open(store, params, state, &fields))?;
        let columns =
            instance.call_infallible(|store| resource.call_columns(store, transformer))?;
        let columns = instance.within(columns, |limits, columns| limits.check_columns(columns))?;
        let carrier = instance.carrier(input, &columns)?;
        let output = instance.call_infallible(|store| resource.call_output(store, transformer))?;
        let fields =
            instance.within(output.schema, |limits, fields| limits.check_schema(fields))?;
        let schema = schema_in(fields)
            .map_err(|error| instance.invalid(format!("an unusable output schema: {error}")))?;
        refuse_duplicates(&instance, &schema)?;
        let apply = instance.pass(("transform", "transformer.apply"), transformer)?;
        Ok(Self {
            instance,
            guest,
            transformer,
            apply,
            columns,
            carrier,
            emitting: Emitting::new(schema.clone()),
            schema,
            row_wise: output.row_wise,
        })
    }

    /// The columns that [`apply`](Self::apply) takes, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The schema of what comes out.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Whether each input row becomes exactly one output row, in order.
    pub fn row_wise(&self) -> bool {
        self.row_wise
    }

    /// Transforms the next rows, which hold [`columns`](Self::columns).
    ///
    /// # Errors
    /// What the plugin reports or does wrong; a row-wise transform that changes
    /// the number of rows is one that does wrong.
    pub fn apply(&mut self, rows: &RecordBatch) -> Result<Vec<RecordBatch>, Error> {
        let batch = self.carrier.batch_out(rows);
        let batch = batch.map_err(|error| self.instance.not_carried(error))?;
        let emitted = emitted(&mut self.instance, &self.emitting, |store| {
            self.apply.call(store, batch)
        })?;
        let rows_out: usize = emitted.iter().map(RecordBatch::num_rows).sum();
        if self.row_wise && rows_out != rows.num_rows() {
            return Err(self.instance.invalid(format!(
                "{rows_out} rows for {}, and it says it is row-wise",
                rows.num_rows()
            )));
        }
        Ok(emitted)
    }

    /// Tells the plugin that the input has ended, for what it held back.
    ///
    /// # Errors
    /// What the plugin reports or does wrong.
    pub fn finish(&mut self) -> Result<Vec<RecordBatch>, Error> {
        let (resource, transformer) = (self.guest.transformer(), self.transformer);
        let emitted = emitted(&mut self.instance, &self.emitting, |store| {
            resource.call_finish(store, transformer)
        })?;
        if self.row_wise && !emitted.is_empty() {
            return Err(self
                .instance
                .invalid("rows at the end, and it says it is row-wise"));
        }
        Ok(emitted)
    }
}

/// Does a call that may emit, and gives what was emitted.
fn emitted(
    instance: &mut Instance,
    emitting: &Arc<Emitting>,
    call: impl FnOnce(&mut Store<Session>) -> Called<()> + Send,
) -> Result<Vec<RecordBatch>, Error> {
    instance.store.data_mut().emitting = Some(emitting.clone());
    let called = instance.call(call);
    let session = instance.store.data_mut();
    session.emitting = None;
    session.emitted_bytes = 0;
    let emitted = std::mem::take(&mut session.emitted);
    called.map(|()| emitted)
}

fn refuse_duplicates(instance: &Instance, schema: &Schema) -> Result<(), Error> {
    let mut names: Vec<_> = schema.fields().iter().map(|field| field.name()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(instance.invalid(format!("an output schema with column `{}` twice", pair[0])))
        }
        None => Ok(()),
    }
}
