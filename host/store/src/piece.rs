//! Records in pieces. What is the same in the records of many runs, such as parameters and
//! findings, is a document of its own, which all of them share; in the record stands a reference
//! to it. Whoever reads a record through the store gets the whole of it.

use rusqlite::Transaction;
use serde_json::{Map, Value};

use crate::database::Abort;
use crate::{Digest, Error, Result, Store, canonical_json, document};

/// The key of an object that has some of its fields, or all of them, in a piece.
const REFERENCE: &str = "$blob";

/// A piece of fewer bytes is not worth a row.
const LEAST_BYTES: usize = 128;

impl Store {
    /// Makes some fields of an object in a record a piece of its own, and puts a reference in their
    /// place. The next record in which they are equal shares it. Small ones stay where they are,
    /// and so does a value that is no object.
    ///
    /// # Errors
    ///
    /// Those of [`canonical_json`], and [`Error::Database`].
    pub fn set_apart(&self, object: &mut Value, fields: &[&str]) -> Result<()> {
        self.set_apart_each([object], fields)
    }

    /// The same for several objects at once: the disk is waited for only once.
    ///
    /// # Errors
    ///
    /// Those of [`Store::set_apart`].
    pub fn set_apart_each<'a>(
        &self,
        objects: impl IntoIterator<Item = &'a mut Value>,
        fields: &[&str],
    ) -> Result<()> {
        let objects = objects.into_iter().filter_map(Value::as_object_mut);
        let mut pieces = Vec::new();
        for object in objects {
            let piece = fields
                .iter()
                .filter_map(|field| Some(((*field).to_owned(), object.get(*field)?.clone())));
            let json = canonical_json(&Value::Object(piece.collect()))?;
            if json.len() >= LEAST_BYTES {
                pieces.push((object, json));
            }
        }
        if pieces.is_empty() {
            return Ok(());
        }
        let task = "keep the pieces of a record";
        let put = |transaction: &Transaction<'_>| -> Result<Vec<Digest>, Abort> {
            let pieces = pieces.iter();
            pieces
                .map(|(_, json)| document::put(transaction, json))
                .collect()
        };
        let digests = self.database.write(task, put)?;
        for ((object, _), digest) in pieces.into_iter().zip(digests) {
            object.retain(|name, _| !fields.contains(&name.as_str()));
            object.insert(REFERENCE.to_owned(), digest.to_string().into());
        }
        Ok(())
    }
}

/// A record, whole, and what it refers to.
pub(crate) struct Whole {
    pub(crate) record: Value,
    /// The record and its pieces.
    pub(crate) documents: Vec<Digest>,
    /// All that is named by its digest: states and components, which are blobs, and other things
    /// such as files, which are not in the store.
    pub(crate) named: Vec<Digest>,
}

/// Reads a record and puts every piece back where its reference is.
pub(crate) fn whole(
    digest: Digest,
    fetch: &dyn Fn(Digest) -> Result<Vec<u8>, Abort>,
) -> Result<Whole, Abort> {
    let invalid = |digest, expected| {
        move |source| Error::InvalidDocument {
            digest,
            expected,
            source,
        }
    };
    let record = serde_json::from_slice(&fetch(digest)?);
    let mut record = record.map_err(invalid(digest, "the record of a run"))?;
    let piece = |digest| -> Result<Map<String, Value>, Abort> {
        let piece = serde_json::from_slice(&fetch(digest)?);
        Ok(piece.map_err(invalid(digest, "a piece of the record of a run"))?)
    };
    let mut documents = vec![digest];
    put_together(&mut record, &piece, &mut documents)?;
    let mut named = Vec::new();
    digests(&record, &mut named);
    Ok(Whole {
        record,
        documents,
        named,
    })
}

/// Every text in a document that is a digest.
pub(crate) fn digests(document: &Value, found: &mut Vec<Digest>) {
    match document {
        Value::String(text) => found.extend(text.parse::<Digest>()),
        Value::Array(items) => items.iter().for_each(|item| digests(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| digests(field, found)),
        _ => {}
    }
}

fn put_together(
    value: &mut Value,
    piece: &dyn Fn(Digest) -> Result<Map<String, Value>, Abort>,
    documents: &mut Vec<Digest>,
) -> Result<(), Abort> {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|item| put_together(item, piece, documents)),
        Value::Object(fields) => {
            let reference = fields.get(REFERENCE).and_then(Value::as_str);
            if let Some(digest) = reference.and_then(|text| text.parse().ok()) {
                fields.remove(REFERENCE);
                fields.extend(piece(digest)?);
                documents.push(digest);
            }
            fields
                .values_mut()
                .try_for_each(|field| put_together(field, piece, documents))
        }
        _ => Ok(()),
    }
}
