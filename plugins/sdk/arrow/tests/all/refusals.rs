//! What is refused, and in which words; and what is odd and taken all the same.

use std::sync::Arc;

use arrow_array::{RecordBatch, new_empty_array};
use arrow_buffer::Buffer;
use arrow_schema::{DataType, Field, Schema, UnionFields, UnionMode};
use mlhost_arrow::{
    Error, FlatArray, FlatBatch, FlatField, flatten_batch, flatten_schema, unflatten_batch,
    unflatten_schema,
};

fn field(format: &str, children: u32) -> FlatField {
    FlatField {
        name: "x".into(),
        format: format.into(),
        nullable: true,
        children,
        ..FlatField::default()
    }
}

/// An array with its buffers.
struct Given {
    length: u32,
    null_count: u32,
    buffers: Vec<Buffer>,
}

fn array(length: u32, buffers: &[&[u8]]) -> Given {
    Given {
        length,
        null_count: 0,
        buffers: buffers.iter().map(|bytes| Buffer::from(*bytes)).collect(),
    }
}

fn batch(num_rows: u32, arrays: Vec<Given>) -> FlatBatch {
    let mut batch = FlatBatch {
        num_rows,
        ..FlatBatch::default()
    };
    for array in arrays {
        batch.arrays.push(FlatArray {
            length: array.length,
            null_count: array.null_count,
        });
        batch.buffers.extend(array.buffers);
    }
    batch
}

/// Why a batch of one column is refused.
fn refusal(data_type: DataType, arrays: Vec<Given>) -> String {
    let schema = Arc::new(Schema::new(vec![Field::new("x", data_type, true)]));
    let rows = arrays.first().map_or(0, |array| array.length);
    unflatten_batch(&schema, batch(rows, arrays))
        .unwrap_err()
        .to_string()
}

#[test]
fn formats_that_mean_nothing() {
    for format in [
        "",
        ":",
        "é",
        "g\0",
        "vu",
        "vz",
        "w:",
        "w:-1",
        "w:99999999999",
        "d:",
        "d:1",
        "d:0,0",
        "d:300,5",
        "d:200,5",
        "d:39,1",
        "d:5,9",
        "d:9,1,7",
        "d:77,0,256",
        "d:10,0,32",
        "d:19,0,64",
        "d:1,2,3,4",
        "tsx:",
        "tsu",
        "tix",
        "+s:",
        "+r",
        "+vl",
        "+vL",
        "+us:0",
        "+ud:",
        "+w",
        "+w:",
        "+w:-1",
        "+w:99999999999",
    ] {
        let refused = unflatten_schema(&[field(format, 0)]).unwrap_err();
        assert!(
            matches!(&refused, Error::Format { format: named, .. } if named == format),
            "{refused}"
        );
    }
}

#[test]
fn types_that_are_not_carried() {
    let item = Arc::new(Field::new("item", DataType::Int32, true));
    let run_ends = Arc::new(Field::new("run_ends", DataType::Int32, false));
    let union = UnionFields::from_fields(vec![item.as_ref().clone()]);
    for refused in [
        DataType::Utf8View,
        DataType::BinaryView,
        DataType::ListView(item.clone()),
        DataType::LargeListView(item.clone()),
        DataType::RunEndEncoded(run_ends, item.clone()),
        DataType::Union(union, UnionMode::Sparse),
    ] {
        let inner = Arc::new(Field::new("item", refused.clone(), true));
        for data_type in [refused.clone(), DataType::List(inner)] {
            let column = new_empty_array(&data_type);
            let schema = Schema::new(vec![Field::new("x", data_type, true)]);
            let error = flatten_schema(&schema).unwrap_err();
            assert!(
                matches!(&error, Error::UnsupportedType(named) if *named == refused),
                "{error}"
            );
            let batch = RecordBatch::try_new(Arc::new(schema), vec![column]).unwrap();
            let error = flatten_batch(&batch).unwrap_err();
            assert!(
                matches!(&error, Error::UnsupportedType(named) if *named == refused),
                "{error}"
            );
        }
    }
}

#[test]
fn parameters_at_their_limits() {
    for (format, data_type) in [
        ("w:0", DataType::FixedSizeBinary(0)),
        ("w:2147483647", DataType::FixedSizeBinary(i32::MAX)),
        ("d:38,38", DataType::Decimal128(38, 38)),
        ("d:76,-128,256", DataType::Decimal256(76, -128)),
        (
            "tsu:",
            DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, None),
        ),
    ] {
        let schema = unflatten_schema(&[field(format, 0)]).unwrap();
        assert_eq!(schema.field(0).data_type(), &data_type);
    }
}

#[test]
fn children_that_do_not_fit_the_format() {
    for fields in [
        vec![field("g", 1), field("g", 0)],
        vec![field("+l", 0)],
        vec![field("+l", 2), field("g", 0), field("g", 0)],
        vec![field("+w:2", 0)],
        // A map's child: not a struct, one field, three fields, a key that may be null.
        vec![field("+m", 1), field("g", 0)],
        vec![field("+m", 1), field("+s", 1), field("g", 0)],
        vec![
            field("+m", 1),
            field("+s", 3),
            field("g", 0),
            field("g", 0),
            field("g", 0),
        ],
        vec![field("+m", 1), field("+s", 2), field("g", 0), field("g", 0)],
    ] {
        let refused = unflatten_schema(&fields).unwrap_err();
        assert!(matches!(refused, Error::Format { .. }), "{refused}");
    }
}

#[test]
fn entries_of_a_map_that_may_be_null() {
    let key = FlatField {
        nullable: false,
        ..field("u", 0)
    };
    let fields = |nullable| {
        let entries = FlatField {
            nullable,
            ..field("+s", 2)
        };
        [field("+m", 1), entries, key.clone(), field("g", 0)]
    };
    assert!(unflatten_schema(&fields(false)).is_ok());
    assert!(matches!(
        unflatten_schema(&fields(true)),
        Err(Error::Format { .. })
    ));
}

#[test]
fn a_schema_that_ends_early() {
    for fields in [
        vec![field("+s", u32::MAX)],
        vec![FlatField {
            dictionary: true,
            ..field("i", 0)
        }],
    ] {
        assert_eq!(
            unflatten_schema(&fields).unwrap_err().to_string(),
            "the schema ends before the children of field `x`"
        );
    }
}

#[test]
fn a_dictionary_whose_indices_are_no_integers() {
    let fields = [
        FlatField {
            dictionary: true,
            ..field("g", 0)
        },
        field("u", 0),
    ];
    assert_eq!(
        unflatten_schema(&fields).unwrap_err().to_string(),
        "field `x` has the unusable format `g`: the indices of a dictionary are integers"
    );
}

#[test]
fn nesting_without_end() {
    let mut fields = vec![field("+l", 1); 1_000_000];
    fields.push(field("g", 0));
    assert!(matches!(unflatten_schema(&fields), Err(Error::TooDeep(32))));
    // Dictionaries of dictionaries nest as well.
    let dictionary = FlatField {
        dictionary: true,
        ..field("i", 0)
    };
    let mut fields = vec![dictionary; 1_000_000];
    fields.push(field("u", 0));
    assert!(matches!(unflatten_schema(&fields), Err(Error::TooDeep(32))));
}

#[test]
fn nesting_is_as_deep_on_the_way_out_as_on_the_way_in() {
    let nested = |levels| {
        let leaf = DataType::Float64;
        let list = |inner, _| DataType::List(Arc::new(Field::new("item", inner, true)));
        Schema::new(vec![Field::new("x", (0..levels).fold(leaf, list), true)])
    };
    let deepest = nested(32);
    assert_eq!(
        unflatten_schema(&flatten_schema(&deepest).unwrap()).unwrap(),
        deepest
    );
    assert!(matches!(
        flatten_schema(&nested(33)),
        Err(Error::TooDeep(32))
    ));
}

#[test]
fn padding_is_cut_off() {
    let schema =
        Arc::new(unflatten_schema(&[field("u", 0), field("i", 0), field("b", 0)]).unwrap());
    let arrays = vec![
        // Five offsets' worth of bytes where two offsets do, and one byte that is no offset.
        array(
            1,
            &[
                &[255; 64],
                &[0, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9],
                b"a and more",
            ],
        ),
        array(1, &[&[], &[7, 0, 0, 0, 1, 2]]),
        array(1, &[&[], &[1; 64]]),
    ];
    let taken = unflatten_batch(&schema, batch(1, arrays)).unwrap();
    let FlatBatch { buffers, .. } = flatten_batch(&taken).unwrap();
    assert_eq!(buffers[1].as_slice(), [0, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(buffers[2].as_slice(), b"a");
    assert_eq!(buffers[4].as_slice(), [7, 0, 0, 0]);
    assert_eq!(buffers[6].len(), 1);
}

#[test]
fn buffers_at_any_address_are_taken() {
    let schema = Arc::new(unflatten_schema(&[field("g", 0), field("d:38,2", 0)]).unwrap());
    for shift in 0..16 {
        let shifted = |bytes: &[u8]| Buffer::from([&vec![0; shift], bytes].concat()).slice(shift);
        let moved = |bytes: &[u8]| Given {
            buffers: vec![Buffer::default(), shifted(bytes)],
            ..array(1, &[])
        };
        let arrays = vec![moved(&1.5_f64.to_le_bytes()), moved(&7_i128.to_le_bytes())];
        let taken = unflatten_batch(&schema, batch(1, arrays)).unwrap();
        let FlatBatch { buffers, .. } = flatten_batch(&taken).unwrap();
        assert_eq!(buffers[1].as_slice(), 1.5_f64.to_le_bytes());
        assert_eq!(buffers[3].as_slice(), 7_i128.to_le_bytes());
    }
}

#[test]
fn offsets_that_are_no_whole_number_of_offsets() {
    let text = array(0, &[&[], &[0, 0, 0, 0, 9], b""]);
    let schema = Arc::new(unflatten_schema(&[field("u", 0)]).unwrap());
    assert!(unflatten_batch(&schema, batch(0, vec![text])).is_ok());
    let keys = array(1, &[&[], &[0, 0, 0]]);
    let dictionary = DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Null));
    let schema = Arc::new(Schema::new(vec![Field::new("x", dictionary, true)]));
    assert!(unflatten_batch(&schema, batch(1, vec![keys, array(1, &[])])).is_ok());
}

#[test]
fn buffers_that_do_not_belong_together() {
    let three = |buffers: &[&[u8]]| vec![array(3, buffers)];
    // Too short, or too few.
    for refused in [
        refusal(DataType::Float64, three(&[&[], &[0; 23]])),
        refusal(DataType::Float64, three(&[&[]])),
        refusal(DataType::Float64, three(&[])),
        refusal(DataType::Boolean, three(&[&[], &[]])),
        refusal(DataType::FixedSizeBinary(i32::MAX), three(&[&[], &[0; 24]])),
        refusal(DataType::Utf8, three(&[&[], &[0; 12], &[]])),
    ] {
        assert!(
            refused.starts_with("column `x` is not a valid Arrow array: "),
            "{refused}"
        );
    }
    for refused in [
        refusal(DataType::Float64, three(&[&[], &[0; 24], &[]])),
        refusal(DataType::Null, three(&[&[]])),
    ] {
        assert_eq!(refused, "the batch holds more buffers than its schema");
    }
}

#[test]
fn offsets_that_point_outside_or_backwards() {
    let offsets = |offsets: [i32; 3]| -> Vec<u8> {
        offsets
            .iter()
            .flat_map(|offset| offset.to_le_bytes())
            .collect()
    };
    for bad in [
        [0, 1, 9],
        [0, 2, 1],
        [-1, 0, 1],
        [3, 1, 3],
        [0, i32::MAX, 1],
        [0, 1, i32::MIN],
    ] {
        let offsets = offsets(bad);
        refusal(DataType::Utf8, vec![array(2, &[&[], &offsets, b"ab"])]);
        refusal(DataType::Binary, vec![array(2, &[&[], &offsets, b"ab"])]);
        let list = DataType::List(Arc::new(Field::new("item", DataType::Int8, true)));
        refusal(
            list,
            vec![array(2, &[&[], &offsets]), array(2, &[&[], &[1, 2]])],
        );
    }
}

#[test]
fn text_that_is_not_utf8() {
    let one = [0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0];
    for bytes in [[0xff, b'a'], "é".as_bytes().try_into().unwrap()] {
        refusal(DataType::Utf8, vec![array(2, &[&[], &one, &bytes])]);
    }
}

#[test]
fn null_counts_that_are_not_true() {
    let counted = |null_count, validity: &[u8]| Given {
        null_count,
        ..array(3, &[validity, &[0; 3]])
    };
    for (refused, words) in [
        (
            counted(1, &[]),
            "it counts nulls but has no validity buffer",
        ),
        (
            counted(u32::MAX, &[0]),
            "its null count is not that of its validity buffer",
        ),
        (
            counted(0, &[0b101]),
            "its null count is not that of its validity buffer",
        ),
    ] {
        let refused = refusal(DataType::Int8, vec![refused]);
        assert!(refused.ends_with(words), "{refused}");
    }
    let short = Given {
        null_count: 9,
        ..array(9, &[&[0], &[0; 9]])
    };
    let refused = refusal(DataType::Int8, vec![short]);
    assert!(
        refused.ends_with("its validity buffer is too short"),
        "{refused}"
    );
}

#[test]
fn indices_that_point_outside_their_dictionary() {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Int8));
    for index in [2_u8, 0xff] {
        let keys = array(1, &[&[], &[index]]);
        refusal(dictionary.clone(), vec![keys, array(2, &[&[], &[1, 2]])]);
    }
}

#[test]
fn four_billion_values_in_no_bytes() {
    let weightless = DataType::Struct(vec![Field::new("n", DataType::Null, true)].into());
    for (item, below) in [
        (DataType::Null, vec![]),
        (DataType::FixedSizeBinary(0), vec![]),
        (weightless, vec![array(u32::MAX, &[])]),
    ] {
        let child = Arc::new(Field::new("item", item, false));
        let list = DataType::FixedSizeList(child, i32::MAX);
        let half_null = Given {
            null_count: 1,
            ..array(2, &[&[1]])
        };
        let mut arrays = vec![half_null, array(u32::MAX, &[&[]])];
        arrays.extend(below);
        let refused = refusal(list, arrays);
        assert!(
            refused.ends_with("it holds too many values that take up no memory"),
            "{refused}"
        );
    }
}

#[test]
fn arrays_that_are_too_few_or_too_many() {
    let refused = refusal(DataType::Int8, vec![]);
    assert!(
        refused.ends_with("the batch holds fewer arrays than its schema"),
        "{refused}"
    );
    let one = || array(1, &[&[], &[1]]);
    assert_eq!(
        refusal(DataType::Int8, vec![one(), one()]),
        "the batch holds more arrays than its schema"
    );
}

#[test]
fn columns_that_are_not_as_long_as_the_batch() {
    let schema = Arc::new(unflatten_schema(&[field("c", 0)]).unwrap());
    let short = array(1, &[&[], &[1]]);
    let refused = unflatten_batch(&schema, batch(2, vec![short]));
    assert!(matches!(refused, Err(Error::InvalidBatch(_))));
}

#[test]
fn nulls_in_a_column_that_has_none() {
    let field = FlatField {
        nullable: false,
        ..field("c", 0)
    };
    let schema = Arc::new(unflatten_schema(&[field]).unwrap());
    let null = Given {
        null_count: 1,
        ..array(1, &[&[0], &[1]])
    };
    let refused = unflatten_batch(&schema, batch(1, vec![null]));
    assert!(matches!(refused, Err(Error::InvalidBatch(_))));
}
