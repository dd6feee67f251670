//! Comma-separated files, and the options with which they are read.

use std::{fs, path::Path, sync::Arc};

use mlhost_data::{Opener, Scan, Table};
use mlhost_pipeline::{CsvOptions, Format, Source, parse};

use crate::batch::show;

/// The bytes are options, as the table `[data.x.csv]` of a pipeline has them, and behind a zero the
/// file.
pub fn csv(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let (options, content) = (parts.next().unwrap_or_default(), parts.next());
    let options = String::from_utf8_lossy(options);
    // A pipeline is in one file, and so are its options: no other table can be begun here.
    if options.contains('[') {
        return;
    }
    let text = format!(
        "mlhost = 1\nname = \"csv\"\n[data.x]\npath = \"x.csv\"\n[data.x.csv]\n{options}\n\
         [steps.s]\nplugin = \"validate\"\ninput = \"x\"\n"
    );
    let Ok(pipeline) = parse(Source::new("pipeline.toml", text), &[]) else {
        return;
    };
    let Some(data) = pipeline.data.get("x") else {
        return;
    };
    read(content.unwrap_or_default(), &data.csv);
}

fn read(content: &[u8], options: &CsvOptions) {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    if fs::write(folder.path().join("x.csv"), content).is_err() {
        return;
    }
    let opener = Opener::new(Format::Csv).csv(options);
    let Ok(table) = opener.open("x.csv", Path::new(folder.path())) else {
        return;
    };
    let columns: Vec<String> = table
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let Ok(scan) = Scan::new(Arc::new(table), &columns) else {
        return;
    };
    for batch in scan {
        match batch {
            Ok(batch) => drop(show(&batch)),
            Err(error) => return drop(error.to_string()),
        }
    }
}
