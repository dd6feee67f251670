//! What of a Parquet file decides the rows of one row group, and what a file that cannot be opened
//! is instead.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;

use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::schema::printer::print_schema;

use crate::digest::Hashing;
use crate::pieces::{self, Detail, PieceUnit, Pieces};
use crate::place::Place;
use crate::{Error, Result};

const MAGIC: &[u8] = b"PAR1";

/// The digest of the column chunks of a row group, and all that the footer says of how they are
/// read. Where in the file they are does not matter.
pub(super) fn content(
    place: &Place,
    metadata: &ParquetMetaData,
    row_group: usize,
) -> Result<String> {
    let group = metadata.row_group(row_group);
    let ranges: Vec<Range<u64>> = group.columns().iter().map(chunk).collect();
    let what = format!("row group {row_group}");
    let digest = place.digest_of(&what, &ranges)?;
    let mut text = format!("{digest} {}\n", group.num_rows());
    let columns = group.columns().iter().zip(&ranges);
    for (column, range) in columns {
        let start = i64::try_from(range.start).unwrap_or(i64::MAX);
        let dictionary = column.dictionary_page_offset().map(|offset| offset - start);
        text.push_str(&format!(
            "{} {:?} {} {} {dictionary:?}\n",
            range.end - range.start,
            column.compression(),
            column.num_values(),
            column.data_page_offset() - start,
        ));
    }
    let mut schema = Vec::new();
    print_schema(&mut schema, metadata.file_metadata().schema());
    text.push_str(&String::from_utf8_lossy(&schema));
    Ok(text)
}

/// Digests of the row groups, and where there are not too many of the columns in each.
pub(super) fn pieces(place: &Place, metadata: &ParquetMetaData, detail: Detail) -> Result<Pieces> {
    let groups = metadata.row_groups();
    let columns = metadata.file_metadata().schema_descr().columns();
    let rows = |group: &RowGroupMetaData| u64::try_from(group.num_rows()).unwrap_or_default();
    if !detail.fine || groups.len() * columns.len() > detail.most {
        let parts = groups.iter().enumerate();
        let parts = parts.map(|(number, group)| {
            let content = content(place, metadata, number)?;
            Ok((rows(group), pieces::digest_of(content.as_bytes())?))
        });
        return pieces::of_parts(parts, detail.most, PieceUnit::Rows);
    }
    let mut pieces = Pieces::new(PieceUnit::Rows);
    pieces.columns = columns
        .iter()
        .map(|column| column.path().string())
        .collect();
    let mut end = 0;
    for group in groups {
        end += rows(group);
        pieces.ends.push(end);
        for column in group.columns() {
            let mut hashing = Hashing::default();
            let read = hashing.read(place.open_range(&chunk(column))?);
            read.map_err(Error::io(&place.path))?;
            pieces.push(&hashing.finished());
        }
    }
    Ok(pieces)
}

/// The bytes of a column chunk.
pub(super) fn chunk(column: &ColumnChunkMetaData) -> Range<u64> {
    let (start, length) = column.byte_range();
    start..start.saturating_add(length)
}

/// The error of a file whose footer could not be read, in words about the file.
pub(super) fn no_footer(place: &Place, error: ParquetError) -> Error {
    let reason = match (magic(place, false), magic(place, true)) {
        (Ok(false), _) => "it is no Parquet file",
        (Ok(true), Ok(false)) => {
            "it begins as a Parquet file and lacks the footer at its end: it was cut off, or is \
             still being written"
        }
        _ => return Error::parquet(&place.path)(error),
    };
    Error::damaged(&place.path, reason)
}

/// Whether a file has what Parquet begins and ends with at its beginning or end.
fn magic(place: &Place, end: bool) -> Result<bool> {
    let mut file = place.open()?;
    let mut found = Vec::new();
    if end {
        let start = place.bytes().saturating_sub(MAGIC.len() as u64);
        file.seek(SeekFrom::Start(start))
            .map_err(Error::io(&place.path))?;
    }
    let read = file.take(MAGIC.len() as u64).read_to_end(&mut found);
    read.map_err(Error::io(&place.path))?;
    Ok(found == MAGIC)
}
