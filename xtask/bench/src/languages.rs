//! The examples of the SDKs, which do the same in each language, beside the standard packages in
//! Rust: learning, scaling and checking a batch, and what it takes to start.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, ensure};
use arrow::record_batch::RecordBatch;
use mlhost_sandbox::{Context, Folder, Options, Plugin, Sandbox, Transformer};
use serde::Serialize;
use serde_json::json;

use crate::arguments::{Arguments, Effort};
use crate::series::{Case, cpu_seconds, median, ratio};
use crate::{component, rows};

/// Rows of a batch: as many as the engine reads at once of a table like this.
const ROWS: usize = 8 << 10;

/// Calls in one turn of what Rust and C do in microseconds; the others need one.
const CALLS: usize = 4;

const LANGUAGES: [&str; 4] = ["rust", "c", "js", "python"];

/// The examples of one language.
#[derive(Serialize)]
pub(crate) struct Language {
    pub(crate) language: &'static str,
    /// Bytes of the component that standardises.
    pub(crate) component_bytes: usize,
    /// Compiling it on all cores, once: wall seconds.
    pub(crate) compile_seconds: f64,
    /// Opening a transform in an instance of its own: CPU seconds.
    pub(crate) open_seconds: f64,
    /// Learning means and deviations.
    pub(crate) learn: Work,
    /// Scaling by them.
    pub(crate) scale: Work,
    /// Checking the range of each column.
    pub(crate) check: Work,
}

/// What is done to a batch.
#[derive(Serialize)]
pub(crate) struct Work {
    /// CPU seconds a batch.
    pub(crate) seconds: f64,
    /// Bytes of the batch a second.
    pub(crate) bytes_per_second: f64,
    /// As a multiple of Rust's time.
    pub(crate) to_rust: f64,
}

/// One language at work.
struct AtWork {
    component_bytes: usize,
    compile_seconds: f64,
    standardise: Plugin,
    params: String,
    folder: Folder,
    transformer: Transformer,
    checker: Folder,
    state: Vec<u8>,
}

/// Measures every language, after a look at whether their results agree.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Vec<Language>> {
    let batch = rows::batch(ROWS)?;
    let bytes: usize = rows::buffers(&batch).iter().map(Vec::len).sum();
    let sandbox = Sandbox::new(Options::default())?;
    let mut all = vec![];
    for language in LANGUAGES {
        eprintln!("compiling: {language}");
        all.push(AtWork::new(&sandbox, arguments, language, &batch)?);
    }
    let expected = all[0].transformer.apply(&batch)?;
    for (language, other) in LANGUAGES.iter().zip(&mut all).skip(1) {
        let made = other.transformer.apply(&batch)?;
        ensure!(made == expected, "{language} and rust do not agree");
    }
    let work = |job: fn(&mut AtWork, &RecordBatch) -> Result<()>, all: &mut [AtWork]| {
        measure_work(job, all, &batch, bytes, effort)
    };
    let learn = work(|at, batch| Ok(at.folder.update(batch)?), &mut all)?;
    let scale = work(
        |at, batch| {
            black_box(at.transformer.apply(batch)?);
            Ok(())
        },
        &mut all,
    )?;
    let check = work(|at, batch| Ok(at.checker.update(batch)?), &mut all)?;
    let open = measure_work(AtWork::open, &mut all, &batch, bytes, effort)?;
    let measured = LANGUAGES.iter().zip(&all).zip(learn).zip(scale).zip(check);
    let languages =
        measured.zip(open).map(
            |(((((language, at), learn), scale), check), open)| Language {
                language,
                component_bytes: at.component_bytes,
                compile_seconds: at.compile_seconds,
                open_seconds: open.seconds,
                learn,
                scale,
                check,
            },
        );
    Ok(languages.collect())
}

fn measure_work(
    job: fn(&mut AtWork, &RecordBatch) -> Result<()>,
    all: &mut [AtWork],
    batch: &RecordBatch,
    bytes: usize,
    effort: &Effort,
) -> Result<Vec<Work>> {
    let [rust, c, js, python] = all else {
        anyhow::bail!("there are {} languages", LANGUAGES.len());
    };
    let cases: [Case<'_>; 4] =
        [rust, c, js, python].map(|at| -> Case<'_> { Box::new(move || job(at, batch)) });
    let series = cpu_seconds(cases, effort.long_rounds, CALLS)?;
    let work = series.iter().map(|taken| Work {
        seconds: median(taken),
        bytes_per_second: bytes as f64 / median(taken),
        to_rust: ratio(taken, &series[0]),
    });
    Ok(work.collect())
}

impl AtWork {
    fn new(
        sandbox: &Sandbox,
        arguments: &Arguments,
        language: &str,
        batch: &RecordBatch,
    ) -> Result<Self> {
        let schema = batch.schema();
        let names: Vec<_> = schema.fields().iter().map(|field| field.name()).collect();
        let range = json!({ "min": 1, "max": 99 });
        let (standardise, between) = match language {
            "rust" => (
                json!({
                    "precision": "float64",
                    "encode": [{ "columns": names, "scale": "standard" }],
                }),
                json!({ "between": range }),
            ),
            _ => (json!({ "columns": names }), range),
        };
        let ranges: serde_json::Map<_, _> = names
            .iter()
            .map(|name| ((*name).clone(), between.clone()))
            .collect();
        let (params, checks) = (
            standardise.to_string(),
            json!({ "columns": ranges }).to_string(),
        );

        let bytes = bytes_of(arguments, language, "standardise")?;
        let start = Instant::now();
        let standardise = sandbox.load(&bytes)?;
        let compile_seconds = start.elapsed().as_secs_f64();
        let between = sandbox.load(&bytes_of(arguments, language, "between")?)?;
        let context = Context::new("bench");
        let mut folder = standardise.folder(&context, &params, &schema)?;
        folder.update(batch)?;
        let state = folder.state()?;
        Ok(Self {
            component_bytes: bytes.len(),
            compile_seconds,
            transformer: standardise.transformer(&context, &params, &state, &schema)?,
            checker: between.folder(&context, &checks, &schema)?,
            standardise,
            folder,
            params,
            state,
        })
    }

    fn open(&mut self, batch: &RecordBatch) -> Result<()> {
        let (context, schema) = (Context::new("bench"), batch.schema());
        let plugin = &self.standardise;
        black_box(plugin.transformer(&context, &self.params, &self.state, &schema)?);
        Ok(())
    }
}

fn bytes_of(arguments: &Arguments, language: &str, example: &str) -> Result<Vec<u8>> {
    let (folder, name): (&PathBuf, _) = match (language, example) {
        ("rust", "standardise") => (&arguments.plugins, "mlhost_preprocess.wasm".to_owned()),
        ("rust", _) => (&arguments.plugins, "mlhost_validate.wasm".to_owned()),
        _ => (&arguments.languages, format!("{language}_{example}.wasm")),
    };
    component(folder, &name)
}
