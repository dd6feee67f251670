//! Files in object stores and on web servers, against a server on this machine.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use mlhost_data::{DigestMemory, FileTable, Opener, Result, Table};
use mlhost_pipeline::{Format, StoreOptions};
use serde_json::json;

use crate::selecting::dataset;
use crate::server::{Fault, Server};
use crate::support::{FORMATS, Folder, all_rows, column, flights, names, numbers};

pub(crate) fn open(url: &str) -> Result<FileTable> {
    open_with(url, &StoreOptions::default())
}

pub(crate) fn open_with(url: &str, options: &StoreOptions) -> Result<FileTable> {
    let opener = Opener::new(Format::from_path(url).unwrap_or(Format::Csv));
    opener.store(options).open(url, Path::new("nowhere"))
}

/// The options for a public bucket on the server.
pub(crate) fn public(server: &Server) -> StoreOptions {
    StoreOptions {
        account: Some("acme".to_owned()),
        endpoint: Some(server.url("")),
        anonymous: true,
        ..StoreOptions::default()
    }
}

/// A file of one format with a few rows, as bytes.
pub(crate) fn content(folder: &Folder, name: &str, rows: RecordBatch) -> Vec<u8> {
    folder.write(name, &[rows]);
    std::fs::read(folder.path(name)).unwrap()
}

const WIDE: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// A Parquet file of some megabytes: numbers that cannot be compressed, in two row groups, and
/// their position in `a`.
pub(crate) fn large(folder: &Folder) -> Vec<u8> {
    let rows = 150_000_i64;
    let columns = WIDE.iter().zip(1_u64..).map(|(name, seed)| {
        let values: ArrayRef = match *name {
            "a" => Arc::new(Int64Array::from_iter_values(0..rows)),
            _ => Arc::new(Float64Array::from_iter_values((0..rows).map(|row| {
                let mixed = (row.unsigned_abs() + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                #[expect(clippy::cast_precision_loss, reason = "any number will do")]
                let value = (mixed ^ (mixed >> 29)) as f64;
                value
            }))),
        };
        (*name, values, false)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    content(folder, "large.parquet", batch)
}

#[test]
fn every_format_has_the_rows_and_digests_of_a_local_file() {
    let (folder, server) = (Folder::new(), Server::start());
    for (_, ending) in FORMATS {
        let name = format!("flights.{ending}");
        server.put(&format!("/{name}"), content(&folder, &name, flights()));
        let (here, there) = (
            folder.open(&name).unwrap(),
            open(&server.url(&format!("/{name}"))),
        );
        let there = there.unwrap();
        assert_eq!(all_rows(&there), all_rows(&here));
        assert_eq!(there.fingerprint().unwrap(), here.fingerprint().unwrap());
        assert_eq!(there.part_digest(0).unwrap(), here.part_digest(0).unwrap());
        assert_eq!(there.files()[0].bytes(), here.files()[0].bytes());
        let (requests, _) = server.log();
        assert_eq!(requests.len(), 1, "{requests:?}");
    }
}

#[test]
fn of_a_large_parquet_file_only_what_is_wanted_is_fetched() {
    let (folder, server) = (Folder::new(), Server::start());
    let bytes = large(&folder);
    server.put("/large.parquet", bytes.clone());
    let here = folder.open("large.parquet").unwrap();
    let there = open(&server.url("/large.parquet")).unwrap();
    assert_eq!(there.num_parts(), 2);
    let (requests, served) = server.log();
    assert_eq!(requests, ["GET /large.parquet bytes=-65536"]);
    assert_eq!(served, 65536);

    assert_eq!(column(&there, "d"), column(&here, "d"));
    let (requests, served) = server.log();
    assert_eq!(requests.len(), 2, "one for each row group: {requests:?}");
    assert!(served < bytes.len() / 4, "{served} of {}", bytes.len());

    // Columns that lie side by side come in one request.
    let scan = there.scan_part(0, &names(&["e", "c", "d"])).unwrap();
    assert_eq!(
        scan.map(|batch| batch.unwrap().num_rows()).sum::<usize>(),
        131_072
    );
    assert_eq!(server.log().0.len(), 1);

    there.fingerprint().unwrap();
    there.part_digest(1).unwrap();
    assert_eq!(
        server.log(),
        (Vec::new(), 0),
        "the version is digest enough"
    );
}

#[test]
fn a_table_may_be_read_within_a_runtime() {
    let (folder, server) = (Folder::new(), Server::start());
    server.put("/large.parquet", large(&folder));
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let read = runtime.unwrap().block_on(async {
        let there = open(&server.url("/large.parquet")).unwrap();
        column(&there, "d")
    });
    assert_eq!(read, column(&folder.open("large.parquet").unwrap(), "d"));
}

#[test]
fn what_a_filter_rules_out_is_not_fetched() {
    let (folder, server) = (Folder::new(), Server::start());
    server.put("/large.parquet", large(&folder));
    let open = || Arc::new(open(&server.url("/large.parquet")).unwrap());
    let last = dataset(
        open(),
        json!({ "where": [["a", ">=", 140_000]], "columns": ["f"] }),
    );
    server.log();
    assert_eq!(all_rows(last.whole()).num_rows(), 10_000);
    let (requests, _) = server.log();
    assert_eq!(
        requests.len(),
        2,
        "the filter, then the column: {requests:?}"
    );

    // Within the bounds of the second row group, and in no row of it.
    let none = dataset(
        open(),
        json!({ "where": [["b", "==", 0.5], ["a", ">=", 140_000]] }),
    );
    server.log();
    assert_eq!(all_rows(none.whole()).num_rows(), 0);
    let (requests, _) = server.log();
    assert!(
        requests.len() <= 1,
        "the columns of the filter alone: {requests:?}"
    );
}

#[test]
fn globs_and_folders_of_stores_are_listed() {
    let (folder, server) = (Folder::new(), Server::start());
    for (month, start) in [("01", 0), ("02", 10), ("03", 20)] {
        let name = format!("2013-{month}.csv");
        let bytes = content(&folder, &name, numbers(start, 10));
        server.put(&format!("/flights/raw/{name}"), bytes);
    }
    server.put("/flights/raw/read.me", "no table");
    server.put("/flights/raw/old/2012.csv", "n\n1\n");
    let options = public(&server);
    for scheme in ["s3", "gs", "az"] {
        let rows = |pattern: &str| {
            let url = format!("{scheme}://flights/{pattern}");
            let table = open_with(&url, &options).unwrap();
            let files = table.files().iter();
            let files = files.map(|file| file.path().display().to_string());
            (files.collect::<Vec<_>>(), all_rows(&table).num_rows())
        };
        let url = |name: &str| format!("{scheme}://flights/raw/{name}");
        let two = (vec![url("2013-01.csv"), url("2013-02.csv")], 20);
        assert_eq!(rows("raw/2013-0[12].csv"), two);
        assert_eq!(rows("raw/").1, 30);
        assert_eq!(rows("**/*.csv").1, 31);
        assert_eq!(rows("raw/2013-03.csv"), (vec![url("2013-03.csv")], 10));
    }
}

#[test]
fn a_large_parquet_file_of_a_store_is_read_in_ranges() {
    let (folder, server) = (Folder::new(), Server::start());
    let bytes = large(&folder);
    server.put("/flights/large.parquet", bytes.clone());
    let here = folder.open("large.parquet").unwrap();
    for scheme in ["s3", "gs", "az"] {
        let url = format!("{scheme}://flights/large.parquet");
        let there = open_with(&url, &public(&server)).unwrap();
        assert_eq!(column(&there, "d"), column(&here, "d"));
        let (requests, served) = server.log();
        assert!(served < bytes.len() / 4, "{served} for {requests:?}");
    }
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole() {
    let (folder, server) = (Folder::new(), Server::start());
    server.put("/large.parquet", large(&folder));
    server.fail("/large.parquet", Fault::NoRanges, usize::MAX);
    let there = open(&server.url("/large.parquet")).unwrap();
    let here = folder.open("large.parquet").unwrap();
    assert_eq!(there.fingerprint().unwrap(), here.fingerprint().unwrap());
    assert_eq!(column(&there, "c"), column(&here, "c"));
}

#[test]
fn an_address_may_have_a_query_and_lead_elsewhere() {
    let server = Server::start();
    server.put("/there.csv", "n\n1\n");
    server.fail(
        "/here.csv",
        Fault::Moved(server.url("/there.csv")),
        usize::MAX,
    );
    let table = open(&server.url("/here.csv?version=2&sig=a%2Fb")).unwrap();
    assert_eq!(column(&table, "n"), ["1"]);
    let shown = table.files()[0].path().display().to_string();
    assert_eq!(shown, server.url("/here.csv"));
    assert_eq!(server.log().0[0], "GET /here.csv?version=2&sig=a%2Fb");
}

#[derive(Default)]
struct Memory(Mutex<HashMap<String, String>>);

impl DigestMemory for Memory {
    fn recall(&self, key: &str) -> Option<String> {
        self.0.lock().unwrap().get(key).cloned()
    }

    fn remember(&self, key: &str, digest: &str) {
        self.0
            .lock()
            .unwrap()
            .insert(key.to_owned(), digest.to_owned());
    }
}

#[test]
fn digests_of_parts_are_remembered_under_the_version() {
    let server = Server::start();
    server.put("/numbers.csv", "n\n1\n");
    let memory = Arc::new(Memory::default());
    let digest = || {
        let opener = Opener::new(Format::Csv).digest_memory(memory.clone());
        let table = opener
            .open(&server.url("/numbers.csv"), Path::new("."))
            .unwrap();
        table.part_digest(0).unwrap().unwrap()
    };
    let first = digest();
    let forged = format!("sha256:{:064}", 1);
    for digest in memory.0.lock().unwrap().values_mut() {
        digest.clone_from(&forged);
    }
    assert_ne!(digest(), first, "it was recalled");
    server.put("/numbers.csv", "n\n2\n");
    let other = digest();
    assert_eq!(memory.0.lock().unwrap().len(), 2);
    assert_ne!(other, first);
}
