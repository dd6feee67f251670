//! Arrow sources and sinks, and the datasets made of them.
//!
//! A [`Table`] can be scanned again and again and may be far larger than memory: only the batches
//! in flight are held. [`open`] and [`Opener`] make one of files, [`MemoryTable`] of batches, and
//! [`Limited`] of the first rows of another; a [`Dataset`] selects columns and rows of one;
//! [`write()`] and [`Sink`] put rows into a file. Everything is
//! synchronous, so that the caller decides which threads it blocks. Of the other crates of the
//! host it uses `mlhost-pipeline` only, for the names of the formats.
//!
//! Files may be in an object store or on a web server: the module `remote` says how they are read.
//! It is there with the feature `remote`; without it, such a path is an error that says so.
//!
//! ```
//! use mlhost_data::{Table, open};
//! use mlhost_pipeline::{CsvOptions, Format};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("may.csv"), "carrier,delay\nUA,4\n")?;
//! std::fs::write(folder.path().join("june.csv"), "carrier,delay\nB6,-2\nDL,7\n")?;
//!
//! let flights = open("*.csv", folder.path(), Format::Csv, &CsvOptions::default())?;
//! assert_eq!(flights.num_rows(), Some(3));
//!
//! let mut rows = 0;
//! for batch in flights.scan(&["delay".to_owned()])? {
//!     rows += batch?.num_rows();
//! }
//! assert_eq!(rows, 3);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod arrange;
mod batch_size;
mod data_file;
mod digest;
mod encoder;
mod error;
mod file_table;
mod find;
mod guard;
mod hint;
mod limited;
mod line_changes;
mod memory;
mod near;
mod opener;
mod parts;
mod pieces;
mod place;
mod post;
mod reader;
mod reason;
#[cfg(feature = "remote")]
mod remote;
mod remote_error;
mod selected;
mod sink;
mod source;
mod stamp;
mod table;
mod unify;
mod watched;
mod web;

pub use batch_size::{MAX_BATCH_ROWS, MIN_BATCH_ROWS, batch_bytes, batch_rows};
pub use data_file::DataFile;
pub use digest::DigestMemory;
pub use error::{Difference, Error, Result};
pub use file_table::{FileTable, open};
pub use find::files;
pub use limited::Limited;
pub use memory::MemoryTable;
pub use opener::Opener;
pub use pieces::{ChangedPlace, PieceUnit, Pieces};
pub use post::{PostError, post_json};
pub use remote_error::RemoteError;
pub use selected::{Dataset, Filter, Fold, Mistake};
pub use sink::{Sink, format_of, write};
pub use stamp::Stamp;
pub use table::{Batches, Scan, Table, column_names, select};
pub use web::{AddressFilter, WebAnswer, WebError, WebRequest, send_request};

/// The rows that a part holds where this crate decides how rows are grouped: in the row groups of
/// the Parquet files it writes, and in the parts of Arrow files and of tables in memory.
pub const PART_ROWS: usize = 2 * MAX_BATCH_ROWS;
