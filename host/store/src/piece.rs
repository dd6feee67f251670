//! Records in pieces. What is the same in the records of many runs, such as parameters and
//! findings, is a blob of its own, which all of them share; in the record stands a reference to it.
//! Whoever reads a record through the store gets the whole of it.

use serde_json::Value;

use crate::{Blobs, Digest, Error, Result, Store, canonical_json};

/// The only key of an object that stands for a piece.
const REFERENCE: &str = "$blob";

/// A piece of fewer bytes is not worth a file.
const LEAST_BYTES: usize = 256;

impl Store {
    /// Makes a value of a record a piece of its own, and puts a reference in its place. The next
    /// record with an equal value shares it. Small values stay where they are.
    ///
    /// # Errors
    ///
    /// Those of [`canonical_json`], and [`Error::Io`].
    pub fn set_apart(&self, value: &mut Value) -> Result<()> {
        let json = canonical_json(value)?;
        if json.len() >= LEAST_BYTES {
            let digest = self.blobs().put(&json)?;
            *value = serde_json::json!({ REFERENCE: digest });
        }
        Ok(())
    }
}

/// Puts every piece back where its reference is.
pub(crate) fn put_together(blobs: &Blobs, value: &mut Value) -> Result<()> {
    if let Some(digest) = reference(value) {
        let bytes = blobs.get(&digest)?;
        *value = serde_json::from_slice(&bytes).map_err(|source| Error::InvalidDocument {
            digest,
            expected: "a piece of the record of a run",
            source,
        })?;
        return Ok(());
    }
    match value {
        Value::Object(fields) => fields
            .values_mut()
            .try_for_each(|field| put_together(blobs, field)),
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|item| put_together(blobs, item)),
        _ => Ok(()),
    }
}

/// The blobs that a record as it is kept refers to: pieces, states, components. Texts that only
/// look like a digest are among them; there are no such blobs.
pub(crate) fn references(value: &Value, found: &mut Vec<Digest>) {
    match value {
        Value::String(text) => found.extend(text.parse::<Digest>()),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| references(field, found)),
        _ => {}
    }
}

fn reference(value: &Value) -> Option<Digest> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.get(REFERENCE)?.as_str()?.parse().ok()
}
