//! Parquet files: a part is a row group, and only the wanted columns are read and decoded.

use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder, RowFilter,
};

use super::{Source, parquet_bytes, parquet_statistics, positions, without_metadata};
use crate::place::Place;
use crate::selected::PartFilter;
use crate::table::Batches;
use crate::{BATCH_ROWS, Error, Result};

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

    fn reader(
        &self,
        part: usize,
        wanted: &Schema,
    ) -> Result<ParquetRecordBatchReaderBuilder<File>> {
        let file = self.place.open()?;
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        Ok(reader
            .with_row_groups(vec![part])
            .with_projection(self.projection(wanted))
            .with_batch_size(BATCH_ROWS))
    }

    fn batches(&self, part: usize, reader: ParquetRecordBatchReader) -> Box<dyn Batches> {
        let failed = Error::row_group(&self.place.path, part);
        Box::new(reader.map(move |batch| batch.map_err(&failed)))
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

    fn scan_part(&self, part: usize, wanted: &SchemaRef) -> Result<Box<dyn Batches>> {
        let reader = self.reader(part, wanted)?.build();
        let reader = reader.map_err(Error::row_group(&self.place.path, part))?;
        Ok(self.batches(part, reader))
    }

    /// Nothing of a row group is read that its statistics rule out. Of others, the columns of the
    /// filter are decoded first, and the wanted ones only where rows are left.
    fn scan_part_filtered(
        &self,
        part: usize,
        wanted: &SchemaRef,
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
        let failure = Arc::new(Mutex::new(None));
        let predicate = ArrowPredicateFn::new(self.projection(filter.schema()), {
            let failure = failure.clone();
            move |batch| {
                filter.mask(&batch).map_err(|error| {
                    let message = error.to_string();
                    *lock(&failure) = Some(error);
                    ArrowError::ComputeError(message)
                })
            }
        });
        let filter = RowFilter::new(vec![Box::new(predicate)]);
        let reader = self.reader(part, wanted)?.with_row_filter(filter).build();
        let reader = reader.map_err(|error| {
            let own = lock(&failure).take();
            own.unwrap_or_else(|| Error::row_group(&self.place.path, part)(error))
        })?;
        Ok(self.batches(part, reader))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
