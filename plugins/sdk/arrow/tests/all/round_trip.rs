//! What crosses the boundary comes back equal, bit for bit where values are numbers.

use std::{collections::HashMap, sync::Arc};

use arrow_array::RecordBatch;
use arrow_schema::DataType;
use mlhost_arrow::{
    Error, carried_schema, carried_type, flatten_batch, flatten_schema, unflatten_batch,
    unflatten_schema,
};
use proptest::prelude::*;

use crate::{
    arrays::batch,
    flat_batches::assert_exact,
    schemas::{leaves, schema, schema_with_views},
};

fn there_and_back(batch: &RecordBatch) -> RecordBatch {
    let schema = unflatten_schema(&flatten_schema(&batch.schema()).unwrap()).unwrap();
    unflatten_batch(&Arc::new(schema), flatten_batch(batch).unwrap()).unwrap()
}

fn has_view(data_type: &DataType) -> bool {
    carried_type(data_type).as_ref() != data_type
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn batches_come_back_equal(batch in batch(schema())) {
        prop_assert_eq!(there_and_back(&batch), batch);
    }

    #[test]
    fn buffers_hold_the_values_and_nothing_else(batch in batch(schema())) {
        let flat = flatten_batch(&batch).unwrap();
        assert_exact(&batch.schema(), batch.num_rows(), &flat);
    }

    #[test]
    fn a_window_crosses_like_a_copy_of_it(batch in batch(schema()), cut in any::<[prop::sample::Index; 2]>()) {
        let mut ends = cut.map(|end| end.index(batch.num_rows() + 1));
        ends.sort_unstable();
        let window = batch.slice(ends[0], ends[1] - ends[0]);
        let there = there_and_back(&window);
        prop_assert_eq!(&there, &window);
        assert_exact(&window.schema(), window.num_rows(), &flatten_batch(&there).unwrap());
    }

    #[test]
    fn a_schema_with_views_crosses_once_it_is_carried(schema in schema_with_views()) {
        let carried = carried_schema(&schema);
        let flat = flatten_schema(&carried).unwrap();
        prop_assert_eq!(&unflatten_schema(&flat).unwrap(), &carried);
        prop_assert_eq!(&carried_schema(&carried), &carried);

        let views = schema.fields().iter().any(|field| has_view(field.data_type()));
        prop_assert_eq!(views, carried.fields() != schema.fields());
        if views {
            prop_assert!(matches!(flatten_schema(&schema), Err(Error::UnsupportedType(_))));
        }
        for (field, carried) in schema.fields().iter().zip(carried.fields()) {
            prop_assert_eq!(field.name(), carried.name());
            prop_assert_eq!(field.is_nullable(), carried.is_nullable());
            prop_assert_eq!(field.metadata(), carried.metadata());
        }
    }

    #[test]
    fn a_batch_with_views_is_refused(batch in batch(schema_with_views())) {
        let schema = batch.schema();
        let views = schema.fields().iter().any(|field| has_view(field.data_type()));
        prop_assert_eq!(flatten_batch(&batch).is_err(), views);
    }
}

#[test]
fn views_are_carried_as_plain_strings_and_bytes() {
    assert_eq!(carried_type(&DataType::Utf8View).as_ref(), &DataType::Utf8);
    assert_eq!(
        carried_type(&DataType::BinaryView).as_ref(),
        &DataType::Binary
    );
    for leaf in leaves() {
        assert_eq!(carried_type(&leaf).as_ref(), &leaf);
    }
}

#[test]
fn a_schema_leaves_its_own_metadata_behind() {
    let schema = arrow_schema::Schema::empty()
        .with_metadata(HashMap::from([("k".to_owned(), "v".to_owned())]));
    assert!(carried_schema(&schema).metadata().is_empty());
}
