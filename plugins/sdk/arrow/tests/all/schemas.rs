//! Any schema of the types that the contract carries.

use std::{collections::HashMap, sync::Arc};

use arrow_schema::{DataType, Field, Fields, IntervalUnit, Schema, SchemaRef, TimeUnit};
use proptest::{collection::vec, prelude::*, sample::select};

/// Every type without children, with parameters where it has them.
pub(crate) fn leaves() -> Vec<DataType> {
    use DataType::*;
    let units = [
        TimeUnit::Second,
        TimeUnit::Millisecond,
        TimeUnit::Microsecond,
        TimeUnit::Nanosecond,
    ];
    let mut leaves = vec![
        Null,
        Boolean,
        Float16,
        Float32,
        Float64,
        Utf8,
        LargeUtf8,
        Binary,
        LargeBinary,
        FixedSizeBinary(0),
        FixedSizeBinary(3),
        Date32,
        Date64,
        Time32(TimeUnit::Second),
        Time32(TimeUnit::Millisecond),
        Time64(TimeUnit::Microsecond),
        Time64(TimeUnit::Nanosecond),
        Interval(IntervalUnit::YearMonth),
        Interval(IntervalUnit::DayTime),
        Interval(IntervalUnit::MonthDayNano),
        Decimal32(9, 2),
        Decimal64(18, -3),
        Decimal128(38, 38),
        Decimal256(76, 0),
    ];
    leaves.extend(integers());
    for unit in units {
        leaves.push(Timestamp(unit, None));
        leaves.push(Timestamp(unit, Some("Europe/Zürich".into())));
        leaves.push(Duration(unit));
    }
    leaves
}

fn integers() -> [DataType; 8] {
    use DataType::*;
    [Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64]
}

/// A schema with fields nested up to three levels, and metadata.
pub(crate) fn schema() -> impl Strategy<Value = SchemaRef> {
    schema_over(leaves())
}

/// The same with views among the leaves.
pub(crate) fn schema_with_views() -> impl Strategy<Value = SchemaRef> {
    let mut leaves = leaves();
    for _ in 0..leaves.len() / 2 {
        leaves.extend([DataType::Utf8View, DataType::BinaryView]);
    }
    schema_over(leaves)
}

fn schema_over(leaves: Vec<DataType>) -> impl Strategy<Value = SchemaRef> {
    vec(field(data_type(leaves)), 0..5).prop_map(|fields| Arc::new(Schema::new(fields)))
}

fn data_type(leaves: Vec<DataType>) -> impl Strategy<Value = DataType> + Clone {
    let keys: Vec<_> = leaves
        .iter()
        .filter(|leaf| !always_null(leaf))
        .cloned()
        .collect();
    select(leaves).prop_recursive(3, 12, 3, move |inner| {
        let child = || field(inner.clone()).prop_map(Arc::new);
        prop_oneof![
            child().prop_map(DataType::List),
            child().prop_map(DataType::LargeList),
            (child(), 0..4).prop_map(|(child, size)| DataType::FixedSizeList(child, size)),
            vec(child(), 0..3).prop_map(|children| DataType::Struct(children.into())),
            (select(keys.clone()), child(), any::<bool>())
                .prop_map(|(key, value, sorted)| map_type(key, value, sorted)),
            (select(integers().to_vec()), inner.clone()).prop_map(|(index, values)| {
                DataType::Dictionary(Box::new(index), Box::new(values))
            }),
        ]
    })
}

fn map_type(key: DataType, value: Arc<Field>, sorted: bool) -> DataType {
    let entries = Fields::from(vec![Arc::new(Field::new("key", key, false)), value]);
    let entries = Field::new("entries", DataType::Struct(entries), false);
    DataType::Map(Arc::new(entries), sorted)
}

fn field(data_type: impl Strategy<Value = DataType>) -> impl Strategy<Value = Field> {
    let metadata = prop::collection::hash_map("[a-c:]{1,2}", ".{0,3}", 0..3);
    let parts = ("[a-zé ]{0,3}", data_type, any::<[bool; 2]>(), metadata);
    parts.prop_map(|(name, data_type, [nullable, ordered], metadata)| {
        let nullable = nullable || always_null(&data_type);
        let dictionary = matches!(data_type, DataType::Dictionary(_, _));
        let metadata: HashMap<_, _> = metadata;
        let field = Field::new(name, data_type, nullable).with_metadata(metadata);
        if dictionary {
            field.with_dict_is_ordered(ordered)
        } else {
            field
        }
    })
}

/// A type whose every value is null, which no field may have that is never null.
fn always_null(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null => true,
        DataType::Dictionary(_, values) => always_null(values),
        _ => false,
    }
}
