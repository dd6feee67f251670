//! What goes wrong with remote files, and how it is told.

use std::io::Write as _;
use std::net::TcpListener;

use mlhost_data::{Error, FileTable, Result, Table};
use mlhost_pipeline::StoreOptions;

use crate::remote::{content, large, open, open_with, public};
use crate::server::{Fault, Server};
use crate::support::{Folder, failure, numbers};

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
