//! Any batch of a schema: with nulls or without, empty or not, and at every level a window onto
//! an array that goes on before and behind it.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BinaryViewArray, BooleanArray, FixedSizeListArray, GenericByteArray,
    GenericListArray, MapArray, NullArray, OffsetSizeTrait, RecordBatch, RecordBatchOptions,
    StringViewArray, StructArray, make_array,
    types::{BinaryType, ByteArrayType, LargeBinaryType, LargeUtf8Type, Utf8Type},
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer, OffsetBuffer};
use arrow_data::{ArrayData, BufferSpec, layout};
use arrow_schema::{DataType, Field, FieldRef, Fields, SchemaRef};
use proptest::{prelude::*, test_runner::TestRng};

const WORDS: [&str; 5] = ["", "a", "é", "日本", "two words"];

/// A batch of a schema from `schemas`.
pub(crate) fn batch(
    schema: impl Strategy<Value = SchemaRef>,
) -> impl Strategy<Value = RecordBatch> {
    (schema, prop_oneof![Just(0_usize), 1..20_usize]).prop_perturb(|(schema, rows), mut rng| {
        let columns = schema.fields().iter();
        let columns = columns.map(|field| window(field, rows, &mut rng)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(schema.clone(), columns, &options).unwrap()
    })
}

/// `length` values out of the middle of an array.
fn window(field: &Field, length: usize, rng: &mut TestRng) -> ArrayRef {
    let (before, behind) = (rng.random_range(0..12), rng.random_range(0..3));
    let whole = array(field, before + length + behind, rng);
    whole.slice(before, length)
}

fn array(field: &Field, length: usize, rng: &mut TestRng) -> ArrayRef {
    let nulls = nulls(field.is_nullable(), length, rng);
    match field.data_type() {
        DataType::Null => Arc::new(NullArray::new(length)),
        DataType::Boolean => {
            let values = BooleanBuffer::collect_bool(length, |_| rng.random());
            Arc::new(BooleanArray::new(values, nulls))
        }
        DataType::Utf8 => bytes::<Utf8Type>(nulls, length, rng),
        DataType::LargeUtf8 => bytes::<LargeUtf8Type>(nulls, length, rng),
        DataType::Binary => bytes::<BinaryType>(nulls, length, rng),
        DataType::LargeBinary => bytes::<LargeBinaryType>(nulls, length, rng),
        DataType::Utf8View => {
            let words = (0..length).map(|_| word(rng));
            Arc::new(StringViewArray::from_iter_values(words))
        }
        DataType::BinaryView => {
            let words = (0..length).map(|_| word(rng));
            Arc::new(BinaryViewArray::from_iter_values(words))
        }
        DataType::List(child) => list::<i32>(child, nulls, length, rng),
        DataType::LargeList(child) => list::<i64>(child, nulls, length, rng),
        DataType::FixedSizeList(child, size) => {
            let values = window(child, length * usize::try_from(*size).unwrap(), rng);
            let list = FixedSizeListArray::try_new_with_length(
                child.clone(),
                *size,
                values,
                nulls,
                length,
            );
            Arc::new(list.unwrap())
        }
        DataType::Map(entries, sorted) => {
            let DataType::Struct(children) = entries.data_type() else {
                panic!("a map of {entries}");
            };
            let (offsets, used) = offsets::<i32>(length, rng);
            let values = structs(children, None, used, rng);
            let map = MapArray::try_new(entries.clone(), offsets, values, nulls, *sorted);
            Arc::new(map.unwrap())
        }
        DataType::Struct(children) => Arc::new(structs(children, nulls, length, rng)),
        DataType::Dictionary(_, _) => dictionary(field, nulls, length, rng),
        leaf => fixed_width(leaf, nulls, length, rng),
    }
}

/// None, a bitmap without a null, a bitmap of nulls, or some of each.
fn nulls(nullable: bool, length: usize, rng: &mut TestRng) -> Option<NullBuffer> {
    let kind = if nullable { rng.random_range(0..4) } else { 0 };
    let valid = |rng: &mut TestRng| match kind {
        1 => true,
        2 => false,
        _ => rng.random(),
    };
    (kind > 0).then(|| NullBuffer::new(BooleanBuffer::collect_bool(length, |_| valid(rng))))
}

fn word(rng: &mut TestRng) -> &'static str {
    WORDS[rng.random_range(0..WORDS.len())]
}

fn bytes<T: ByteArrayType>(
    nulls: Option<NullBuffer>,
    length: usize,
    rng: &mut TestRng,
) -> ArrayRef {
    let words: Vec<_> = (0..length).map(|_| word(rng)).collect();
    let offsets = OffsetBuffer::from_lengths(words.iter().map(|word| word.len()));
    let values = Buffer::from(words.concat().into_bytes());
    Arc::new(GenericByteArray::<T>::new(offsets, values, nulls))
}

fn list<O: OffsetSizeTrait>(
    child: &FieldRef,
    nulls: Option<NullBuffer>,
    length: usize,
    rng: &mut TestRng,
) -> ArrayRef {
    let (offsets, used) = offsets::<O>(length, rng);
    let values = window(child, used, rng);
    Arc::new(GenericListArray::<O>::new(
        child.clone(),
        offsets,
        values,
        nulls,
    ))
}

/// Offsets that need not start at zero, and how many values they want at least.
fn offsets<O: ArrowNativeType>(length: usize, rng: &mut TestRng) -> (OffsetBuffer<O>, usize) {
    let mut last = rng.random_range(0..3);
    let mut offsets = vec![O::usize_as(last)];
    for _ in 0..length {
        last += rng.random_range(0..3);
        offsets.push(O::usize_as(last));
    }
    (
        OffsetBuffer::new(offsets.into()),
        last + rng.random_range(0..3),
    )
}

fn structs(
    fields: &Fields,
    nulls: Option<NullBuffer>,
    length: usize,
    rng: &mut TestRng,
) -> StructArray {
    let columns = fields
        .iter()
        .map(|field| window(field, length, rng))
        .collect();
    StructArray::try_new_with_length(fields.clone(), columns, nulls, length).unwrap()
}

/// Indices of nulls may point nowhere; there may be more values than indices, and nulls among
/// both.
fn dictionary(
    field: &Field,
    nulls: Option<NullBuffer>,
    length: usize,
    rng: &mut TestRng,
) -> ArrayRef {
    let DataType::Dictionary(index, values) = field.data_type() else {
        panic!("a dictionary of {field}");
    };
    let count: usize = rng.random_range(1..5);
    let values = Field::new("", values.as_ref().clone(), field.is_nullable());
    let values = window(&values, count, rng);
    let width = width(index);
    let mut indices = vec![0_u8; length * width];
    for index in 0..length {
        let valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(index));
        let below = if valid { count } else { 100 };
        indices[index * width] = u8::try_from(rng.random_range(0..below)).unwrap();
    }
    built(
        field.data_type(),
        nulls,
        length,
        indices,
        Some(values.to_data()),
    )
}

fn fixed_width(
    data_type: &DataType,
    nulls: Option<NullBuffer>,
    length: usize,
    rng: &mut TestRng,
) -> ArrayRef {
    let mut values = vec![0; length * width(data_type)];
    rng.fill_bytes(&mut values);
    built(data_type, nulls, length, values, None)
}

fn built(
    data_type: &DataType,
    nulls: Option<NullBuffer>,
    length: usize,
    buffer: Vec<u8>,
    child: Option<ArrayData>,
) -> ArrayRef {
    let data = ArrayData::builder(data_type.clone())
        .len(length)
        .nulls(nulls)
        .add_buffer(buffer.into())
        .child_data(child.into_iter().collect())
        .align_buffers(true);
    make_array(data.build().unwrap())
}

/// The bytes of one value.
pub(crate) fn width(data_type: &DataType) -> usize {
    match layout(data_type).buffers[..] {
        [BufferSpec::FixedWidth { byte_width, .. }] => byte_width,
        _ => panic!("{data_type} has no fixed width"),
    }
}
