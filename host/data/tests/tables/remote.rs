//! Files in object stores and on web servers, against a server on this machine.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use mlhost_data::{DigestMemory, Error, FileTable, Opener, Result, Table};
use mlhost_pipeline::{Format, StoreOptions};
use serde_json::json;

use crate::selecting::dataset;
use crate::server::{Fault, Server};
use crate::support::{FORMATS, Folder, all_rows, column, failure, flights, names, numbers};

fn open(url: &str) -> Result<FileTable> {
    open_with(url, &StoreOptions::default())
}

fn open_with(url: &str, options: &StoreOptions) -> Result<FileTable> {
    let opener = Opener::new(Format::from_path(url).unwrap_or(Format::Csv));
    opener.store(options).open(url, Path::new("nowhere"))
}

/// The options for a public bucket on the server.
fn public(server: &Server) -> StoreOptions {
    StoreOptions {
        account: Some("acme".to_owned()),
        endpoint: Some(server.url("")),
        anonymous: true,
        ..StoreOptions::default()
    }
}

/// An error with its cause and its hint; the server is called `SERVER`.
fn told(server: &Server, error: &Error) -> String {
    let cause =
        std::error::Error::source(error).map_or(String::new(), |cause| format!(": {cause}"));
    let hint = error
        .hint()
        .map_or(String::new(), |hint| format!("\nhint: {hint}"));
    format!("{error}{cause}{hint}").replace(&server.url(""), "SERVER")
}

fn refusal(server: &Server, result: Result<FileTable>) -> String {
    told(server, &result.err().expect("the table to be refused"))
}

/// A file of one format with a few rows, as bytes.
fn content(folder: &Folder, name: &str, rows: RecordBatch) -> Vec<u8> {
    folder.write(name, &[rows]);
    std::fs::read(folder.path(name)).unwrap()
}

const WIDE: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// A Parquet file of some megabytes: numbers that cannot be compressed, in two row groups, and
/// their position in `a`.
fn large(folder: &Folder) -> Vec<u8> {
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
fn what_is_not_there_is_told_with_what_is() {
    let server = Server::start();
    server.put("/flights/2013.csv", "n\n1\n");
    let options = public(&server);
    let refused = |url: &str| refusal(&server, open_with(url, &options));
    insta::assert_snapshot!(refused("s3://flights/2031.csv"), @r"
    cannot read `s3://flights/2031.csv`: it is not there: the server answered 404 Not Found: NoSuchKey, Nothing is here
    hint: did you mean `2013.csv` in `s3://flights/`?
    ");
    insta::assert_snapshot!(refused("s3://flights/2014-*.csv"), @r"
    no file found for `s3://flights/2014-*.csv` in `s3://flights/`
    hint: the folder `s3://flights/` holds `2013.csv`
    ");
    insta::assert_snapshot!(refused("gs://flights/raw/"), @r"
    no file found for `gs://flights/raw/` in `gs://flights/raw`
    hint: the folder `gs://flights/raw` holds no file of csv
    ");
    insta::assert_snapshot!(refused(&server.url("/2013.csv?signature=secret")), @r"
    cannot read `SERVER/2013.csv`: it is not there: the server answered 404 Not Found: NoSuchKey, Nothing is here
    ");
}

#[test]
fn who_is_refused_is_told_what_the_server_said() {
    let server = Server::start();
    let denied = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Access Denied\
                  </Message></Error>";
    let path = "/flights/2013.csv";
    server.fail(path, Fault::Status("403 Forbidden", denied), usize::MAX);
    let options = public(&server);
    insta::assert_snapshot!(
        refusal(&server, open_with("s3://flights/2013.csv", &options)), @r"
        cannot read `s3://flights/2013.csv`: the server refused it: 403 Forbidden: AccessDenied, Access Denied
        hint: credentials come from the environment variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for keys that expire, `AWS_SESSION_TOKEN`, or the role of the machine; public data needs `options = { anonymous = true }` in the pipeline, or `AWS_SKIP_SIGNATURE=true` in the environment
        "
    );
    let page = "<html><body>Please sign in</body></html>";
    server.fail(
        "/2013.csv",
        Fault::Status("401 Unauthorized", page),
        usize::MAX,
    );
    insta::assert_snapshot!(refusal(&server, open(&server.url("/2013.csv"))), @r"
    cannot read `SERVER/2013.csv`: the server refused it: 401 Unauthorized
    hint: does the address open in a browser that is not signed in? One that is signed may have expired
    ");
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again() {
    let (folder, server) = (Folder::new(), Server::start());
    let bytes = content(&folder, "numbers.csv", numbers(0, 100_000));
    server.put("/numbers.csv", bytes);
    server.fail("/numbers.csv", Fault::Close(300_000), 1);
    let there = open(&server.url("/numbers.csv")).unwrap();
    assert_eq!(there.num_rows(), Some(100_000));
    assert_eq!(
        there.fingerprint().unwrap(),
        folder.open("numbers.csv").unwrap().fingerprint().unwrap()
    );
    let (requests, _) = server.log();
    assert_eq!(requests.len(), 2, "{requests:?}");

    server.fail("/numbers.csv", Fault::Status("503 Slow Down", ""), 2);
    assert!(open(&server.url("/numbers.csv")).is_ok());

    server.fail("/numbers.csv", Fault::Close(10), usize::MAX);
    insta::assert_snapshot!(refusal(&server, open(&server.url("/numbers.csv"))), @r"
    cannot read `SERVER/numbers.csv`: the answer broke off: Peer disconnected
    hint: run it again when the network is better
    ");
}

#[test]
fn a_server_that_cannot_be_spoken_to_is_named() {
    let server = Server::start();
    let url = server.url("/numbers.csv");
    let address = server.url("");
    drop(server);
    let error = open(&url).err().unwrap().to_string();
    assert_eq!(
        error.replace(&address, "SERVER"),
        "cannot read `SERVER/numbers.csv`"
    );

    // One that speaks anything but TLS.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answers = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    });
    let error = open(&format!("https://{address}/numbers.csv"))
        .err()
        .unwrap();
    answers.join().unwrap().unwrap();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.starts_with("the server did not answer: received corrupt message"),
        "{cause}"
    );
}

#[test]
fn a_store_that_lacks_a_setting_is_told() {
    let server = Server::start();
    let options = StoreOptions {
        account: None,
        ..public(&server)
    };
    insta::assert_snapshot!(
        refusal(&server, open_with("az://flights/2013.csv", &options)), @r"
        cannot read `az://flights/2013.csv`: Account must be specified
        hint: credentials come from the environment variables `AZURE_STORAGE_ACCOUNT_KEY` and `AZURE_STORAGE_ACCOUNT_NAME`, which may be `account` under `options`, or those of a service principal, or the role of the machine; public data needs `options = { anonymous = true }` in the pipeline, or `AZURE_SKIP_SIGNATURE=true` in the environment
        "
    );
}

#[test]
fn a_file_that_changes_after_it_was_opened_is_not_read() {
    let (folder, server) = (Folder::new(), Server::start());
    let bytes = large(&folder);
    server.put("/large.parquet", bytes.clone());
    let there = open(&server.url("/large.parquet")).unwrap();
    server.put("/large.parquet", bytes);
    insta::assert_snapshot!(told(&server, &failure(&there, "d")), @r"
    `SERVER/large.parquet` has changed since it was opened
    hint: run it again, and let nothing write to the file meanwhile
    ");
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

#[test]
fn a_damaged_file_is_called_that() {
    let (folder, server) = (Folder::new(), Server::start());
    let mut bytes = large(&folder);
    bytes.truncate(bytes.len() / 2);
    server.put("/large.parquet", bytes);
    server.put("/empty.parquet", "");
    server.put("/empty.csv", "");
    insta::assert_snapshot!(refusal(&server, open(&server.url("/large.parquet"))), @r"
    cannot read `SERVER/large.parquet`: it begins as a Parquet file and lacks the footer at its end: it was cut off, or is still being written
    hint: the file may be cut off, damaged, or of another format: fetch or write it again
    ");
    insta::assert_snapshot!(refusal(&server, open(&server.url("/empty.parquet"))), @r"
    `SERVER/empty.parquet` is empty, so that its columns are unknown
    hint: take the file out of the folder or glob, or write it again
    ");
    insta::assert_snapshot!(refusal(&server, open(&server.url("/empty.csv"))), @r"
    `SERVER/empty.csv` is empty, so that its columns are unknown
    hint: take the file out of the folder or glob, or write it again
    ");
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
