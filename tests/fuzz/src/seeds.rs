//! Inputs to begin with, one step from everything that can go wrong: batches of every type, reports,
//! descriptions, pipelines and files that are as they should be. They are made, so that they follow
//! the contract as it is.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Decimal128Array, DictionaryArray, FixedSizeBinaryArray,
    Float64Array, Int32Array, LargeStringArray, ListArray, MapBuilder, NullArray, RecordBatch,
    StringArray, StringBuilder, StringViewArray, StructArray, TimestampMicrosecondArray,
    UInt8Array,
};
use arrow::datatypes::{DataType, Field, Float64Type, Int8Type};
use mlhost_arrow::{FlatField, flatten_batch, flatten_schema};

use crate::batch::{Wire, WireField};
use crate::image::{self, BASE, Image};

/// One input: the name of its target, its own name, and its bytes.
pub type Seed = (&'static str, String, Vec<u8>);

/// All inputs.
pub fn all() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for (name, column) in columns() {
        let Ok(batch) = RecordBatch::try_from_iter_with_nullable([("x", column, true)]) else {
            continue;
        };
        let Some(wire) = wire(&batch) else {
            continue;
        };
        if let Ok(bytes) = postcard::to_allocvec(&wire) {
            seeds.push(("arrow_batch", name.to_owned(), bytes));
        }
        seeds.push(("emitted_batch", name.to_owned(), emitted(&wire)));
    }
    seeds.push(("returned_report", "passed".to_owned(), report()));
    seeds.push(("returned_report", "error".to_owned(), failure()));
    let params = r#"{"type":"object","properties":{"columns":{"type":"array","x-mlhost-role":"column"},"seed":{"type":"integer","default":1}},"required":["columns"]}"#;
    for kind in ["validator", "drift-detector"] {
        let description = image::description(kind, params);
        seeds.push(("described", kind.to_owned(), description));
    }
    for kind in ["validator", "preprocessor"] {
        let component = image::component(kind, &image::description(kind, "{}"));
        seeds.push(("package", kind.to_owned(), component));
    }
    for (name, text) in PIPELINES {
        seeds.push(("pipeline", name.to_owned(), text.as_bytes().to_vec()));
    }
    for (name, text) in FILES {
        seeds.push(("csv", name.to_owned(), text.as_bytes().to_vec()));
    }
    seeds
}

const PIPELINES: [(&str, &str); 4] = [
    (
        "flights",
        include_str!("../../../examples/flights/pipeline.toml"),
    ),
    (
        "search",
        include_str!("../../../examples/search/pipeline.toml"),
    ),
    (
        "monitor",
        include_str!("../../../examples/drift-retraining/monitor.toml"),
    ),
    (
        "patched",
        "mlhost = 1\nname = \"p\"\n[params]\nn = 1\n[data.x]\npath = \"x.csv\"\nwhere = [[\"a\", \
         \"<\", 3]]\nsplit = { by = \"hash\", column = \"a\", test = 0.2 }\n[steps.a]\nplugin = \
         \"validate\"\ninput = \"x.train\"\nwhen = \"params.n > 1\"\nretry = { limit = 3 }\n\
         [steps.a.with]\nrow_count = { min = \"${params.n}\" }\n\0params.n = 2\nremove = \
         [\"data.x.split\"]\nsteps.a.input = \"x\"\n",
    ),
];

const FILES: [(&str, &str); 5] = [
    ("plain", "\0a,b\n1,x\n2,\n"),
    (
        "quoted",
        "quote = \"'\"\ndelimiter = \";\"\n\0a;b\r\n'1\n2';'it''s'\r\n",
    ),
    (
        "headless",
        "header = false\nnull_values = [\"NA\"]\n\0NA,1.5\n3,-inf\n",
    ),
    (
        "times",
        "\0t,d\n2013-01-01T05:00:00Z,2013-01-01\n2013-01-01 05:00:00.123,\n",
    ),
    ("marked", "\0\u{feff}ä,b\n\u{1f600},true\n"),
];

fn columns() -> Vec<(&'static str, ArrayRef)> {
    let list = ListArray::from_iter_primitive::<arrow::datatypes::Int32Type, _, _>([
        Some(vec![Some(1), None]),
        None,
        Some(vec![]),
    ]);
    let structs = StructArray::from(vec![
        (
            Arc::new(Field::new("a", DataType::Boolean, true)),
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("b", DataType::Utf8, true)),
            Arc::new(StringArray::from(vec![Some("x"), Some(""), None])) as ArrayRef,
        ),
    ]);
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    map.keys().append_value("k");
    map.values().append_value("v");
    let _ = map.append(true);
    let _ = map.append(false);
    let dictionary: DictionaryArray<Int8Type> = [Some("u"), None, Some("u")].into_iter().collect();
    let nested = ListArray::from_iter_primitive::<Float64Type, _, _>([Some(vec![Some(f64::NAN)])]);
    let mut columns: Vec<(&'static str, ArrayRef)> = vec![
        (
            "float64",
            Arc::new(Float64Array::from(vec![Some(1.5), None, Some(f64::NAN)])),
        ),
        ("int32", Arc::new(Int32Array::from(vec![1, -2, 3]))),
        ("uint8", Arc::new(UInt8Array::from(vec![Some(1), None]))),
        (
            "boolean",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        ),
        (
            "text",
            Arc::new(StringArray::from(vec![Some("ä"), None, Some("long text")])),
        ),
        (
            "large_text",
            Arc::new(LargeStringArray::from(vec!["a", "bc"])),
        ),
        (
            "text_view",
            Arc::new(StringViewArray::from(vec![
                "short",
                "longer than twelve bytes",
            ])),
        ),
        (
            "binary",
            Arc::new(BinaryArray::from_vec(vec![b"\xff\x00", b""])),
        ),
        (
            "timestamp",
            Arc::new(TimestampMicrosecondArray::from(vec![0, 1]).with_timezone("UTC")),
        ),
        ("list", Arc::new(list)),
        ("list_of_floats", Arc::new(nested)),
        ("struct", Arc::new(structs)),
        ("map", Arc::new(map.finish())),
        ("dictionary", Arc::new(dictionary)),
        ("null", Arc::new(NullArray::new(3))),
    ];
    let values = [Some([1_u8, 2].as_slice()), None].into_iter();
    if let Ok(fixed) = FixedSizeBinaryArray::try_from_sparse_iter_with_size(values, 2) {
        columns.push(("fixed_size_binary", Arc::new(fixed)));
    }
    if let Ok(decimal) = Decimal128Array::from(vec![1, -2]).with_precision_and_scale(10, 2) {
        columns.push(("decimal", Arc::new(decimal)));
    }
    columns
}

fn wire(batch: &RecordBatch) -> Option<Wire> {
    let field = |field: FlatField| WireField {
        name: field.name,
        format: field.format,
        nullable: field.nullable,
        ordered: field.dictionary_ordered,
        sorted: field.map_keys_sorted,
        metadata: field.metadata,
        children: field.children,
        dictionary: field.dictionary,
    };
    let flat = flatten_batch(batch).ok()?;
    let fields = flatten_schema(&batch.schema()).ok()?;
    Some(Wire {
        fields: fields.into_iter().map(field).collect(),
        num_rows: flat.num_rows,
        arrays: flat
            .arrays
            .iter()
            .map(|array| (array.length, array.null_count))
            .collect(),
        buffers: flat
            .buffers
            .iter()
            .map(|buffer| buffer.as_slice().to_vec())
            .collect(),
    })
}

/// The memory of the puppet that announces this schema and emits this batch.
fn emitted(wire: &Wire) -> Vec<u8> {
    let mut image = Image::new(BASE, 48);
    let mut fields = Vec::new();
    for field in &wire.fields {
        let [name, name_length] = image.put(field.name.as_bytes());
        let [format, format_length] = image.put(field.format.as_bytes());
        let flags = u32::from(field.ordered)
            | u32::from(field.nullable) << 1
            | u32::from(field.sorted) << 2;
        let dictionary = u32::from(field.dictionary);
        fields.push([
            name,
            name_length,
            format,
            format_length,
            flags,
            0,
            0,
            field.children,
            dictionary,
        ]);
    }
    let [schema, length] = image.list(&fields);
    image.write(0, &[schema, length, 0]);
    let arrays: Vec<[u32; 2]> = wire
        .arrays
        .iter()
        .map(|(length, nulls)| [*length, *nulls])
        .collect();
    let [arrays, num_arrays] = image.list(&arrays);
    let pieces: Vec<[u32; 2]> = wire
        .buffers
        .iter()
        .map(|buffer| image.put(buffer))
        .collect();
    let buffers: Vec<[u32; 3]> = (0..)
        .zip(&pieces)
        .map(|(piece, [_, length])| [piece, 0, *length])
        .collect();
    let [memory, num_pieces] = image.list(&pieces);
    let [buffers, num_buffers] = image.list(&buffers);
    image.write(
        16,
        &[
            wire.num_rows,
            arrays,
            num_arrays,
            buffers,
            num_buffers,
            memory,
            num_pieces,
        ],
    );
    image.into_bytes()
}

/// The memory of the puppet that reports something of everything.
fn report() -> Vec<u8> {
    let mut image = Image::new(BASE, 48);
    let text = |image: &mut Image, text: &str| image.put(text.as_bytes());
    let [verdict, verdict_length] = text(&mut image, "warned");
    let [summary, summary_length] = text(&mut image, "1 check");
    let [check, check_length] = text(&mut image, "not_null");
    let [column, column_length] = text(&mut image, "temp");
    let [severity, severity_length] = text(&mut image, "warn");
    let [details, details_length] = text(&mut image, r#"{"share":0.5,"rows":[1,2]}"#);
    let [findings, num_findings] = image.list(&[[
        check,
        check_length,
        1,
        column,
        column_length,
        0,
        severity,
        severity_length,
        summary,
        summary_length,
        details,
        details_length,
    ]]);
    let [name, name_length] = text(&mut image, "r2");
    let [key, key_length] = text(&mut image, "better");
    let [value, value_length] = text(&mut image, "higher");
    let [labels, num_labels] = image.list(&[[key, key_length, value, value_length]]);
    let number = 0.5_f64.to_bits();
    let (low, high) = (number as u32, (number >> 32) as u32);
    let [metrics, num_metrics] = image.list(&[[name, name_length, low, high, labels, num_labels]]);
    let [kind, kind_length] = text(&mut image, "bars");
    let [data, data_length] = text(
        &mut image,
        r#"{"x":["a"],"series":[{"name":"s","values":[1]}]}"#,
    );
    let [figures, num_figures] = image.list(&[[
        name,
        name_length,
        name,
        name_length,
        kind,
        kind_length,
        data,
        data_length,
    ]]);
    image.write(
        0,
        &[
            0,
            verdict,
            verdict_length,
            summary,
            summary_length,
            findings,
            num_findings,
            metrics,
            num_metrics,
            figures,
            num_figures,
        ],
    );
    image.into_bytes()
}

/// The memory of the puppet that fails.
fn failure() -> Vec<u8> {
    let mut image = Image::new(BASE, 48);
    let [kind, kind_length] = image.put(b"invalid-params");
    let [message, message_length] = image.put(b"it is wrong");
    let [at, at_length] = image.put(b"/columns/0");
    image.write(
        0,
        &[
            1,
            kind,
            kind_length,
            message,
            message_length,
            1,
            at,
            at_length,
        ],
    );
    image.into_bytes()
}
