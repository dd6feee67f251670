//! Parquet files: a part is a row group, and only the wanted columns are read and decoded.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use super::{Source, parquet_bytes, positions, without_metadata};
use crate::place::Place;
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
        let columns = positions(&self.schema, wanted);
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), columns);
        let file = self.place.open()?;
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_row_groups(vec![part])
                .with_projection(mask)
                .with_batch_size(BATCH_ROWS)
                .build()
                .map_err(Error::row_group(&self.place.path, part))?;
        let failed = Error::row_group(&self.place.path, part);
        Ok(Box::new(reader.map(move |batch| batch.map_err(&failed))))
    }
}
