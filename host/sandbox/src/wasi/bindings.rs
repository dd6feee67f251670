//! What wasmtime makes of those interfaces of WASI that do something here.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "generated from documented interfaces"
)]

use wasmtime::component::{HasSelf, Linker};

use crate::session::Session;

wasmtime::component::bindgen!({
    path: "wasi",
    world: "answered",
    imports: { default: trappable },
    with: {
        "wasi:filesystem/types.descriptor": crate::wasi::descriptor::Descriptor,
        "wasi:filesystem/types.directory-entry-stream": crate::wasi::descriptor::Entries,
        "wasi:http/types.fields": crate::wasi::http::Fields,
        "wasi:http/types.future-incoming-response": crate::wasi::http::FutureAnswer,
        "wasi:http/types.future-trailers": crate::wasi::http::FutureTrailers,
        "wasi:http/types.incoming-body": crate::wasi::http::IncomingBody,
        "wasi:http/types.incoming-request": crate::wasi::http::Nobody,
        "wasi:http/types.incoming-response": crate::wasi::http::IncomingResponse,
        "wasi:http/types.outgoing-body": crate::wasi::http::OutgoingBody,
        "wasi:http/types.outgoing-request": crate::wasi::http::OutgoingRequest,
        "wasi:http/types.outgoing-response": crate::wasi::http::Nobody,
        "wasi:http/types.request-options": crate::wasi::http::RequestOptions,
        "wasi:http/types.response-outparam": crate::wasi::http::Nobody,
        "wasi:io/error.error": crate::wasi::io::IoError,
        "wasi:io/poll.pollable": crate::wasi::io::Pollable,
        "wasi:io/streams.input-stream": crate::wasi::io::InputStream,
        "wasi:io/streams.output-stream": crate::wasi::io::OutputStream,
    },
});

pub(crate) use wasi::{
    cli::{environment, exit, stderr, stdin, stdout},
    clocks::{monotonic_clock, wall_clock},
    filesystem::{preopens, types},
    http::{outgoing_handler, types as http_types},
    io::{error, poll, streams},
    random::{insecure, insecure_seed, random},
};

/// Links these interfaces.
///
/// # Errors
/// When one of them is there already.
pub(crate) fn add_to_linker(linker: &mut Linker<Session>) -> wasmtime::Result<()> {
    Answered::add_to_linker::<_, HasSelf<Session>>(linker, &LinkOptions::default(), |session| {
        session
    })
}
