//! A transform in the sandbox and the same code outside it give the same bits.

use arrow::{
    array::{RecordBatch, UInt32Array},
    compute::{cast, concat_batches, take_record_batch},
    datatypes::{DataType, Field, Schema},
};
use mlhost_plugin::testing;
use mlhost_preprocess::{Encode, Learn, Params};
use mlhost_sandbox::Context;

use crate::support::{pieces, project, standard, table};

const PARAMS: &str = r#"{ "target": "y", "precision": "float64", "encode": [
    { "columns": ["n"], "as": "number", "impute": "median", "scale": "standard" },
    { "columns": ["x"], "as": "number", "scale": "min_max" },
    { "columns": ["s"], "as": "one_hot" }
] }"#;

fn params() -> Params {
    testing::params(PARAMS).unwrap()
}

/// What the plugin makes of the batches, learned and applied in the sandbox.
fn in_the_sandbox(batches: &[RecordBatch]) -> RecordBatch {
    let (plugin, context) = (standard("preprocess"), Context::new("encode"));
    let schema = batches[0].schema();
    let mut folder = plugin.folder(&context, PARAMS, &schema).unwrap();
    for batch in batches {
        let rows = project(batch, folder.columns());
        folder.update(&rows).unwrap();
    }
    let state = folder.state().unwrap();
    let mut transformer = plugin
        .transformer(&context, PARAMS, &state, &schema)
        .unwrap();
    assert!(transformer.row_wise());
    let mut emitted = Vec::new();
    for batch in batches {
        let rows = project(batch, transformer.columns());
        emitted.extend(transformer.apply(&rows).unwrap());
    }
    emitted.extend(transformer.finish().unwrap());
    concat_batches(transformer.schema(), &emitted).unwrap()
}

fn natively(batches: &[RecordBatch]) -> RecordBatch {
    let state = testing::fold::<Learn>(params(), batches).unwrap();
    let emitted = testing::transform::<Encode>(params(), state, batches).unwrap();
    concat_batches(&emitted[0].schema(), &emitted).unwrap()
}

/// The batch with its texts in another layout.
fn with_texts_as(batch: &RecordBatch, data_type: &DataType) -> RecordBatch {
    let schema = batch.schema();
    let index = schema.index_of("s").unwrap();
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    fields[index] = Field::new("s", data_type.clone(), true).into();
    let mut columns = batch.columns().to_vec();
    columns[index] = cast(&columns[index], data_type).unwrap();
    RecordBatch::try_new(Schema::new(fields).into(), columns).unwrap()
}

/// The same rows in buffers of their own.
fn copy(batch: &RecordBatch) -> RecordBatch {
    let rows = UInt32Array::from_iter_values(0..u32::try_from(batch.num_rows()).unwrap());
    take_record_batch(batch, &rows).unwrap()
}

#[test]
fn as_outside() {
    let batches = pieces(&table(1000), &[400, 0, 1, 599]);
    assert_eq!(in_the_sandbox(&batches), natively(&batches));
}

#[test]
fn windows_like_copies_of_them() {
    // Each starts in the middle of a byte of its bitmaps.
    let whole = table(1000);
    let windows: Vec<_> = [(3, 250), (317, 1), (500, 499)]
        .into_iter()
        .map(|(start, length)| whole.slice(start, length))
        .collect();
    let copies: Vec<_> = windows.iter().map(copy).collect();
    let transformed = in_the_sandbox(&windows);
    assert_eq!(transformed, natively(&windows));
    assert_eq!(transformed, in_the_sandbox(&copies));
}

#[test]
fn texts_in_any_layout() {
    let plain = table(1000);
    let expected = in_the_sandbox(std::slice::from_ref(&plain));
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let views = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8View));
    for data_type in [DataType::Utf8View, DataType::LargeUtf8, dictionary, views] {
        let batch = with_texts_as(&plain, &data_type);
        let batches = pieces(&batch, &[333, 667]);
        assert_eq!(in_the_sandbox(&batches), expected, "{data_type}");
    }
}
