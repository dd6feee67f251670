//! A plugin whose work is known, for the benchmarks.
//!
//! As `none` it folds by touching every buffer and hands on the batches that it gets, so that what
//! is measured is the way into the sandbox and back; as `standardise` it does the work of a scaler. The kernels are public: the
//! benchmark runs the same code natively beside the plugin. May use the plugin SDK and the
//! statistics.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Float64Array, RecordBatch};
//! use mlhost_kernels::{Scale, standardise};
//!
//! let column: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(3.0)]));
//! let batch = RecordBatch::try_from_iter([("x", column)])?;
//!
//! let scale = Scale { mean: 2.0, deviation: 1.0 };
//! let scaled = standardise(&batch, &[scale])?;
//! let expected: ArrayRef = Arc::new(Float64Array::from(vec![Some(-1.0), None, Some(1.0)]));
//! assert_eq!(scaled.column(0), &expected);
//! # Ok::<(), mlhost_plugin::Error>(())
//! ```

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, cast::AsArray};
use arrow_schema::DataType;
use mlhost_plugin::{
    Emit, Error, Fold, Output, Plugin, Preprocessor, RecordBatch, Result, Schema, SchemaRef,
    Transform, export,
};
use mlhost_statistics::Moments;

/// The plugin.
pub struct Kernels;

/// What is done with each batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kernel {
    /// Nothing.
    None,
    /// `(x - mean) / standard deviation` of each value; a null stays one.
    Standardise,
}

/// The parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// What is done with each batch.
    pub kernel: Kernel,
}

/// The mean and the variance of every column, on the way.
#[derive(Clone, Debug)]
pub struct Folding {
    kernel: Kernel,
    columns: Vec<String>,
    moments: Vec<Moments>,
}

/// What standardisation needs to know of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The arithmetic mean.
    pub mean: f64,
    /// The population standard deviation, which is not zero.
    pub deviation: f64,
}

/// A kernel, ready for batches.
#[derive(Clone, Debug)]
pub struct Applying {
    kernel: Kernel,
    schema: SchemaRef,
    columns: Vec<String>,
    scales: Vec<Scale>,
}

/// Standardises a batch of float64 columns, one scale a column.
///
/// # Errors
/// When the columns do not make a batch of their own schema, which cannot be.
pub fn standardise(rows: &RecordBatch, scales: &[Scale]) -> Result<RecordBatch> {
    let columns = rows.columns().iter().zip(scales);
    let columns = columns
        .map(|(column, Scale { mean, deviation })| {
            let column: &Float64Array = column.as_primitive();
            let scaled = in_blocks(column.values(), |value| (value - mean) / deviation);
            let scaled = Float64Array::try_new(scaled.into(), column.nulls().cloned())?;
            Ok(Arc::new(scaled) as ArrayRef)
        })
        .collect::<Result<_>>()?;
    Ok(RecordBatch::try_new(rows.schema(), columns)?)
}

/// Values in one turn of a loop. The sandbox can interrupt a plugin at every turn, and the check
/// for it would double the time of a loop that does one value a turn.
const BLOCK: usize = 64;

/// Maps values block by block.
fn in_blocks(values: &[f64], map: impl Fn(f64) -> f64) -> Vec<f64> {
    let (blocks, rest) = values.as_chunks::<BLOCK>();
    let mut mapped = Vec::with_capacity(values.len());
    for block in blocks {
        mapped.extend_from_slice(&block.map(&map));
    }
    mapped.extend(rest.iter().copied().map(map));
    mapped
}

/// Looks at both ends of each buffer.
fn touch(column: &ArrayRef) {
    let values: &Float64Array = column.as_primitive();
    let validity = values.nulls().map(|nulls| nulls.validity());
    let validity = validity.map(|bits| (bits.first(), bits.last()));
    let ends = (values.values().first(), values.values().last());
    std::hint::black_box((ends, validity));
}

/// The names of the columns, all of which have to be float64.
fn float64_columns(input: &Schema) -> Result<Vec<String>> {
    let name = |field: &arrow_schema::FieldRef| match field.data_type() {
        DataType::Float64 => Ok(field.name().clone()),
        other => Err(Error::data(format!(
            "column `{}` is {other}, and only float64 is taken",
            field.name()
        ))),
    };
    input.fields().iter().map(name).collect()
}

impl Plugin for Kernels {
    const NAME: &str = "kernels";
    const SUMMARY: &str = "Hands on its input or standardises it, for benchmarks.";
    type Params = Params;
}

impl Preprocessor for Kernels {
    type Fold = Folding;
    type Transform = Applying;
}

impl Fold for Folding {
    type Params = Params;
    type State = Vec<Moments>;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        let columns = float64_columns(input)?;
        Ok(Self {
            kernel: params.kernel,
            moments: vec![Moments::default(); columns.len()],
            columns,
        })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let columns = self.moments.iter_mut().zip(rows.columns());
        for (moments, column) in columns {
            match self.kernel {
                Kernel::None => touch(column),
                Kernel::Standardise => {
                    let taken = moments.update_array(column);
                    taken.map_err(|error| Error::data(error.to_string()))?;
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, later: Vec<Moments>) -> Result<()> {
        let pairs = self.moments.iter_mut().zip(&later);
        pairs.for_each(|(moments, later)| moments.merge(later));
        Ok(())
    }

    fn state(&self) -> Vec<Moments> {
        self.moments.clone()
    }
}

impl Transform for Applying {
    type Params = Params;
    type State = Vec<Moments>;

    fn open(params: Params, state: Vec<Moments>, input: &Schema) -> Result<Self> {
        let columns = float64_columns(input)?;
        if state.len() != columns.len() {
            return Err(Error::data("the state was fitted on other columns"));
        }
        Ok(Self {
            kernel: params.kernel,
            schema: Arc::new(input.clone()),
            columns,
            scales: state.iter().map(scale).collect(),
        })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn output(&self) -> Output {
        Output {
            schema: self.schema.clone(),
            row_wise: true,
        }
    }

    fn apply(&mut self, rows: &RecordBatch, emit: &mut Emit<'_>) -> Result<()> {
        match self.kernel {
            Kernel::None => emit(rows),
            Kernel::Standardise => emit(&standardise(rows, &self.scales)?),
        }
    }
}

/// The scale of a column; one that does not vary is not divided.
fn scale(moments: &Moments) -> Scale {
    let deviation = moments.standard_deviation().unwrap_or(1.0);
    Scale {
        mean: moments.mean().unwrap_or(0.0),
        deviation: if deviation > 0.0 { deviation } else { 1.0 },
    }
}

export!(Kernels as preprocessor);
