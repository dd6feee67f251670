//! A server on this machine for the tests of remote files: files with tags and ranges, the lists of
//! the stores, and faults to order. It counts what it serves.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

/// What goes wrong with answers about a file.
#[derive(Clone)]
pub(crate) enum Fault {
    /// The connection ends after so many bytes of the body.
    Close(usize),
    /// The answer has this status, and this body.
    Status(&'static str, &'static str),
    /// Ranges are not understood: the answer is the whole.
    NoRanges,
    /// The file is somewhere else.
    Moved(String),
}

struct Content {
    bytes: Arc<Vec<u8>>,
    tag: String,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Content>,
    /// What goes wrong with a file, and how often it still does.
    faults: HashMap<String, (Fault, usize)>,
    /// `METHOD target range` of each request.
    requests: Vec<String>,
    served: usize,
    ended: bool,
}

pub(crate) struct Server {
    address: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if lock(&shared).ended {
                    break;
                }
                let shared = shared.clone();
                // A client that goes away is no failure of the server.
                thread::spawn(move || stream.and_then(|stream| answer(stream, &shared)));
            }
        });
        Self { address, state }
    }

    /// `http://…` for a path from the root.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Puts a file there, in place of another.
    pub(crate) fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        let mut state = lock(&self.state);
        let bytes = Arc::new(bytes.into());
        let tag = format!("\"{}-{}\"", state.requests.len(), bytes.len());
        let content = Content { bytes, tag };
        state.files.insert(path.to_owned(), content);
    }

    /// Orders something to go wrong with the next answers about a file.
    pub(crate) fn fail(&self, path: &str, fault: Fault, times: usize) {
        let mut state = lock(&self.state);
        state.faults.insert(path.to_owned(), (fault, times));
    }

    /// The requests so far, which are then forgotten, and the bytes of files that were served.
    pub(crate) fn log(&self) -> (Vec<String>, usize) {
        let mut state = lock(&self.state);
        (
            std::mem::take(&mut state.requests),
            std::mem::take(&mut state.served),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        lock(&self.state).ended = true;
        // Wakes the thread that accepts connections.
        let _ = TcpStream::connect(&self.address);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no test has failed")
}

struct Request {
    method: String,
    path: String,
    query: HashMap<String, String>,
    headers: HashMap<String, String>,
}

fn answer(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(());
    };
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
            None => break,
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let request = Request {
        method: method.clone(),
        path: decoded(path),
        query: query
            .map(|(name, value)| (name.to_owned(), decoded(value)))
            .collect(),
        headers,
    };
    let range = request.headers.get("range").map_or("", String::as_str);
    lock(state)
        .requests
        .push(format!("{method} {target} {range}").trim_end().to_owned());
    let (head, body) = response(&request, state);
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {head}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.length
    )?;
    if request.method != "HEAD" {
        lock(state).served += body.bytes.len();
        stream.write_all(&body.bytes)?;
    }
    stream.flush()
}

struct Body {
    /// What is announced.
    length: usize,
    bytes: Vec<u8>,
}

impl Body {
    fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self {
            length: bytes.len(),
            bytes,
        }
    }
}

/// The status line with headers, and the body.
fn response(request: &Request, state: &Mutex<State>) -> (String, Body) {
    let mut state = lock(state);
    let fault = match state.faults.get_mut(&request.path) {
        Some((fault, times)) if *times > 0 => {
            *times -= 1;
            Some(fault.clone())
        }
        _ => None,
    };
    match &fault {
        Some(Fault::Status(status, body)) => return (format!("{status}\r\n"), Body::new(*body)),
        Some(Fault::Moved(to)) => {
            let head = format!("302 Found\r\nLocation: {to}\r\n");
            return (head, Body::new(""));
        }
        _ => {}
    }
    if request.query.contains_key("list-type") {
        return ("200 OK\r\n".to_owned(), Body::new(bucket(request, &state)));
    }
    if request.query.get("comp").is_some_and(|comp| comp == "list") {
        let list = container(request, &state);
        return ("200 OK\r\n".to_owned(), Body::new(list));
    }
    let Some(content) = state.files.get(&request.path) else {
        let body = "<Error><Code>NoSuchKey</Code><Message>Nothing is here</Message></Error>";
        return ("404 Not Found\r\n".to_owned(), Body::new(body));
    };
    let wanted = request.headers.get("if-match");
    if wanted.is_some_and(|tag| *tag != content.tag) {
        return ("412 Precondition Failed\r\n".to_owned(), Body::new(""));
    }
    let size = content.bytes.len();
    let range = request.headers.get("range");
    let range = range.filter(|_| !matches!(fault, Some(Fault::NoRanges)));
    let range = range.map(|range| bounds(range, size));
    let tag = &content.tag;
    let always = format!("ETag: {tag}\r\nLast-Modified: Tue, 01 Jan 2013 00:00:00 GMT\r\n");
    let (head, range) = match range {
        Some(range) if range.is_empty() => {
            let head = format!("416 Range Not Satisfiable\r\nContent-Range: bytes */{size}\r\n");
            return (head, Body::new(""));
        }
        Some(Range { start, end }) => {
            let shown = format!("Content-Range: bytes {start}-{}/{size}\r\n", end - 1);
            (
                format!("206 Partial Content\r\n{always}{shown}"),
                start..end,
            )
        }
        None => (format!("200 OK\r\n{always}"), 0..size),
    };
    let mut body = Body::new(&content.bytes[range]);
    if let Some(Fault::Close(after)) = fault {
        body.bytes.truncate(after);
    }
    (head, body)
}

/// The range of `bytes=1-2`, `bytes=1-` or `bytes=-2`.
fn bounds(range: &str, size: usize) -> Range<usize> {
    let (start, end) = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .expect("a range of bytes");
    match (start.parse::<usize>(), end.parse::<usize>()) {
        (Ok(start), Ok(end)) => start.min(size)..(end + 1).min(size),
        (Ok(start), Err(_)) => start.min(size)..size,
        (Err(_), Ok(last)) => size.saturating_sub(last)..size,
        (Err(_), Err(_)) => 0..0,
    }
}

/// Name and file of all that is in a bucket under the prefix, and not in a folder below if folders
/// are told apart.
fn listed<'a>(request: &Request, state: &'a State) -> Vec<(String, &'a Content)> {
    let bucket = format!("{}/", request.path.trim_end_matches('/'));
    let prefix = request.query.get("prefix").cloned().unwrap_or_default();
    let is_flat = request.query.contains_key("delimiter");
    let keys = state.files.iter();
    keys.filter_map(|(path, content)| Some((path.strip_prefix(&bucket)?.to_owned(), content)))
        .filter(|(key, _)| {
            key.strip_prefix(&prefix)
                .is_some_and(|rest| !is_flat || !rest.contains('/'))
        })
        .collect()
}

/// The list that S3 and Google Cloud Storage give.
fn bucket(request: &Request, state: &State) -> String {
    let objects = listed(request, state).into_iter().map(|(key, content)| {
        let (tag, size) = (&content.tag, content.bytes.len());
        format!(
            "<Contents><Key>{key}</Key><LastModified>2013-01-01T00:00:00.000Z</LastModified>\
             <ETag>{tag}</ETag><Size>{size}</Size></Contents>"
        )
    });
    let objects: String = objects.collect();
    format!("<ListBucketResult>{objects}</ListBucketResult>")
}

/// The list that Azure gives.
fn container(request: &Request, state: &State) -> String {
    let blobs = listed(request, state).into_iter().map(|(key, content)| {
        let (tag, size) = (&content.tag, content.bytes.len());
        format!(
            "<Blob><Name>{key}</Name><Properties><Last-Modified>Tue, 01 Jan 2013 00:00:00 GMT\
             </Last-Modified><Etag>{}</Etag><Content-Length>{size}</Content-Length>\
             <Content-Type>text/csv</Content-Type></Properties></Blob>",
            tag.trim_matches('"')
        )
    });
    let blobs: String = blobs.collect();
    format!("<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>")
}

/// A part of an address without its escapes.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, ..] => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok().map(str::to_owned);
                digits.and_then(|digits| u8::from_str_radix(&digits, 16).ok())
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() {
            &rest[3..]
        } else {
            others
        };
    }
    String::from_utf8(bytes).expect("an address is text")
}
