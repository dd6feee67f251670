//! Records in pieces. What is the same in the records of many runs, such as parameters and
//! findings, is a blob of its own, which all of them share; in the record stands a reference to it.
//! Whoever reads a record through the store gets the whole of it.

use serde_json::{Map, Value};

use crate::{Blobs, Digest, Error, Result, Store, canonical_json};

/// The key of an object that has some of its fields, or all of them, in a piece.
const REFERENCE: &str = "$blob";

/// A piece of fewer bytes is not worth a file.
const LEAST_BYTES: usize = 128;

impl Store {
    /// Makes some fields of an object in a record a piece of its own, and puts a reference in their
    /// place. The next record in which they are equal shares it. Small ones stay where they are,
    /// and so does a value that is no object.
    ///
    /// # Errors
    ///
    /// Those of [`canonical_json`], and [`Error::Io`].
    pub fn set_apart(&self, object: &mut Value, fields: &[&str]) -> Result<()> {
        let Some(object) = object.as_object_mut() else {
            return Ok(());
        };
        let piece = fields
            .iter()
            .filter_map(|field| Some(((*field).to_owned(), object.get(*field)?.clone())));
        let json = canonical_json(&Value::Object(piece.collect()))?;
        if json.len() >= LEAST_BYTES {
            let digest = self.blobs().put(&json)?;
            object.retain(|name, _| !fields.contains(&name.as_str()));
            object.insert(REFERENCE.to_owned(), digest.to_string().into());
        }
        Ok(())
    }
}

/// Puts every piece back where its reference is, and gives the blobs that the record refers to:
/// the pieces, and all that is named by its digest in the record or in one of them. Texts that
/// only look like a digest are among these; there are no such blobs.
pub(crate) fn put_together(blobs: &Blobs, value: &mut Value) -> Result<Vec<Digest>> {
    let mut found = Vec::new();
    visit(blobs, value, &mut found)?;
    Ok(found)
}

fn visit(blobs: &Blobs, value: &mut Value, found: &mut Vec<Digest>) -> Result<()> {
    match value {
        Value::String(text) => found.extend(text.parse::<Digest>()),
        Value::Array(items) => {
            for item in items {
                visit(blobs, item, found)?;
            }
        }
        Value::Object(fields) => {
            let reference = fields.get(REFERENCE).and_then(Value::as_str);
            if let Some(digest) = reference.and_then(|text| text.parse().ok()) {
                fields.remove(REFERENCE);
                fields.extend(piece(blobs, digest)?);
                found.push(digest);
            }
            for field in fields.values_mut() {
                visit(blobs, field, found)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn piece(blobs: &Blobs, digest: Digest) -> Result<Map<String, Value>> {
    let bytes = blobs.get(&digest)?;
    serde_json::from_slice(&bytes).map_err(|source| Error::InvalidDocument {
        digest,
        expected: "a piece of the record of a run",
        source,
    })
}
