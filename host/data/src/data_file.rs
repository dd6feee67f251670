//! One file of a table, as it is shown to the outside: where it is, how large it was when the table
//! was opened, and the digest of its content.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::Result;
use crate::place::Place;

/// One file of a table.
pub struct DataFile {
    place: Arc<Place>,
    rows: Option<u64>,
    fingerprint: OnceLock<String>,
}

impl DataFile {
    pub(crate) fn new(place: Arc<Place>, rows: Option<u64>) -> Self {
        Self {
            place,
            rows,
            fingerprint: OnceLock::new(),
        }
    }

    pub(crate) fn place(&self) -> &Arc<Place> {
        &self.place
    }

    /// The path; a relative one begins with the folder that the table was opened in. Of a remote
    /// file it is the address, without anything that a signature may be in.
    pub fn path(&self) -> &Path {
        &self.place.path
    }

    /// The size in bytes.
    pub fn bytes(&self) -> u64 {
        self.place.bytes()
    }

    /// The number of rows, where it is known without a scan.
    pub fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// The SHA-256 of the content as `sha256:<hex>`, read at the first call and then remembered. Of
    /// a remote Parquet file that is larger than 1 MiB, it is that of the address and of what the
    /// server says of the version, such as its ETag: such a file is never read as a whole.
    ///
    /// # Errors
    ///
    /// [`Error::Io`](crate::Error::Io) if the file cannot be read,
    /// [`Error::Changed`](crate::Error::Changed) if it is another by now.
    pub fn fingerprint(&self) -> Result<&str> {
        if let Some(fingerprint) = self.fingerprint.get() {
            return Ok(fingerprint);
        }
        let fingerprint = self.place.digest()?;
        Ok(self.fingerprint.get_or_init(|| fingerprint))
    }
}
