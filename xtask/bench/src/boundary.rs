//! Batches on their way into a plugin and back, beside a plain copy of their bytes and beside the
//! same work without a sandbox.

use std::hint::black_box;

use anyhow::{Result, ensure};
use arrow::record_batch::RecordBatch;
use mlhost_kernels::{Applying, Folding, Kernel, Params};
use mlhost_plugin::{Fold, Transform, testing};
use mlhost_sandbox::{Context, Folder, Options, Plugin, Sandbox, Transformer};
use serde::Serialize;

use crate::arguments::Effort;
use crate::rows;
use crate::series::{Case, cpu_seconds, median, ratio};

const ROWS: [usize; 3] = [1 << 10, 8 << 10, 64 << 10];

/// Bytes that a turn of a series moves at least: one that is too short is all clock.
const BYTES_A_TURN: usize = 32 << 20;

/// Batches of one size. Times are CPU seconds a batch.
#[derive(Serialize)]
pub(crate) struct Boundary {
    pub(crate) rows: usize,
    /// Bytes of all buffers of a batch.
    pub(crate) bytes: usize,
    /// A copy of the bytes to where they were copied before.
    pub(crate) memcpy_seconds: f64,
    /// A fold that touches both ends of each buffer.
    pub(crate) touch: Crossing,
    pub(crate) no_op: Crossing,
    pub(crate) standardise: Crossing,
    pub(crate) fold_update: Crossing,
}

/// One way of crossing the boundary.
#[derive(Serialize)]
pub(crate) struct Crossing {
    pub(crate) seconds: f64,
    /// Bytes of the batch a second.
    pub(crate) bytes_per_second: f64,
    /// As a multiple of the copy's time.
    pub(crate) to_memcpy: f64,
    /// As a multiple of the time of the same code outside the sandbox, where it does some work.
    pub(crate) to_native: Option<f64>,
}

/// Measures every size.
pub(crate) fn measure(component: &[u8], effort: &Effort) -> Result<Vec<Boundary>> {
    let plugin = Sandbox::new(Options::default())?.load(component)?;
    let sizes = ROWS.iter();
    sizes
        .map(|rows| measure_size(&plugin, *rows, effort))
        .collect()
}

fn measure_size(plugin: &Plugin, rows: usize, effort: &Effort) -> Result<Boundary> {
    let batch = rows::batch(rows)?;
    let buffers = rows::buffers(&batch);
    let bytes = buffers.iter().map(Vec::len).sum();

    let mut copies = buffers.clone();
    let mut sandboxed = Sandboxed::new(plugin, &batch)?;
    let mut native = Native::new(&batch)?;
    ensure!(
        sandboxed.no_op.apply(&batch)? == [batch.clone()],
        "the plugin that does nothing changed the batch"
    );
    ensure!(
        sandboxed.standardise.apply(&batch)? == [native.standardise(&batch)?],
        "the sandbox and the native code do not agree"
    );

    let Sandboxed {
        touch,
        no_op,
        standardise,
        folder,
    } = &mut sandboxed;
    let (applying, folding) = (&mut native.applying, &mut native.folding);
    let cases: [Case<'_>; 7] = [
        Box::new(|| {
            let pairs = copies.iter_mut().zip(black_box(&buffers));
            pairs.for_each(|(to, from)| to.copy_from_slice(from));
            black_box(&copies);
            Ok(())
        }),
        Box::new(|| Ok(touch.update(&batch)?)),
        Box::new(|| {
            black_box(no_op.apply(&batch)?);
            Ok(())
        }),
        Box::new(|| {
            black_box(standardise.apply(&batch)?);
            Ok(())
        }),
        Box::new(|| {
            let mut emit = |rows: &RecordBatch| {
                black_box(rows);
                Ok(())
            };
            Ok(applying.apply(black_box(&batch), &mut emit)?)
        }),
        Box::new(|| Ok(folder.update(&batch)?)),
        Box::new(|| Ok(folding.update(black_box(&batch))?)),
    ];
    let calls = BYTES_A_TURN.div_ceil(bytes);
    let [
        memcpy,
        touch,
        no_op,
        standardise,
        native,
        update,
        native_update,
    ] = cpu_seconds(cases, effort.short_rounds, calls)?;

    let crossing = |series: &[f64], native: Option<&[f64]>| Crossing {
        seconds: median(series),
        bytes_per_second: bytes as f64 / median(series),
        to_memcpy: ratio(series, &memcpy),
        to_native: native.map(|native| ratio(series, native)),
    };
    Ok(Boundary {
        rows,
        bytes,
        memcpy_seconds: median(&memcpy),
        touch: crossing(&touch, None),
        no_op: crossing(&no_op, None),
        standardise: crossing(&standardise, Some(&native)),
        fold_update: crossing(&update, Some(&native_update)),
    })
}

/// The plugin's parts, each in an instance of its own.
struct Sandboxed {
    touch: Folder,
    no_op: Transformer,
    standardise: Transformer,
    folder: Folder,
}

impl Sandboxed {
    fn new(plugin: &Plugin, batch: &RecordBatch) -> Result<Self> {
        let context = Context::new("bench");
        let schema = batch.schema();
        let (no_op, standardise) = (r#"{"kernel":"none"}"#, r#"{"kernel":"standardise"}"#);
        let mut folder = plugin.folder(&context, standardise, &schema)?;
        folder.update(batch)?;
        let state = folder.state()?;
        Ok(Self {
            touch: plugin.folder(&context, no_op, &schema)?,
            no_op: plugin.transformer(&context, no_op, &state, &schema)?,
            standardise: plugin.transformer(&context, standardise, &state, &schema)?,
            folder,
        })
    }
}

/// The same code as the plugin's, outside the sandbox.
struct Native {
    applying: Applying,
    folding: Folding,
}

impl Native {
    fn new(batch: &RecordBatch) -> Result<Self> {
        let params = Params {
            kernel: Kernel::Standardise,
        };
        let schema = batch.schema();
        let state = testing::fold::<Folding>(params, std::slice::from_ref(batch))?;
        Ok(Self {
            applying: Applying::open(params, state, &schema)?,
            folding: Folding::open(params, &schema)?,
        })
    }

    fn standardise(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        let mut emitted = Vec::new();
        self.applying.apply(batch, &mut |rows| {
            emitted.push(rows.clone());
            Ok(())
        })?;
        ensure!(emitted.len() == 1, "the kernel emits one batch for one");
        Ok(emitted.remove(0))
    }
}
