//! A peer may send anything. Whatever it is, there is an error or a batch that Arrow's full
//! validation accepts, and never a panic.

use std::sync::Arc;

use arrow_array::{Array, RecordBatch};
use arrow_buffer::Buffer;
use mlhost_arrow::{
    FlatBatch, FlatField, flatten_batch, flatten_schema, unflatten_batch, unflatten_schema,
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use crate::{arrays::batch, schemas::schema};

/// Formats that are wrong, or right in another place.
const FORMATS: &[&str] = &[
    "",
    ":",
    "n",
    "b",
    "c",
    "L",
    "e",
    "g",
    "z",
    "Z",
    "u",
    "U",
    "vu",
    "vz",
    "w:",
    "w:0",
    "w:1",
    "w:-1",
    "w:2147483647",
    "w:99999999999",
    "d:",
    "d:1",
    "d:0,0",
    "d:300,5",
    "d:200,5",
    "d:5,-200",
    "d:5,9",
    "d:38,10",
    "d:76,3,256",
    "d:39,1,128",
    "d:9,1,32",
    "d:9,1,7",
    "d:1,2,3,4",
    "tdD",
    "tdm",
    "tts",
    "ttn",
    "tss",
    "tss:",
    "tsu:UTC",
    "tsu:no/zone",
    "tsx:UTC",
    "tDs",
    "tiM",
    "tiD",
    "tin",
    "tix",
    "+s",
    "+l",
    "+L",
    "+m",
    "+r",
    "+vl",
    "+vL",
    "+w",
    "+w:",
    "+w:0",
    "+w:3",
    "+w:-1",
    "+w:2147483647",
    "+w:99999999999",
    "+us:0",
    "+ud:0,1",
    "é",
    "g\0",
    "\0",
];

#[derive(Clone, Debug)]
enum ToSchema {
    Format(Index, &'static str),
    Children(Index, u32),
    Flags(Index, [bool; 4]),
    Remove(Index),
    Repeat(Index),
    Swap(Index, Index),
}

#[derive(Clone, Debug)]
enum ToBatch {
    Rows(u32),
    Length(Index, u32),
    NullCount(Index, u32),
    Truncate(Index, Index),
    Extend(Index, Vec<u8>),
    Overwrite(Index, Index, u8),
    /// Moves a buffer off its alignment.
    Misalign(Index),
    Empty(Index),
    RemoveBuffer(Index),
    AddBuffer(Index, Vec<u8>),
    SwapBuffers(Index, Index),
    Remove(Index),
    Repeat(Index),
    Swap(Index, Index),
}

fn index() -> impl Strategy<Value = Index> {
    any::<Index>()
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![
        0..40_u32,
        select(vec![u32::MAX, u32::MAX - 1, 1 << 31, 1 << 20])
    ]
}

fn to_schema() -> impl Strategy<Value = ToSchema> {
    prop_oneof![
        (index(), select(FORMATS)).prop_map(|(field, format)| ToSchema::Format(field, format)),
        (index(), count()).prop_map(|(field, children)| ToSchema::Children(field, children)),
        (index(), any::<[bool; 4]>()).prop_map(|(field, flags)| ToSchema::Flags(field, flags)),
        index().prop_map(ToSchema::Remove),
        index().prop_map(ToSchema::Repeat),
        (index(), index()).prop_map(|(one, other)| ToSchema::Swap(one, other)),
    ]
}

fn to_batch() -> impl Strategy<Value = ToBatch> {
    let bytes = || vec(any::<u8>(), 1..20);
    prop_oneof![
        count().prop_map(ToBatch::Rows),
        (index(), count()).prop_map(|(array, length)| ToBatch::Length(array, length)),
        (index(), count()).prop_map(|(array, nulls)| ToBatch::NullCount(array, nulls)),
        (index(), index()).prop_map(|(buffer, at)| ToBatch::Truncate(buffer, at)),
        (index(), bytes()).prop_map(|(buffer, bytes)| ToBatch::Extend(buffer, bytes)),
        (index(), index(), any::<u8>())
            .prop_map(|(buffer, at, byte)| ToBatch::Overwrite(buffer, at, byte)),
        index().prop_map(ToBatch::Misalign),
        index().prop_map(ToBatch::Empty),
        index().prop_map(ToBatch::RemoveBuffer),
        (index(), bytes()).prop_map(|(buffer, bytes)| ToBatch::AddBuffer(buffer, bytes)),
        (index(), index()).prop_map(|(one, other)| ToBatch::SwapBuffers(one, other)),
        index().prop_map(ToBatch::Remove),
        index().prop_map(ToBatch::Repeat),
        (index(), index()).prop_map(|(one, other)| ToBatch::Swap(one, other)),
    ]
}

fn change_schema(fields: &mut Vec<FlatField>, change: ToSchema) {
    if fields.is_empty() {
        return;
    }
    let count = fields.len();
    match change {
        ToSchema::Format(field, format) => field.get_mut(fields).format = format.to_owned(),
        ToSchema::Children(field, children) => field.get_mut(fields).children = children,
        ToSchema::Flags(field, [nullable, ordered, sorted, dictionary]) => {
            let field = field.get_mut(fields);
            field.nullable = nullable;
            field.dictionary_ordered = ordered;
            field.map_keys_sorted = sorted;
            field.dictionary = dictionary;
        }
        ToSchema::Remove(field) => drop(fields.remove(field.index(count))),
        ToSchema::Repeat(field) => fields.push(field.get(fields).clone()),
        ToSchema::Swap(one, other) => fields.swap(one.index(count), other.index(count)),
    }
}

fn change_batch(flat: &mut FlatBatch, change: ToBatch) {
    let FlatBatch {
        num_rows,
        arrays,
        buffers,
    } = flat;
    let edit = |buffer: Index, buffers: &mut Vec<Buffer>, edit: &dyn Fn(&mut Vec<u8>)| {
        if !buffers.is_empty() {
            let buffer = buffer.get_mut(buffers);
            let mut bytes = buffer.to_vec();
            edit(&mut bytes);
            *buffer = Buffer::from(bytes);
        }
    };
    match change {
        ToBatch::Rows(new) => *num_rows = new,
        ToBatch::Truncate(buffer, at) => edit(buffer, buffers, &|bytes| {
            bytes.truncate(at.index(bytes.len() + 1));
        }),
        ToBatch::Extend(buffer, more) => edit(buffer, buffers, &|bytes| bytes.extend(&more)),
        ToBatch::Overwrite(buffer, at, byte) => edit(buffer, buffers, &|bytes| {
            if !bytes.is_empty() {
                *at.get_mut(bytes) = byte;
            }
        }),
        ToBatch::Empty(buffer) => edit(buffer, buffers, &Vec::clear),
        ToBatch::AddBuffer(at, bytes) => {
            buffers.insert(at.index(buffers.len() + 1), bytes.into());
        }
        ToBatch::Misalign(_) | ToBatch::RemoveBuffer(_) | ToBatch::SwapBuffers(..)
            if buffers.is_empty() => {}
        ToBatch::Misalign(buffer) => {
            let buffer = buffer.get_mut(buffers);
            let shifted = [&[0], buffer.as_slice()].concat();
            *buffer = Buffer::from(shifted).slice(1);
        }
        ToBatch::RemoveBuffer(buffer) => drop(buffers.remove(buffer.index(buffers.len()))),
        ToBatch::SwapBuffers(one, other) => {
            let count = buffers.len();
            buffers.swap(one.index(count), other.index(count));
        }
        _ if arrays.is_empty() => {}
        ToBatch::Length(array, length) => array.get_mut(arrays).length = length,
        ToBatch::NullCount(array, nulls) => array.get_mut(arrays).null_count = nulls,
        ToBatch::Remove(array) => drop(arrays.remove(array.index(arrays.len()))),
        ToBatch::Repeat(array) => arrays.push(*array.get(arrays)),
        ToBatch::Swap(one, other) => {
            let count = arrays.len();
            arrays.swap(one.index(count), other.index(count));
        }
    }
}

/// What was let in is valid in every bit, and can be sent on.
fn assert_valid(batch: &RecordBatch) {
    for column in batch.columns() {
        column.to_data().validate_full().unwrap();
    }
    // Four billion nulls are valid, and too many to compare.
    if batch.num_rows() < 1000 {
        let flat = flatten_batch(batch).unwrap();
        let again = unflatten_batch(&batch.schema(), flat).unwrap();
        assert_eq!(&again, batch);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_changed_batch_is_refused_or_valid(
        batch in batch(schema()),
        changes in vec(to_batch(), 1..4),
    ) {
        let mut flat = flatten_batch(&batch).unwrap();
        for change in changes {
            change_batch(&mut flat, change);
        }
        if let Ok(batch) = unflatten_batch(&batch.schema(), flat) {
            assert_valid(&batch);
        }
    }

    #[test]
    fn a_changed_schema_is_refused_or_can_be_sent_on(
        batch in batch(schema()),
        changes in vec(to_schema(), 1..4),
    ) {
        let mut fields = flatten_schema(&batch.schema()).unwrap();
        for change in changes {
            change_schema(&mut fields, change);
        }
        if let Ok(schema) = unflatten_schema(&fields) {
            let again = unflatten_schema(&flatten_schema(&schema).unwrap()).unwrap();
            prop_assert_eq!(&again, &schema);
            // The arrays of the schema as it was.
            let flat = flatten_batch(&batch).unwrap();
            if let Ok(batch) = unflatten_batch(&Arc::new(schema), flat) {
                assert_valid(&batch);
            }
        }
    }
}
