//! The memory of puppets that return what they should: a batch, a report, a failure.

use arrow::array::RecordBatch;
use mlhost_arrow::{FlatField, flatten_batch, flatten_schema};

use crate::batch::{Wire, WireField};
use crate::image::{BASE, Image};

/// A batch in the lists of the contract; nothing, if the contract does not carry it.
pub(super) fn wire(batch: &RecordBatch) -> Option<Wire> {
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
pub(super) fn emitted(wire: &Wire) -> Vec<u8> {
    let mut image = Image::new(BASE, 48);
    let mut fields = Vec::new();
    for field in &wire.fields {
        let [name, name_length] = image.put(field.name.as_bytes());
        let [format, format_length] = image.put(field.format.as_bytes());
        let flags = u32::from(field.ordered)
            | u32::from(field.nullable) << 1
            | u32::from(field.sorted) << 2;
        let dictionary = u32::from(field.dictionary);
        let metadata = field.metadata.iter().map(|(key, value)| {
            let [key, key_length] = image.put(key.as_bytes());
            let [value, value_length] = image.put(value.as_bytes());
            [key, key_length, value, value_length]
        });
        let metadata: Vec<_> = metadata.collect();
        let [metadata, num_metadata] = image.list(&metadata);
        fields.push([
            name,
            name_length,
            format,
            format_length,
            flags,
            metadata,
            num_metadata,
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

/// What a report has besides what all of these have.
pub(super) struct Told {
    pub(super) check: &'static str,
    pub(super) details: &'static str,
    /// Of the number.
    pub(super) labels: &'static [(&'static str, &'static str)],
    /// Kind and data of each figure.
    pub(super) figures: &'static [(&'static str, &'static str)],
}

/// The memory of the puppet that reports something of everything.
pub(super) fn report(told: &Told) -> Vec<u8> {
    let mut image = Image::new(BASE, 48);
    let text = |image: &mut Image, text: &str| image.put(text.as_bytes());
    let verdict = text(&mut image, "warned");
    let summary = text(&mut image, "1 check");
    let check = text(&mut image, told.check);
    let column = text(&mut image, "temp");
    let severity = text(&mut image, "warn");
    let details = text(&mut image, told.details);
    let [passed, has_column] = [0, 1];
    let finding = [
        check[0],
        check[1],
        has_column,
        column[0],
        column[1],
        passed,
        severity[0],
        severity[1],
        summary[0],
        summary[1],
        details[0],
        details[1],
    ];
    let findings = image.list(&[finding]);
    let name = text(&mut image, "r2");
    let labels = told.labels.iter().map(|(key, value)| {
        let [key, value] = [key, value].map(|word| text(&mut image, word));
        [key[0], key[1], value[0], value[1]]
    });
    let labels: Vec<_> = labels.collect();
    let labels = image.list(&labels);
    let number = 0.5_f64.to_bits();
    let (low, high) = (number as u32, (number >> 32) as u32);
    let metric = [name[0], name[1], low, high, labels[0], labels[1]];
    let metrics = image.list(&[metric]);
    let figures = told.figures.iter().map(|(kind, data)| {
        let [kind, data] = [kind, data].map(|word| text(&mut image, word));
        [
            name[0], name[1], name[0], name[1], kind[0], kind[1], data[0], data[1],
        ]
    });
    let figures: Vec<_> = figures.collect();
    let figures = image.list(&figures);
    let lists = [verdict, summary, findings, metrics, figures];
    let words: Vec<u32> = [0].into_iter().chain(lists.into_iter().flatten()).collect();
    image.write(0, &words);
    image.into_bytes()
}

/// The memory of the puppet that fails.
pub(super) fn failure() -> Vec<u8> {
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
