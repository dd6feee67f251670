//! A folder with data, a store, and the engine that runs pipelines in it.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use arrow::{compute::concat_batches, record_batch::RecordBatch};
use mlhost_data::{FileTable, MemoryTable, Table, column_names};
use mlhost_engine::{
    Checked, Engine, Error, FittedModel, NoObserver, RunOptions, RunReport, StepRecord,
};
use mlhost_pipeline::{CsvOptions, Format, Pipeline, Source, parse};
use mlhost_store::Store;
use tempfile::TempDir;

/// Rows of each of the two files of the training data: more than a rehearsal reads.
const ROWS: u32 = 1500;

/// A regression tree on encoded columns, evaluated and registered as `numbers`.
pub(crate) const PIPELINE: &str = r#"
mlhost = 1
name = "numbers"
seed = 7

[data.train]
path = "train-*.csv"

[data.test]
path = "test.csv"

[steps.validate]
plugin = "mlhost:validate"
input = "train"

[steps.validate.with]
row_count = { min = 10 }

[steps.preprocess]
plugin = "mlhost:preprocess"
input = "validate"

[steps.preprocess.with]
target = "y"

[[steps.preprocess.with.encode]]
columns = ["a", "b"]
impute = "median"
scale = "standard"

[[steps.preprocess.with.encode]]
columns = ["c"]
as = "one_hot"
impute = "most_frequent"

[steps.tree]
plugin = "mlhost:tree"
input = "preprocess"
register = "numbers"

[steps.tree.with]
target = "y"
max_depth = 6

[steps.evaluate]
plugin = "mlhost:evaluate"
input = { model = "tree", data = "test" }

[steps.evaluate.with]
target = "y"
"#;

static ENGINE: LazyLock<Engine> = LazyLock::new(engine);

/// An engine as a new process would have it, but for the compiled plugins on disk.
pub(crate) fn engine() -> Engine {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    Engine::new(Some(cache)).unwrap()
}

/// A folder for one test. It goes away with it.
pub(crate) struct Scene {
    folder: TempDir,
}

impl Scene {
    /// With two files of training data and one of test data.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (file, first) in [
            ("train-1.csv", 0),
            ("train-2.csv", ROWS),
            ("test.csv", 9 * ROWS),
        ] {
            fs::write(folder.path().join(file), csv(first)).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Checks a pipeline that may run.
    pub(crate) fn check(&self, pipeline: &str) -> Checked {
        ENGINE.check(parsed(pipeline), self.folder.path()).unwrap()
    }

    /// What is wrong with a pipeline.
    pub(crate) fn refusal(&self, pipeline: &str) -> Error {
        match ENGINE.check(parsed(pipeline), self.folder.path()) {
            Ok(_) => panic!("it may run"),
            Err(error) => error,
        }
    }

    /// Runs a pipeline that has nothing wrong with it.
    pub(crate) fn run(&self, pipeline: &str, jobs: usize) -> RunReport {
        let checked = self.check(pipeline);
        assert_eq!(
            checked.unchecked,
            [],
            "the rehearsal could judge every step"
        );
        self.run_checked(checked, jobs)
    }

    pub(crate) fn run_checked(&self, checked: Checked, jobs: usize) -> RunReport {
        let run = ENGINE.run(
            checked,
            self.store(),
            Arc::new(NoObserver),
            RunOptions {
                jobs,
                ..RunOptions::default()
            },
        );
        block_on(run).unwrap()
    }

    pub(crate) fn store(&self) -> Arc<Store> {
        Arc::new(Store::open(self.path("store")).unwrap())
    }

    /// A table of the folder.
    pub(crate) fn table(&self, path: &str) -> FileTable {
        let csv = CsvOptions::default();
        mlhost_data::open(path, self.folder.path(), Format::Csv, &csv).unwrap()
    }
}

fn parsed(pipeline: &str) -> Pipeline {
    parse(Source::new("pipeline.toml", pipeline.to_owned()), &[]).unwrap()
}

/// Opens a model of a store, with an engine that has never seen it.
pub(crate) fn open_model(store: &Path, selector: &str) -> FittedModel {
    let store = Store::open_existing(store).unwrap();
    let stored = store.model(&selector.parse().unwrap()).unwrap();
    engine().open_model(&store, stored).unwrap()
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(future)
}

/// All rows of a table.
pub(crate) fn rows(table: &dyn Table) -> RecordBatch {
    let batches = table.scan(&column_names(&table.schema())).unwrap();
    let batches: Vec<_> = batches.collect::<Result<_, _>>().unwrap();
    concat_batches(&table.schema(), &batches).unwrap()
}

pub(crate) fn memory(batch: RecordBatch) -> Arc<dyn Table> {
    Arc::new(MemoryTable::new(&batch.schema(), vec![batch]).unwrap())
}

pub(crate) fn step<'a>(report: &'a RunReport, name: &str) -> &'a StepRecord {
    let found = report.record.steps.iter().find(|step| step.name == name);
    found.unwrap_or_else(|| panic!("step `{name}` has run"))
}

/// Numbers with gaps, categories, and a target that follows from them. Thirds and noise make the
/// last bits of every number count.
pub(crate) fn csv(first: u32) -> String {
    let mut text = String::from("a,b,c,y\n");
    for row in first..first + ROWS {
        let noise = f64::from(row.wrapping_mul(2_654_435_761) >> 16) / 65_536.0;
        let (a, b) = (f64::from(row % 97) / 3.0, noise * 10.0);
        let c = ["red", "green", "blue"][row as usize % 3];
        let y = a * 1.7 + b * b / 7.0 + f64::from(row % 3) + noise / 9.0;
        let a = if row % 13 == 5 {
            String::new()
        } else {
            a.to_string()
        };
        writeln!(text, "{a},{b},{c},{y}").unwrap();
    }
    text
}
