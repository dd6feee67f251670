//! What is written in a format comes back from it.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, DictionaryArray, LargeStringArray, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Int8Type};
use mlhost_data::Table;

use crate::support::{FORMATS, Folder, all_rows, flights, names};

#[test]
fn every_format_gives_back_rows_and_types() {
    let folder = Folder::new();
    for (_, extension) in FORMATS {
        let name = format!("flights.{extension}");
        assert_eq!(folder.write(&name, &[flights(), flights()]), 6);

        let table = folder.open(&name).unwrap();
        let rows = all_rows(&table);
        let schema = flights().schema();
        for field in schema.fields() {
            let found = rows.column_by_name(field.name()).unwrap();
            let written = [flights(), flights()];
            let written = concat_batches(&schema, &written).unwrap();
            let written = written.column_by_name(field.name()).unwrap();
            // JSON has no dates: they come back as text.
            let found = cast(found, field.data_type()).unwrap();
            assert_eq!(&found, written, "{} in {extension}", field.name());
        }
        if extension != "jsonl" {
            assert_eq!(table.schema(), schema, "{extension}");
        }
        assert_eq!(table.num_rows(), Some(6), "{extension}");
    }
}

#[test]
fn no_rows_are_a_table_too() {
    let folder = Folder::new();
    for (_, extension) in FORMATS {
        let name = format!("empty.{extension}");
        assert_eq!(folder.write(&name, &[flights().slice(0, 0)]), 0);
        if extension == "jsonl" {
            let refusal = folder.refusal(&name);
            insta::assert_snapshot!(refusal, @"`~/empty.jsonl` is empty, so that its columns are unknown");
            continue;
        }
        let table = folder.open(&name).unwrap();
        assert_eq!(table.schema().fields().len(), 5, "{extension}");
        assert_eq!(table.num_rows(), Some(0), "{extension}");
        assert_eq!(all_rows(&table).num_rows(), 0, "{extension}");
    }
}

#[test]
fn columns_come_in_the_wanted_order() {
    let folder = Folder::new();
    for (_, extension) in FORMATS {
        let name = format!("flights.{extension}");
        folder.write(&name, &[flights()]);
        let table = folder.open(&name).unwrap();
        let wanted = names(&["late", "year", "delay"]);
        for batch in table.scan(&wanted).unwrap() {
            let batch = batch.unwrap();
            assert_eq!(mlhost_data::column_names(&batch.schema()), wanted);
            assert_eq!(batch.column(1), flights().column(0), "{extension}");
        }
    }
}

#[test]
fn no_columns_leave_the_number_of_rows() {
    let folder = Folder::new();
    for (_, extension) in FORMATS {
        let name = format!("flights.{extension}");
        folder.write(&name, &[flights(), flights()]);
        let table = folder.open(&name).unwrap();
        let batches = table.scan(&[]).unwrap().map(Result::unwrap);
        let rows: usize = batches
            .inspect(|batch| assert_eq!(batch.num_columns(), 0))
            .map(|batch| batch.num_rows())
            .sum();
        assert_eq!(rows, 6, "{extension}");
    }
}

#[test]
fn an_arrow_stream_is_read_like_a_file() {
    let folder = Folder::new();
    let mut stream =
        arrow::ipc::writer::StreamWriter::try_new(Vec::new(), &flights().schema()).unwrap();
    stream.write(&flights()).unwrap();
    folder.put("flights.arrow", stream.into_inner().unwrap());

    let table = folder.open("flights.arrow").unwrap();
    assert_eq!((table.num_rows(), table.num_parts()), (None, 1));
    assert_eq!(all_rows(&table), flights());
}

#[test]
fn a_compressed_arrow_file_is_read() {
    use arrow::ipc::CompressionType;
    use arrow::ipc::writer::{FileWriter, IpcWriteOptions};

    let folder = Folder::new();
    for compression in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        let options = IpcWriteOptions::default();
        let options = options.try_with_compression(Some(compression)).unwrap();
        let schema = flights().schema();
        let mut file = FileWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
        file.write(&flights()).unwrap();
        folder.put("flights.feather", file.into_inner().unwrap());
        assert_eq!(
            all_rows(&folder.open("flights.feather").unwrap()),
            flights()
        );
    }
}

#[test]
fn large_strings_and_dictionaries_are_handed_on_as_they_are() {
    let folder = Folder::new();
    // Two batches with different dictionaries, as two row groups of a file have them.
    let batches = [["UA", "B6"], ["DL", "UA"]].map(|carriers| {
        let dictionary: DictionaryArray<Int8Type> = carriers.into_iter().collect();
        let columns: [(&str, ArrayRef); 2] = [
            ("carrier", Arc::new(dictionary)),
            (
                "airport",
                Arc::new(LargeStringArray::from(carriers.to_vec())),
            ),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true)))
            .unwrap()
    });
    for extension in ["parquet", "arrow"] {
        let name = format!("carriers.{extension}");
        folder.write(&name, &batches);
        let table = folder.open(&name).unwrap();
        assert_eq!(table.schema(), batches[0].schema(), "{extension}");
        let carriers = cast(all_rows(&table).column(0), &DataType::Utf8).unwrap();
        let carriers = carriers.as_string::<i32>();
        assert_eq!(*carriers, StringArray::from(vec!["UA", "B6", "DL", "UA"]));
    }
}

#[test]
fn a_time_in_a_named_zone_can_be_written_as_text() {
    let folder = Folder::new();
    let times = TimestampMicrosecondArray::from(vec![1_372_680_000_000_000]);
    let times: ArrayRef = Arc::new(times.with_timezone("America/New_York"));
    let batch = RecordBatch::try_from_iter([("time", times)]).unwrap();
    for (extension, expected) in [
        ("csv", "time\n2013-07-01T08:00:00-04:00\n"),
        ("jsonl", "{\"time\":\"2013-07-01T08:00:00-04:00\"}\n"),
    ] {
        let name = format!("times.{extension}");
        folder.write(&name, std::slice::from_ref(&batch));
        let text = std::fs::read_to_string(folder.path(&name)).unwrap();
        assert_eq!(text, expected);
    }
}
