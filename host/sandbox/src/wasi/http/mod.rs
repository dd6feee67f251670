//! HTTP requests to the hosts that a step grants. The plugin makes a request, says where it goes,
//! writes its body and waits for the answer; it is sent when somebody waits.
//!
//! - [`fields`] has headers, [`requests`] what is sent, [`answers`] what comes back.
//! - [`sending`] decides where a request may go, by [`addresses`].
//! - [`serving`] is the other half of the interface, of which there is nothing here.

mod addresses;
mod answers;
mod fields;
mod requests;
mod sending;
mod serving;

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    bindings::http_types::{Method, Scheme},
    holdings::{HeldBytes, Slot},
};
use crate::Failure;

/// Headers or trailers.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Fields {
    entries: Vec<(String, Vec<u8>)>,
    /// Whether they are those of a request or an answer, which has them for good.
    is_fixed: bool,
    /// There are only so many of them.
    _slot: Slot,
}

/// A request in the making.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OutgoingRequest {
    method: Method,
    scheme: Option<Scheme>,
    authority: Option<String>,
    path: Option<String>,
    headers: Fields,
    /// What was written of its body.
    body: SharedBody,
    has_given_body: bool,
}

/// What is sent with a request.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct OutgoingBody {
    body: SharedBody,
    has_given_stream: bool,
}

/// A body that is written by one and sent by another.
#[derive(Clone)]
#[expect(
    unreachable_pub,
    reason = "a part of what the generated bindings re-export"
)]
pub struct SharedBody(Arc<Mutex<(Vec<u8>, HeldBytes)>>);

/// What the plugin wants of the connection.
#[derive(Default)]
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct RequestOptions {
    connect: Option<u64>,
    first_byte: Option<u64>,
    between_bytes: Option<u64>,
}

/// An answer that somebody waits for.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum FutureAnswer {
    /// The request that is still to be sent, and how long it may take at most.
    Waiting(Box<OutgoingRequest>, Option<u64>),
    /// Somebody has taken it.
    Taken,
}

/// An answer.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct IncomingResponse {
    status: u16,
    headers: Fields,
    body: Option<Box<dyn std::io::Read + Send>>,
}

/// The body of an answer.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct IncomingBody(Option<Box<dyn std::io::Read + Send>>);

/// Trailers, of which there are none.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct FutureTrailers;

/// What nobody has: the requests that come to a server, and its answers.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub enum Nobody {}

impl SharedBody {
    fn new(held: HeldBytes) -> Self {
        Self(Arc::new(Mutex::new((Vec::new(), held))))
    }

    /// Adds bytes, of which all bodies of an instance together have at most `limit`.
    pub(super) fn write(&self, bytes: &[u8], limit: usize) -> Result<(), Failure> {
        let (body, held) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.add(bytes.len(), limit)?;
        body.extend(bytes);
        Ok(())
    }

    fn take(&self) -> Vec<u8> {
        let (body, _) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(body)
    }
}
