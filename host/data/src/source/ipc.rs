//! Arrow IPC, as a file or as a stream. A file has an index at its end, so that groups of its
//! batches are parts; a stream can only be read from its beginning and is one part.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::{FileReader, StreamReader};

use super::ipc_index::{self, Index};
use super::{Source, described, positions, without_metadata};
use crate::pieces::{self, Detail, PieceUnit, Pieces};
use crate::place::Place;
use crate::reader::Reader;
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
    index: Index,
    /// The batches of each part.
    parts: Vec<Range<usize>>,
}

impl IpcFile {
    fn open(place: Arc<Place>) -> Result<Self> {
        refuse_cut_off(&place)?;
        let schema = without_metadata(&file_reader(&place, None)?.schema());
        let file = BufReader::new(place.open()?);
        let index = ipc_index::read(file).map_err(Error::arrow(&place.path))?;
        Ok(Self {
            place,
            schema,
            parts: parts::group(index.batches.iter().map(|batch| batch.rows)),
            index,
        })
    }
}

/// Refuses a file without the end that all have, which is where the index is.
fn refuse_cut_off(place: &Place) -> Result<()> {
    let mut end = Vec::new();
    let length = FILE_MAGIC.len() as u64;
    let mut file = place.open()?;
    let start = SeekFrom::Start(place.bytes().saturating_sub(length));
    file.seek(start).map_err(Error::io(&place.path))?;
    file.take(length)
        .read_to_end(&mut end)
        .map_err(Error::io(&place.path))?;
    match end == FILE_MAGIC {
        true => Ok(()),
        false => Err(Error::damaged(
            &place.path,
            "it begins as an Arrow file and lacks the index at its end: it was cut off, or is \
             still being written",
        )),
    }
}

fn file_reader(
    place: &Place,
    projection: Option<Vec<usize>>,
) -> Result<FileReader<BufReader<Reader>>> {
    FileReader::try_new_buffered(place.open()?, projection).map_err(Error::arrow(&place.path))
}

impl Source for IpcFile {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        Some(self.index.batches.iter().map(|batch| batch.rows).sum())
    }

    fn num_parts(&self) -> usize {
        self.parts.len()
    }

    fn part_content(&self, part: usize) -> Result<String> {
        let batches = &self.index.batches[self.parts[part].clone()];
        let batches = batches.iter().map(|batch| batch.bytes.clone());
        let ranges: Vec<_> = self
            .index
            .dictionaries
            .iter()
            .cloned()
            .chain(batches)
            .collect();
        let digest = self.place.digest_of(&format!("part {part}"), &ranges)?;
        let lengths: Vec<u64> = ranges.iter().map(|range| range.end - range.start).collect();
        Ok(format!("{digest} {lengths:?}\n{}", described(&self.schema)))
    }

    fn pieces(&self, detail: Detail) -> Result<Option<Pieces>> {
        let parts = self.parts.iter().enumerate();
        let parts = parts.map(|(number, batches)| {
            let batches = &self.index.batches[batches.clone()];
            let rows = batches.iter().map(|batch| batch.rows).sum();
            let content = self.part_content(number)?;
            Ok((rows, pieces::digest_of(content.as_bytes())?))
        });
        pieces::of_parts(parts, detail.most, PieceUnit::Rows).map(Some)
    }

    /// Batches are as long as they were written.
    fn scan_part(
        &self,
        part: usize,
        wanted: &SchemaRef,
        _batch_rows: usize,
    ) -> Result<Box<dyn Batches>> {
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
) -> Result<StreamReader<BufReader<Reader>>> {
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

    fn part_content(&self, _part: usize) -> Result<String> {
        self.place.digest()
    }

    /// Batches are as long as they were written.
    fn scan_part(
        &self,
        _part: usize,
        wanted: &SchemaRef,
        _batch_rows: usize,
    ) -> Result<Box<dyn Batches>> {
        let reader = stream_reader(&self.place, Some(positions(&self.schema, wanted)))?;
        let path = self.place.path.clone();
        Ok(Box::new(
            reader.map(move |batch| batch.map_err(Error::arrow(&path))),
        ))
    }
}
