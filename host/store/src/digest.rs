//! The name of a piece of content: its SHA-256. Two blobs with one digest are one blob, and a
//! blob whose bytes no longer give its digest is damaged; everything else in the store rests on
//! these two facts.

use std::fmt;
use std::io;
use std::str::FromStr;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// What the text form begins with, as in the OCI image specification.
const PREFIX: &str = "sha256:";

/// A SHA-256 digest, `sha256:` and 64 lower-case hexadecimal digits in text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; 32]);

/// A text that is not a digest.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error("`{text}` is not a digest: `sha256:` and 64 lower-case hexadecimal digits are expected")]
pub struct InvalidDigest {
    /// The text as it was given.
    pub text: String,
}

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The digest of everything a reader yields, in constant memory: for files too large to hold.
    ///
    /// # Errors
    ///
    /// Whatever the reader fails with.
    pub fn of_reader(mut reader: impl io::Read) -> io::Result<Self> {
        let mut hasher = sha2::Sha256::new();
        io::copy(&mut reader, &mut hasher)?;
        Ok(Self(hasher.finalize().into()))
    }

    /// The 32 bytes themselves.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// The first 12 hexadecimal digits, for tables and logs.
    pub fn short(&self) -> String {
        self.0[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// All 64 hexadecimal digits, without `sha256:`.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{PREFIX}{}", self.hex()))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({PREFIX}{})", self.hex())
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        text.strip_prefix(PREFIX)
            .and_then(bytes_of_hex)
            .map(Self)
            .ok_or_else(|| InvalidDigest {
                text: text.to_owned(),
            })
    }
}

/// The 32 bytes that 64 lower-case hexadecimal digits stand for. Upper case is refused: one
/// content must have one name.
fn bytes_of_hex(hex: &str) -> Option<[u8; 32]> {
    let digits = hex.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = InvalidDigest;

    fn try_from(text: String) -> Result<Self, InvalidDigest> {
        text.parse()
    }
}

impl ToSql for Digest {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Digest {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}
