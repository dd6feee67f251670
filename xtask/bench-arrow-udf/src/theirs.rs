//! The functions in arrow-udf's WebAssembly runtime, with the Arrow that it takes.

use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::cast::AsArray;
use arrow::datatypes::Float64Type;
use arrow_udf_runtime::wasm::{FunctionHandle, Runtime};
use udf_arrow_array::cast::AsArray as _;
use udf_arrow_array::{ArrayRef, Float64Array, RecordBatch};
use udf_arrow_schema::{DataType, Field};

use crate::comparison::Kernel;
use crate::scales::SCALES;

/// A kernel in both forms that arrow-udf has for it.
pub(crate) struct Functions<'a> {
    runtime: &'a Runtime,
    of_columns: FunctionHandle,
    of_a_row: FunctionHandle,
}

/// Compiles the module.
pub(crate) fn load(module: &[u8]) -> Result<Runtime> {
    Runtime::new(module)
}

impl<'a> Functions<'a> {
    /// Looks the functions up.
    pub(crate) fn find(runtime: &'a Runtime, kernel: Kernel) -> Result<Self> {
        let fields = (0..SCALES.len())
            .map(|column| Field::new(format!("x{column}"), DataType::Float64, true));
        let row = DataType::Struct(fields.collect());
        let find = |form: &str| {
            let name = format!("{}_{form}", kernel.name());
            runtime.find_function(&name, vec![DataType::Float64; SCALES.len()], row.clone())
        };
        Ok(Self {
            runtime,
            of_columns: find("of_columns")?,
            of_a_row: find("of_a_row")?,
        })
    }

    /// Calls the function of whole columns. The runtime keeps the instance for the next call.
    pub(crate) fn of_columns(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        self.runtime.call(&self.of_columns, batch)
    }

    /// Calls the function of a row, which makes a loop of itself.
    pub(crate) fn of_a_row(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        self.runtime.call(&self.of_a_row, batch)
    }
}

/// The same batch in the other Arrow.
pub(crate) fn batch(batch: &arrow::record_batch::RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema_ref();
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| {
        let values = column.as_primitive::<Float64Type>().iter();
        let column = Arc::new(values.collect::<Float64Array>()) as ArrayRef;
        (field.name(), column)
    });
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// The values in the struct that a function returns.
pub(crate) fn columns(batch: &RecordBatch) -> Result<Vec<Vec<Option<f64>>>> {
    let rows = batch.column(0).as_struct_opt();
    let rows = rows.context("the function returned no struct")?;
    let columns = rows.columns().iter();
    Ok(columns
        .map(|column| {
            let column = column.as_primitive::<udf_arrow_array::types::Float64Type>();
            column.iter().collect()
        })
        .collect())
}
