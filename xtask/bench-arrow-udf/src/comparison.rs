//! The same work on the same batches, here and there.

use std::hint::black_box;

use anyhow::{Result, ensure};
use arrow_udf_runtime::wasm::Runtime;
use mlhost_sandbox::Plugin;
use serde::Serialize;

use crate::series::{Case, cpu_seconds, median, ratio};
use crate::theirs::Functions;
use crate::{ours, rows, theirs};

const ROWS: [usize; 3] = [1 << 10, 8 << 10, 64 << 10];

/// Bytes that a turn of a series moves at least: one that is too short is all clock.
const BYTES_A_TURN: usize = 16 << 20;

/// What is done with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kernel {
    /// Nothing: what is measured is the way there and back.
    None,
    /// `(x - mean) / deviation` of each value.
    Standardise,
}

/// One kernel on batches of one size.
#[derive(Serialize)]
pub(crate) struct Comparison {
    pub(crate) rows: usize,
    /// Bytes of all buffers of a batch.
    pub(crate) bytes: usize,
    pub(crate) kernel: Kernel,
    pub(crate) sandbox: Throughput,
    /// A function of whole columns in arrow-udf.
    pub(crate) of_columns: Throughput,
    /// A function of a row in arrow-udf.
    pub(crate) of_a_row: Throughput,
}

/// How fast batches went through.
#[derive(Serialize)]
pub(crate) struct Throughput {
    /// CPU seconds a batch.
    pub(crate) seconds: f64,
    /// Bytes of the batch a second.
    pub(crate) bytes_per_second: f64,
    /// The time as a multiple of the sandbox's.
    pub(crate) to_sandbox: f64,
}

impl Kernel {
    const ALL: [Self; 2] = [Self::None, Self::Standardise];

    /// What the plugin calls it, and the names of the functions start with.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Standardise => "standardise",
        }
    }
}

/// Measures every kernel on batches of every size.
pub(crate) fn measure(component: &[u8], module: &[u8], rounds: usize) -> Result<Vec<Comparison>> {
    eprintln!("compiling the plugin and the functions");
    let plugin = ours::load(component)?;
    let runtime = theirs::load(module)?;
    let mut comparisons = Vec::new();
    for rows in ROWS {
        for kernel in Kernel::ALL {
            eprintln!("measuring: {} on {rows} rows", kernel.name());
            comparisons.push(compare(&plugin, &runtime, kernel, rows, rounds)?);
        }
    }
    Ok(comparisons)
}

fn compare(
    plugin: &Plugin,
    runtime: &Runtime,
    kernel: Kernel,
    rows: usize,
    rounds: usize,
) -> Result<Comparison> {
    let batch = rows::batch(rows)?;
    let bytes = rows::buffers(&batch).iter().map(Vec::len).sum();
    let their_batch = theirs::batch(&batch)?;
    let functions = Functions::find(runtime, kernel)?;
    let mut sandbox = ours::transformer(plugin, kernel, batch.schema_ref())?;

    let expected = ours::columns(&sandbox.apply(&batch)?)?;
    for output in [
        functions.of_columns(&their_batch)?,
        functions.of_a_row(&their_batch)?,
    ] {
        ensure!(
            theirs::columns(&output)? == expected,
            "the plugin and a function do not agree on `{}`",
            kernel.name()
        );
    }

    let cases: [Case<'_>; 3] = [
        Box::new(|| {
            black_box(sandbox.apply(black_box(&batch))?);
            Ok(())
        }),
        Box::new(|| {
            black_box(functions.of_columns(black_box(&their_batch))?);
            Ok(())
        }),
        Box::new(|| {
            black_box(functions.of_a_row(black_box(&their_batch))?);
            Ok(())
        }),
    ];
    let calls = BYTES_A_TURN.div_ceil(bytes);
    let [sandbox, of_columns, of_a_row] = cpu_seconds(cases, rounds, calls)?;
    let throughput = |series: &[f64]| Throughput {
        seconds: median(series),
        bytes_per_second: bytes as f64 / median(series),
        to_sandbox: ratio(series, &sandbox),
    };
    Ok(Comparison {
        rows,
        bytes,
        kernel,
        sandbox: throughput(&sandbox),
        of_columns: throughput(&of_columns),
        of_a_row: throughput(&of_a_row),
    })
}
