//! Too much of what the host holds or tells for a plugin.

use super::bindings::wasi::{
    cli::stdout,
    http::types::{Fields, OutgoingRequest},
};

/// Bytes that are written at a time.
const BLOCK: usize = 4096;

/// More things than a plugin may have.
const MANY: usize = 20_000;

/// Bodies of requests that are never sent, and have no end.
pub(super) fn bodies() -> String {
    let mut kept = Vec::new();
    loop {
        let request = OutgoingRequest::new(Fields::new());
        let Ok(body) = request.body() else {
            return "no body".to_owned();
        };
        let Ok(stream) = body.write() else {
            return "no stream".to_owned();
        };
        // As much of each as there would be of all.
        for _ in 0..8192 {
            if stream.blocking_write_and_flush(&[0; BLOCK]).is_err() {
                return "no more".to_owned();
            }
        }
        kept.push((request, body, stream));
    }
}

/// Many sets of headers.
pub(super) fn headers() -> String {
    let all: Vec<_> = (0..MANY).map(|_| Fields::new()).collect();
    format!("{} sets of headers", all.len())
}

/// As many headers as one set takes.
pub(super) fn endless_headers() -> String {
    let fields = Fields::new();
    for number in 0_u64.. {
        if let Err(error) = fields.append("x", b"") {
            return format!("{number} headers, and then {error:?}");
        }
    }
    "all numbers".to_owned()
}

/// Many handles of the same thing.
pub(super) fn handles() -> String {
    let handles: Vec<_> = (0..MANY).map(|_| stdout::get_stdout()).collect();
    format!("{} handles", handles.len())
}

/// Lines, for as long as it goes.
pub(super) fn endless_lines() -> ! {
    let output = stdout::get_stdout();
    let lines = b"a\n".repeat(BLOCK / 2);
    loop {
        let _ = output.blocking_write_and_flush(&lines);
    }
}

/// More lines in one piece than the host permits.
pub(super) fn lines_at_once() -> String {
    let lines = b"a\n".repeat(100_000_000);
    let written = stdout::get_stdout().write(&lines);
    format!("{written:?}")
}

/// One line, for as long as it goes.
pub(super) fn endless_line() -> ! {
    let output = stdout::get_stdout();
    loop {
        let _ = output.blocking_write_and_flush(&[b'a'; BLOCK]);
    }
}
