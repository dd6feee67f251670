//! An open file of a table, wherever it is: what all formats are read from.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::Result as ParquetResult;
use parquet::file::reader::{ChunkReader, Length};

use crate::Error;
#[cfg(feature = "remote")]
use crate::remote::{CopyReader, RangedReader};

/// Where the error is put that a reader has met, for whoever gets to see only what the reader of a
/// format made of it: a text.
pub(crate) type Failure = Arc<Mutex<Option<Error>>>;

/// Takes out the error that was put there.
pub(crate) fn taken(failure: &Failure) -> Option<Error> {
    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
    failure.take()
}

/// Puts an error there, and gives what stands for it.
pub(crate) fn kept(failure: &Failure, error: Error) -> String {
    let text = error.to_string();
    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
    *failure = Some(error);
    text
}

/// An open file, at a position of its own.
pub(crate) enum Reader {
    File(File),
    #[cfg(feature = "remote")]
    Copy(CopyReader),
    #[cfg(feature = "remote")]
    Ranged(RangedReader),
}

impl Reader {
    /// Another reader of the same file. One of a local file shares its position, so the two are
    /// used one after the other.
    fn another(&self) -> io::Result<Self> {
        Ok(match self {
            Self::File(file) => Self::File(file.try_clone()?),
            #[cfg(feature = "remote")]
            Self::Copy(reader) => Self::Copy(reader.clone()),
            #[cfg(feature = "remote")]
            Self::Ranged(reader) => Self::Ranged(reader.clone()),
        })
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            #[cfg(feature = "remote")]
            Self::Copy(reader) => reader.read(buffer),
            #[cfg(feature = "remote")]
            Self::Ranged(reader) => reader.read(buffer),
        }
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            #[cfg(feature = "remote")]
            Self::Copy(reader) => reader.seek(to),
            #[cfg(feature = "remote")]
            Self::Ranged(reader) => reader.seek(to),
        }
    }
}

impl Length for Reader {
    fn len(&self) -> u64 {
        match self {
            Self::File(file) => file.len(),
            #[cfg(feature = "remote")]
            Self::Copy(reader) => reader.size(),
            #[cfg(feature = "remote")]
            Self::Ranged(reader) => reader.size(),
        }
    }
}

/// Parquet's view of it.
impl ChunkReader for Reader {
    type T = BufReader<Self>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let mut reader = self.another()?;
        reader.seek(SeekFrom::Start(start))?;
        Ok(BufReader::new(reader))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        match self {
            Self::File(file) => file.get_bytes(start, length),
            #[cfg(feature = "remote")]
            Self::Copy(reader) => {
                let mut reader = reader.clone();
                reader.seek(SeekFrom::Start(start))?;
                let most = usize::try_from(reader.size()).unwrap_or(usize::MAX);
                let mut bytes = Vec::with_capacity(length.min(most));
                reader.take(length as u64).read_to_end(&mut bytes)?;
                match bytes.len() == length {
                    true => Ok(bytes.into()),
                    false => Err(parquet::errors::ParquetError::EOF(
                        "it ends early".to_owned(),
                    )),
                }
            }
            #[cfg(feature = "remote")]
            Self::Ranged(reader) => {
                let bytes = reader.get(start, length);
                bytes.map_err(|error| parquet::errors::ParquetError::External(Box::new(error)))
            }
        }
    }
}
