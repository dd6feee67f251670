//! The plugin in our sandbox.

use std::sync::Arc;

use anyhow::{Result, ensure};
use arrow::array::{ArrayRef, Float64Array, cast::AsArray};
use arrow::datatypes::{Float64Type, SchemaRef};
use arrow::record_batch::RecordBatch;
use mlhost_sandbox::{Context, Options, Plugin, Sandbox, Transformer};

use crate::comparison::Kernel;
use crate::scales::SCALES;

/// Compiles the plugin.
pub(crate) fn load(component: &[u8]) -> Result<Plugin> {
    Ok(Sandbox::new(Options::default())?.load(component)?)
}

/// The plugin's transform for batches of this schema, fitted to [`SCALES`].
pub(crate) fn transformer(
    plugin: &Plugin,
    kernel: Kernel,
    schema: &SchemaRef,
) -> Result<Transformer> {
    let context = Context::new("bench");
    let params = format!(r#"{{"kernel":"{}"}}"#, kernel.name());
    let mut folder = plugin.folder(&context, &params, schema)?;
    folder.update(&of_these_scales(schema)?)?;
    let state = folder.state()?;
    Ok(plugin.transformer(&context, &params, &state, schema)?)
}

/// The values of the one batch that the transform makes of one.
pub(crate) fn columns(batches: &[RecordBatch]) -> Result<Vec<Vec<Option<f64>>>> {
    ensure!(batches.len() == 1, "the plugin made several batches of one");
    let columns = batches.iter().flat_map(RecordBatch::columns);
    Ok(columns
        .map(|column| column.as_primitive::<Float64Type>().iter().collect())
        .collect())
}

/// Two rows with these means and population standard deviations.
fn of_these_scales(schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = SCALES.iter().map(|scale| {
        let values = [scale.mean - scale.deviation, scale.mean + scale.deviation];
        Arc::new(Float64Array::from(values.to_vec())) as ArrayRef
    });
    Ok(RecordBatch::try_new(schema.clone(), columns.collect())?)
}
