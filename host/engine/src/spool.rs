//! A spool: batches in a file without a name, as an Arrow IPC stream. It is written once and then
//! read through a mapping of the file, without a copy: what the system needs memory for, it can
//! drop and read again. The file is gone when nobody reads it any more.

use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

use arrow::{
    buffer::Buffer,
    datatypes::Schema,
    error::ArrowError,
    ipc::{reader::StreamDecoder, writer::StreamWriter},
    record_batch::RecordBatch,
};
use mlhost_data::{Batches, Error, Result};
use mlhost_sandbox::map_file;
use mlhost_store::Store;

/// A spool that is being written.
pub(crate) struct Writing {
    writer: StreamWriter<BufWriter<File>>,
    /// For messages.
    folder: PathBuf,
}

impl Writing {
    /// Makes the file in the folder of the store, which is on a disk and not in memory, as the
    /// system's folder for temporary files may be.
    pub(crate) fn new(store: &Store, schema: &Schema) -> Result<Self> {
        let folder = store.path().to_owned();
        let file = store.unnamed_file().map_err(unusable(&folder))?;
        let writer = StreamWriter::try_new(BufWriter::new(file), schema);
        Ok(Self {
            writer: writer.map_err(unusable(&folder))?,
            folder,
        })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.writer.write(batch).map_err(unusable(&self.folder))
    }

    /// Ends the file, and opens it for reading.
    pub(crate) fn finish(mut self) -> Result<Spooled> {
        let folder = self.folder;
        self.writer.finish().map_err(unusable(&folder))?;
        let buffer = self.writer.into_inner().map_err(unusable(&folder))?;
        let file = buffer.into_inner();
        let file = file.map_err(|error| unusable(&folder)(error.into_error()))?;
        let mapped = map_file(file).map_err(unusable(&folder))?;
        Ok(Spooled {
            content: Buffer::from(mapped),
            folder,
        })
    }
}

/// A spool that can be read as often as is wanted.
#[derive(Clone)]
pub(crate) struct Spooled {
    content: Buffer,
    folder: PathBuf,
}

impl Spooled {
    /// All batches, in order. Their buffers are those of the mapping.
    pub(crate) fn read(&self) -> Box<dyn Batches> {
        let mut decoder = StreamDecoder::new();
        let (mut rest, folder) = (self.content.clone(), self.folder.clone());
        Box::new(std::iter::from_fn(move || {
            let batch = decoder.decode(&mut rest);
            batch.map_err(unusable(&folder)).transpose()
        }))
    }
}

fn unusable<E>(folder: &Path) -> impl FnOnce(E) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    let folder = folder.to_owned();
    |error| {
        let source: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
        // What the system says is enough.
        let source = match source.downcast::<ArrowError>() {
            Ok(error) => match *error {
                ArrowError::IoError(_, source) => source.into(),
                other => other.into(),
            },
            Err(source) => source,
        };
        Error::Spool { folder, source }
    }
}

#[cfg(test)]
mod tests;
