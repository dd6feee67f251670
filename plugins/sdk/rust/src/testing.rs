//! Runs the parts of a plugin natively, the way a host would: for unit tests.
//!
//! States go through their bytes and batches are projected to the columns that
//! were asked for, so that what only works in one instance does not pass.

mod readme;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{
    Dataset, Error, Fit, Fold, MemoryDataset, Result, Transform,
    codec::{decode_params, decode_state, encode_state},
};

pub use readme::{generated_part, parameters, readme_has_parameters};

/// Parameters from the JSON text that a host would hand over.
pub fn params<P: DeserializeOwned>(json: &str) -> Result<P> {
    decode_params(json)
}

/// The JSON Schema that `describe` gives for the parameters.
pub fn params_schema<P: JsonSchema>() -> String {
    crate::codec::params_schema::<P>()
}

/// Folds batches in one instance.
pub fn fold<F: Fold>(params: F::Params, batches: &[RecordBatch]) -> Result<F::State> {
    decode_state(&encode_state(
        &folded::<F>(params, &schema_of(batches), batches)?.state(),
    )?)
}

/// Folds each part in an instance of its own and merges them in order.
/// `params` is called once per instance.
pub fn fold_parts<F: Fold>(
    params: impl Fn() -> F::Params,
    parts: &[Vec<RecordBatch>],
) -> Result<F::State> {
    let schema = schema_of(
        parts
            .iter()
            .find(|part| !part.is_empty())
            .map_or(&[], |part| part),
    );
    let mut all = F::open(params(), &schema)?;
    for part in parts {
        let state = folded::<F>(params(), &schema, part)?.state();
        all.merge(decode_state(&encode_state(&state)?)?)?;
    }
    decode_state(&encode_state(&all.state())?)
}

/// Trains on batches.
pub fn fit<F: Fit>(params: F::Params, batches: &[RecordBatch]) -> Result<F::State> {
    let schema = schema_of(batches);
    let fit = F::open(params, &schema)?;
    let batches = projected(&schema, &fit.columns(), batches)?;
    let dataset = MemoryDataset::new(schema_of(&batches), batches);
    decode_state(&encode_state(&fit.fit(&dataset as &dyn Dataset)?)?)
}

/// Transforms batches and checks what was announced: schema, and row counts of
/// a row-wise transform.
pub fn transform<T: Transform>(
    params: T::Params,
    state: T::State,
    batches: &[RecordBatch],
) -> Result<Vec<RecordBatch>> {
    let schema = schema_of(batches);
    let mut transform = T::open(params, state, &schema)?;
    let output = transform.output();
    let mut emitted = Vec::new();
    for batch in projected(&schema, &transform.columns(), batches)? {
        let before = rows_of(&emitted);
        transform.apply(&batch, &mut collect(&mut emitted, &output.schema))?;
        if output.row_wise && rows_of(&emitted) - before != batch.num_rows() {
            return Err(Error::failed(
                "a row-wise transform changed the number of rows",
            ));
        }
    }
    transform.finish(&mut collect(&mut emitted, &output.schema))?;
    Ok(emitted)
}

fn collect<'a>(
    emitted: &'a mut Vec<RecordBatch>,
    announced: &'a Schema,
) -> impl FnMut(&RecordBatch) -> Result<()> + 'a {
    move |batch| {
        if batch.schema().as_ref() != announced {
            return Err(Error::failed(
                "a batch was emitted that is not of the announced schema",
            ));
        }
        emitted.push(batch.clone());
        Ok(())
    }
}

fn rows_of(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

fn folded<F: Fold>(params: F::Params, schema: &Schema, batches: &[RecordBatch]) -> Result<F> {
    let mut fold = F::open(params, schema)?;
    for batch in projected(schema, &fold.columns(), batches)? {
        fold.update(&batch)?;
    }
    Ok(fold)
}

fn projected(
    schema: &Schema,
    columns: &[String],
    batches: &[RecordBatch],
) -> Result<Vec<RecordBatch>> {
    let indices = crate::named_columns(schema, columns, "")?;
    Ok(batches
        .iter()
        .map(|batch| batch.project(&indices))
        .collect::<Result<_, _>>()?)
}

fn schema_of(batches: &[RecordBatch]) -> Arc<Schema> {
    batches
        .first()
        .map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema)
}
