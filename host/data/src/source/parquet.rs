//! Parquet files: a part is a row group, and only the wanted columns are read and decoded.

use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
    RowFilter,
};

use super::{Source, parquet_bytes, parquet_statistics, positions, without_metadata};
use crate::pieces::{Detail, Pieces};
use crate::place::Place;
use crate::reader::{self, Failure, Reader};
use crate::selected::PartFilter;
use crate::table::Batches;
use crate::{Error, Result};

pub(super) struct ParquetSource {
    place: Arc<Place>,
    metadata: ArrowReaderMetadata,
    schema: SchemaRef,
}

impl ParquetSource {
    pub(super) fn open(place: Arc<Place>) -> Result<Self> {
        let metadata = ArrowReaderMetadata::load(&place.open()?, ArrowReaderOptions::new())
            .map_err(|error| parquet_bytes::no_footer(&place, error))?;
        let schema = without_metadata(metadata.schema());
        Ok(Self {
            place,
            metadata,
            schema,
        })
    }

    fn projection(&self, wanted: &Schema) -> ProjectionMask {
        let columns = positions(&self.schema, wanted);
        ProjectionMask::roots(self.metadata.parquet_schema(), columns)
    }

    /// A reader of the wanted columns; `first` are those that are needed before the others, if
    /// there are such.
    fn reader(
        &self,
        part: usize,
        wanted: &Schema,
        first: Option<&ProjectionMask>,
        failure: &Failure,
    ) -> Result<ParquetRecordBatchReaderBuilder<Reader>> {
        let projection = self.projection(wanted);
        let chunks = self.chunks(part, &projection, first);
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.place.open_ranges(chunks, failure)?,
            self.metadata.clone(),
        );
        Ok(reader
            .with_row_groups(vec![part])
            .with_projection(projection))
    }

    /// The column chunks of the first columns, and those of the others.
    fn chunks(
        &self,
        part: usize,
        wanted: &ProjectionMask,
        first: Option<&ProjectionMask>,
    ) -> Vec<Vec<Range<u64>>> {
        let columns = self.metadata.metadata().row_group(part).columns();
        let is_first = |leaf| first.is_some_and(|first| first.leaf_included(leaf));
        let chunks = |is_wanted: &dyn Fn(usize) -> bool| {
            let leaves = columns.iter().enumerate();
            let leaves = leaves.filter(|(leaf, _)| is_wanted(*leaf));
            leaves
                .map(|(_, column)| parquet_bytes::chunk(column))
                .collect()
        };
        let others = |leaf| wanted.leaf_included(leaf) && !is_first(leaf);
        vec![chunks(&is_first), chunks(&others)]
    }

    /// Opens the reader, and gives its batches; its errors are those that were kept, where one was.
    fn batches(
        &self,
        part: usize,
        reader: ParquetRecordBatchReaderBuilder<Reader>,
        failure: Failure,
    ) -> Result<Box<dyn Batches>> {
        let failed = Error::row_group(&self.place.path, part);
        let reader = reader
            .build()
            .map_err(|error| reader::taken(&failure).unwrap_or_else(|| failed(error)))?;
        let failed = Error::row_group(&self.place.path, part);
        Ok(Box::new(reader.map(move |batch| {
            batch.map_err(|error| reader::taken(&failure).unwrap_or_else(|| failed(error)))
        })))
    }
}

impl Source for ParquetSource {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        let rows = self.metadata.metadata().file_metadata().num_rows();
        u64::try_from(rows).ok()
    }

    fn num_parts(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    fn part_content(&self, part: usize) -> Result<String> {
        parquet_bytes::content(&self.place, self.metadata.metadata(), part)
    }

    fn pieces(&self, detail: Detail) -> Result<Option<Pieces>> {
        parquet_bytes::pieces(&self.place, self.metadata.metadata(), detail).map(Some)
    }

    fn scan_part(
        &self,
        part: usize,
        wanted: &SchemaRef,
        batch_rows: usize,
    ) -> Result<Box<dyn Batches>> {
        let failure = Failure::default();
        let reader = self.reader(part, wanted, None, &failure)?;
        let reader = reader.with_batch_size(batch_rows);
        self.batches(part, reader, failure)
    }

    /// Nothing of a row group is read that its statistics rule out. Of others, the columns of the
    /// filter are decoded first, and the wanted ones only where rows are left.
    fn scan_part_filtered(
        &self,
        part: usize,
        wanted: &SchemaRef,
        batch_rows: usize,
        mut filter: PartFilter,
    ) -> Result<Box<dyn Batches>> {
        for predicate in filter.predicates() {
            let excluded =
                parquet_statistics::exclude(predicate, &self.metadata, &self.schema, part);
            if excluded.map_err(Error::row_group(&self.place.path, part))? {
                return Ok(Box::new(std::iter::empty()));
            }
        }
        // The reader makes a text of an error of the filter: here it is kept as it is.
        let failure = Failure::default();
        let projection = self.projection(filter.schema());
        let predicate = ArrowPredicateFn::new(projection.clone(), {
            let failure = failure.clone();
            move |batch| {
                let mask = filter.mask(&batch);
                mask.map_err(|error| ArrowError::ComputeError(reader::kept(&failure, error)))
            }
        });
        let filter = RowFilter::new(vec![Box::new(predicate)]);
        let reader = self.reader(part, wanted, Some(&projection), &failure)?;
        let reader = reader.with_batch_size(batch_rows).with_row_filter(filter);
        self.batches(part, reader, failure)
    }
}
