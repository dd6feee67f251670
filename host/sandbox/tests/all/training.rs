//! Training in the sandbox: the plugin scans a table as often as it likes.

use std::sync::Arc;

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use mlhost_data::{Batches, Error as DataError, MemoryTable, Result as DataResult, Table};
use mlhost_sandbox::{Context, Error};

use crate::support::{pieces, standard, table};

const TRAINERS: [(&str, &str); 3] = [
    (
        "tree",
        r#"{ "target": "y", "task": "regression", "max_depth": 3, "features": ["prediction"] }"#,
    ),
    (
        "linear",
        r#"{ "target": "y", "task": "regression", "features": ["prediction"] }"#,
    ),
    (
        "linear",
        r#"{ "target": "y", "task": "regression", "alpha": 0.5, "features": ["prediction"] }"#,
    ),
];

fn trained(name: &str, params: &str, rows: Arc<dyn Table>) -> Result<Vec<u8>, Error> {
    let trainer = standard(name).trainer(&Context::new("train"), params, &rows.schema())?;
    trainer.fit(rows)
}

fn memory(whole: &RecordBatch, lengths: &[usize]) -> Arc<dyn Table> {
    let batches = pieces(whole, lengths);
    Arc::new(MemoryTable::new(&whole.schema(), batches).unwrap())
}

#[test]
fn training_twice_gives_the_same_state() {
    let whole = table(1000);
    for (name, params) in TRAINERS {
        let train = || trained(name, params, memory(&whole, &[300, 1, 699])).unwrap();
        assert!(train() == train(), "{name}");
    }
}

#[test]
fn batches_do_not_show_in_a_tree() {
    let whole = table(1000);
    let (name, params) = TRAINERS[0];
    let one = trained(name, params, memory(&whole, &[1000])).unwrap();
    let many = trained(name, params, memory(&whole, &[300, 1, 699])).unwrap();
    assert!(one == many);
}

#[test]
fn a_trained_state_predicts_without_the_target() {
    let whole = table(1000);
    let visible = whole.project(&[4]).unwrap();
    for (name, params) in TRAINERS {
        let state = trained(name, params, memory(&whole, &[1000])).unwrap();
        let context = Context::new("predict");
        let plugin = standard(name);
        let mut with = plugin
            .transformer(&context, params, &state, &whole.schema())
            .unwrap();
        let mut without = plugin
            .transformer(&context, params, &state, &visible.schema())
            .unwrap();
        assert_eq!(with.columns(), ["prediction"], "{name}");
        assert_eq!(with.schema(), without.schema(), "{name}");
        assert_eq!(
            with.apply(&visible).unwrap(),
            without.apply(&visible).unwrap(),
            "{name}"
        );
    }
}

/// A table whose scans fail after their first batch.
struct Failing {
    rows: RecordBatch,
}

impl Table for Failing {
    fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    fn num_rows(&self) -> Option<u64> {
        None
    }

    fn num_parts(&self) -> usize {
        1
    }

    fn scan_part(&self, _: usize, columns: &[String]) -> DataResult<Box<dyn Batches>> {
        let rows = crate::support::project(&self.rows, columns);
        let broken = DataError::Computed("the disk is on fire".into());
        Ok(Box::new([Ok(rows), Err(broken)].into_iter()))
    }
}

#[test]
fn data_that_cannot_be_read_is_not_the_plugins_fault() {
    for (name, params) in TRAINERS {
        let rows = Arc::new(Failing { rows: table(10) });
        let error = trained(name, params, rows).unwrap_err();
        assert!(
            matches!(error, Error::Data(DataError::Computed(_))),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_trainer_tells_what_it_has_learned() {
    let whole = table(1000);
    for (name, params) in TRAINERS {
        let plugin = standard(name);
        assert!(plugin.explains(), "{name}");
        let context = Context::new("train");
        let told = |state: Vec<u8>| plugin.assess(&context, params, &[("model".to_owned(), state)]);
        let state = trained(name, params, memory(&whole, &[1000])).unwrap();
        let outcome = told(state.clone()).unwrap();
        assert!(!outcome.metrics.is_empty(), "{name}");
        // Half a model is refused in words.
        let half = told(state[..state.len() / 2].to_vec()).unwrap_err();
        assert!(
            half.to_string().contains("the state cannot be read"),
            "{half}"
        );
    }
}
