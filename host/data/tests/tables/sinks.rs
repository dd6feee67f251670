//! What a sink leaves behind: the whole file, or nothing.

use std::fs;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, ListArray, RecordBatch};
use arrow::datatypes::Int64Type;
use mlhost_data::{Error, Sink, format_of, write};
use mlhost_pipeline::Format;

use crate::support::{Folder, all_rows, flights, numbers};

#[derive(Debug)]
enum Failure {
    Data(Error),
    Other,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Data(error)
    }
}

fn entries(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn a_failure_leaves_what_was_there() {
    let folder = Folder::new();
    folder.put("out.csv", "before");
    let path = folder.path("out.csv");
    let batches = [Ok(flights()), Err(Failure::Other)];
    let result = write(&path, Format::Csv, &flights().schema(), batches);
    assert!(matches!(result, Err(Failure::Other)));
    let result = write(
        &path,
        Format::Csv,
        &flights().schema(),
        [Ok::<_, Failure>(numbers(0, 1))],
    );
    assert!(matches!(result, Err(Failure::Data(Error::Batch { .. }))));
    assert_eq!(entries(&folder), ["out.csv"]);
    assert_eq!(fs::read_to_string(path).unwrap(), "before");
}

#[test]
fn nothing_has_the_name_before_all_is_written() {
    let folder = Folder::new();
    let path = folder.path("out.parquet");
    let mut sink = Sink::create(&path, Format::Parquet, &flights().schema()).unwrap();
    sink.write(&flights()).unwrap();
    assert!(!path.exists());
    assert_eq!(sink.finish().unwrap(), 3);
    assert_eq!(entries(&folder), ["out.parquet"]);
    assert_eq!(all_rows(&folder.open("out.parquet").unwrap()), flights());
}

#[test]
fn tables_are_written_as_text() {
    let folder = Folder::new();
    let read = |name| fs::read_to_string(folder.path(name)).unwrap();
    folder.write("out.csv", &[flights().slice(0, 1)]);
    assert_eq!(
        read("out.csv"),
        "year,delay,carrier,late,day\n2013,1.5,UA,true,1970-01-01\n"
    );
    folder.write(
        "out.tsv",
        &[flights().slice(1, 1).project(&[0, 1]).unwrap()],
    );
    assert_eq!(read("out.tsv"), "year\tdelay\n2014\t\n");
    folder.write("out.jsonl", &[flights().slice(2, 1)]);
    assert_eq!(
        read("out.jsonl"),
        "{\"year\":2015,\"delay\":-3.25,\"carrier\":null,\"late\":false,\"day\":\"2022-01-08\"}\n"
    );
}

#[test]
#[cfg(unix)]
fn the_output_has_the_permissions_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    folder.put("usual", "");
    folder.write("out.csv", &[numbers(0, 1)]);
    let mode = |name| {
        fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode()
    };
    assert_eq!(mode("out.csv"), mode("usual"));
}

#[test]
fn what_cannot_be_written_is_named() {
    let folder = Folder::new();
    let message = |result: Result<Sink, Error>| folder.message(&result.err().unwrap());
    let path = folder.path("missing/out.csv");
    let refusal = message(Sink::create(&path, Format::Csv, &flights().schema()));
    assert!(
        refusal.starts_with("cannot write `~/missing/out.csv`: "),
        "{refusal}"
    );

    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1)])]);
    let columns: [(&str, ArrayRef); 2] = [
        ("n", Arc::new(Int64Array::from(vec![1]))),
        ("list", Arc::new(list)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let path = folder.path("out.csv");
    let refusal = message(Sink::create(&path, Format::Csv, &batch.schema()));
    assert!(
        refusal.starts_with("cannot write `~/out.csv`: "),
        "{refusal}"
    );
    assert!(entries(&folder).is_empty());

    let error = format_of(&folder.path("out.xlsx")).unwrap_err();
    insta::assert_snapshot!(folder.message(&error), @"cannot tell the format of `~/out.xlsx` from its extension");
}
