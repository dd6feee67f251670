//! Text files with rows, and what a pipeline says of how they are read.

use std::{fs, path::Path, sync::Arc};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use mlhost_data::{Error, Opener, Scan, Table, column_names};
use mlhost_pipeline::{Data, Format, Source, parse};

/// As few bytes of a part as make several parts of an input.
const SMALL_PARTS: u64 = 16;

/// What a table has in its columns.
type Columns = Vec<Vec<String>>;

/// The bytes are keys of the table `[data.x]` of a pipeline and, behind a zero, a CSV file. It has the
/// same values whether it is read as a whole or in parts.
pub fn csv(bytes: &[u8]) {
    rows(bytes, Format::Csv);
}

/// As [`csv`], of a file with a JSON object on each line.
pub fn json_lines(bytes: &[u8]) {
    rows(bytes, Format::JsonLines);
}

#[expect(clippy::panic, reason = "the fuzzer finds an input by its panic")]
fn rows(bytes: &[u8], format: Format) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (keys, content) = (parts.next().unwrap_or_default(), parts.next());
    let Some(data) = data(&String::from_utf8_lossy(keys), format) else {
        return;
    };
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    if fs::write(folder.path().join("x"), content.unwrap_or_default()).is_err() {
        return;
    }
    let mut opener = Opener::new(format).csv(&data.csv);
    if let Some(schema) = data.schema {
        opener = opener.schema(schema);
    }
    let whole = read(&opener, folder.path());
    let parts = read(&opener.range_bytes(SMALL_PARTS), folder.path());
    match (whole, parts) {
        (Ok(whole), Ok(parts)) => assert_eq!(whole, parts),
        (Err(whole), Err(parts)) => {
            for error in [whole, parts] {
                let text = error.to_string();
                // A reader that panics is stopped; those of binary formats may, and these may not.
                assert!(!text.contains("its reader gave up"), "{text}");
            }
        }
        (whole, parts) => panic!("{whole:?} as a whole, {parts:?} in parts"),
    }
}

/// The table `[data.x]` with these keys.
fn data(keys: &str, format: Format) -> Option<Data> {
    // No other table can be begun here.
    if keys.lines().any(|line| line.trim_start().starts_with('[')) {
        return None;
    }
    let text = format!(
        "mlhost = 1\nname = \"rows\"\n[data.x]\npath = \"x\"\nformat = \"{}\"\n{keys}\n\
         [steps.s]\nplugin = \"validate\"\ninput = \"x\"\n",
        format.name()
    );
    let mut pipeline = parse(Source::new("pipeline.toml", text), &[]).ok()?;
    pipeline.data.shift_remove("x")
}

fn read(opener: &Opener, folder: &Path) -> Result<Columns, Error> {
    let table = opener.open("x", folder)?;
    let columns = column_names(&table.schema());
    let mut values: Columns = columns.iter().map(|_| vec![]).collect();
    let options = FormatOptions::default().with_null("null");
    for batch in Scan::new(Arc::new(table), &columns)? {
        let batch = batch?;
        for (column, values) in batch.columns().iter().zip(&mut values) {
            let Ok(formatter) = ArrayFormatter::try_new(column, &options) else {
                continue;
            };
            let rows = 0..column.len();
            values.extend(rows.map(|row| formatter.value(row).try_to_string().unwrap_or_default()));
        }
    }
    Ok(values)
}
