//! Turns an error of `object_store` into one of this crate, in the server's own words.

use std::error::Error as StdError;
use std::path::PathBuf;

use mlhost_pipeline::Scheme;
use object_store::client::{HttpError, HttpErrorKind};

use crate::Error;
use crate::remote_error::RemoteError;

/// What an error about an answer begins with that is no success. The type of that error is not
/// public.
const STATUS: &str = "Server returned non-2xx status code: ";

/// The most of what a server says that is shown, in characters.
const SHOWN: usize = 200;

/// The error of a store about an object.
pub(super) fn error(url: PathBuf, scheme: Scheme, source: &object_store::Error) -> Error {
    if matches!(source, object_store::Error::Precondition { .. }) {
        return Error::Changed { path: url };
    }
    Error::remote(url, scheme, reason(source))
}

/// The status of the answer that an error is about.
pub(super) fn status(error: &object_store::Error) -> Option<u16> {
    let text = answer(error)?;
    text.split_whitespace().next()?.parse().ok()
}

fn reason(error: &object_store::Error) -> RemoteError {
    if let Some(text) = answer(error) {
        let answer = plain(&text);
        return match error {
            object_store::Error::NotFound { .. } => RemoteError::NotFound { answer, near: None },
            object_store::Error::PermissionDenied { .. }
            | object_store::Error::Unauthenticated { .. } => RemoteError::Refused { answer },
            _ => RemoteError::Answered { answer },
        };
    }
    let last = chain(error)
        .last()
        .map_or_else(String::new, ToString::to_string);
    let connection = chain(error).find_map(|error| error.downcast_ref::<HttpError>());
    match connection.map(HttpError::kind) {
        Some(HttpErrorKind::Interrupted | HttpErrorKind::Request) => {
            RemoteError::CutOff { reason: last }
        }
        Some(_) => RemoteError::Unreachable { reason: last },
        None => RemoteError::Store { reason: last },
    }
}

/// What an answer that is no success said: its status, and what followed.
fn answer(error: &object_store::Error) -> Option<String> {
    let texts = chain(error).map(ToString::to_string);
    texts
        .filter_map(|text| text.strip_prefix(STATUS).map(str::to_owned))
        .next()
}

/// An error and its causes.
fn chain(error: &object_store::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |error| (*error).source())
}

/// An answer in one line: the code and the message of an XML document, the beginning of a text, and
/// of a page for browsers the status alone.
fn plain(answer: &str) -> String {
    let (status, said) = answer.split_once(':').unwrap_or((answer, ""));
    let said = said.trim_start_matches('\u{feff}').trim();
    let said = match (element(said, "Code"), element(said, "Message")) {
        (Some(code), Some(message)) => format!("{code}, {message}"),
        (Some(code), None) => code.to_owned(),
        _ if said.starts_with('<') => String::new(),
        _ => said.lines().next().unwrap_or_default().to_owned(),
    };
    let said: String = said.chars().filter(|letter| !letter.is_control()).collect();
    let shown: String = said.chars().take(SHOWN).collect();
    match shown.is_empty() {
        true => status.to_owned(),
        false => format!("{status}: {shown}"),
    }
}

/// The text of the first element with a name.
fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.trim()).filter(|text| !text.is_empty())
}
