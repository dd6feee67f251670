//! Arrow IPC, as a file or as a stream. A file has an index at its end, so that groups of its
//! batches are parts; a stream can only be read from its beginning and is one part.

use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::{FileReader, StreamReader};

use super::{Source, ipc_index, positions, without_metadata};
use crate::data_file::Place;
use crate::table::Batches;
use crate::{Error, Result, parts};

const FILE_MAGIC: &[u8] = b"ARROW1";

/// Opens a file or a stream, told apart by the first bytes.
pub(super) fn open(place: Arc<Place>) -> Result<Box<dyn Source>> {
    let mut start = Vec::new();
    let limit = FILE_MAGIC.len() as u64;
    let read = place.open()?.take(limit).read_to_end(&mut start);
    read.map_err(Error::io(&place.path))?;
    Ok(match start == FILE_MAGIC {
        true => Box::new(IpcFile::open(place)?),
        false => Box::new(IpcStream::open(place)?),
    })
}

struct IpcFile {
    place: Arc<Place>,
    schema: SchemaRef,
    rows: u64,
    /// The batches of each part.
    parts: Vec<Range<usize>>,
}

impl IpcFile {
    fn open(place: Arc<Place>) -> Result<Self> {
        let schema = without_metadata(&file_reader(&place, None)?.schema());
        let file = BufReader::new(place.open()?);
        let batch_rows = ipc_index::batch_rows(file).map_err(Error::arrow(&place.path))?;
        Ok(Self {
            place,
            schema,
            rows: batch_rows.iter().sum(),
            parts: parts::group(batch_rows),
        })
    }
}

fn file_reader(
    place: &Place,
    projection: Option<Vec<usize>>,
) -> Result<FileReader<BufReader<File>>> {
    FileReader::try_new_buffered(place.open()?, projection).map_err(Error::arrow(&place.path))
}

impl Source for IpcFile {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn num_parts(&self) -> usize {
        self.parts.len()
    }

    fn scan_part(&self, part: usize, wanted: &SchemaRef) -> Result<Box<dyn Batches>> {
        let mut reader = file_reader(&self.place, Some(positions(&self.schema, wanted)))?;
        let path = self.place.path.clone();
        let part = &self.parts[part];
        reader.set_index(part.start).map_err(Error::arrow(&path))?;
        let batches = reader.take(part.len());
        Ok(Box::new(
            batches.map(move |batch| batch.map_err(Error::arrow(&path))),
        ))
    }
}

struct IpcStream {
    place: Arc<Place>,
    schema: SchemaRef,
}

impl IpcStream {
    fn open(place: Arc<Place>) -> Result<Self> {
        let schema = without_metadata(&stream_reader(&place, None)?.schema());
        Ok(Self { place, schema })
    }
}

fn stream_reader(
    place: &Place,
    projection: Option<Vec<usize>>,
) -> Result<StreamReader<BufReader<File>>> {
    StreamReader::try_new_buffered(place.open()?, projection).map_err(Error::arrow(&place.path))
}

impl Source for IpcStream {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        None
    }

    fn num_parts(&self) -> usize {
        1
    }

    fn scan_part(&self, _part: usize, wanted: &SchemaRef) -> Result<Box<dyn Batches>> {
        let reader = stream_reader(&self.place, Some(positions(&self.schema, wanted)))?;
        let path = self.place.path.clone();
        Ok(Box::new(
            reader.map(move |batch| batch.map_err(Error::arrow(&path))),
        ))
    }
}
