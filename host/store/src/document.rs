//! Small documents of which there are many: the records of runs, and what they share. They are in
//! the database, where a kilobyte takes a kilobyte and not a block of the disk, compressed, and
//! under the SHA-256 of their canonical JSON, by which they are checked whenever they are read.

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::database::Abort;
use crate::time::Stamp;
use crate::{Blobs, Digest, Error};

/// A level that costs less than a millisecond for what a run has to say.
const LEVEL: i32 = 6;

/// Keeps a document and gives its digest. One that is there already counts as put now.
pub(crate) fn put(transaction: &Transaction<'_>, json: &[u8]) -> Result<Digest, Abort> {
    let digest = Digest::of(json);
    let now = Stamp::now();
    let renewed = transaction.execute(
        "UPDATE documents SET kept_at = ?2 WHERE digest = ?1",
        params![digest, now],
    )?;
    if renewed == 0 {
        let content = zstd::bulk::compress(json, LEVEL)
            .map_err(Error::io("compress a document for", "store.db"))?;
        transaction.execute(
            "INSERT INTO documents (digest, content, kept_at) VALUES (?1, ?2, ?3)",
            params![digest, content, now],
        )?;
    }
    Ok(digest)
}

/// The document with this digest, checked. Those of older stores are blobs.
pub(crate) fn get(
    transaction: &Transaction<'_>,
    blobs: &Blobs,
    digest: Digest,
) -> Result<Vec<u8>, Abort> {
    let sql = "SELECT content FROM documents WHERE digest = ?1";
    let content: Option<Vec<u8>> = transaction
        .query_row(sql, [digest], |row| row.get(0))
        .optional()?;
    match content {
        Some(content) => Ok(open(digest, &content)?),
        None => Ok(blobs.get(&digest)?),
    }
}

/// The JSON of a document as it is kept.
pub(crate) fn open(digest: Digest, content: &[u8]) -> Result<Vec<u8>, Error> {
    match zstd::decode_all(content) {
        Ok(json) if Digest::of(&json) == digest => Ok(json),
        _ => Err(Error::DamagedDocument { digest }),
    }
}
