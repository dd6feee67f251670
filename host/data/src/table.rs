//! What a table is: columns with names and types, and rows in numbered parts that can be read
//! again and again, in any order and from several threads at once.

use std::ops::Deref;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;

use crate::selected::{Filter, Filtered};
use crate::{Error, Result, batch_rows};

/// The batches of one scan, in order. None is empty, and none has more rows than [`batch_rows`] says
/// of all columns that the table has.
pub trait Batches: Iterator<Item = Result<RecordBatch>> + Send {}

impl<I: Iterator<Item = Result<RecordBatch>> + Send> Batches for I {}

/// A dataset that can be scanned again and again, larger than memory.
pub trait Table: Send + Sync {
    /// The columns: their names are distinct, and the schema carries no metadata of its own, so
    /// that tables with equal columns have equal schemas.
    fn schema(&self) -> SchemaRef;

    /// The number of rows, where it is known without a scan.
    fn num_rows(&self) -> Option<u64>;

    /// The number of parts, each of which can be scanned for itself. It is fixed by the data and
    /// never by the number of threads, so that what is folded part by part comes out the same on
    /// every machine. It may be zero.
    fn num_parts(&self) -> usize;

    /// A digest `sha256:<hex>` of all that decides the rows of one part: parts with equal digests
    /// and equal schemas have equal rows. `None` where it cannot be told without computing the rows.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownPart`], and what keeps the content from being read.
    fn part_digest(&self, part: usize) -> Result<Option<String>> {
        let _ = part;
        Ok(None)
    }

    /// Fails if a part is no longer what it was when the table was opened. The end of a scan sees
    /// to it; this is for those who break a scan off and still take what they got for its rows.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`], [`Error::Gone`] and [`Error::UnknownPart`].
    fn verify_part(&self, part: usize) -> Result<()> {
        let _ = part;
        Ok(())
    }

    /// Scans one part for the named columns, in the order of the names. With no names at all the
    /// batches carry only their number of rows.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownColumn`] and [`Error::UnknownPart`]; and what is wrong with the data, here
    /// or from the iterator, which then has nothing more to give.
    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>>;

    /// Scans one part as [`Table::scan_part`] does, for the rows that a filter for this table
    /// keeps. Whoever can tell early which rows stay need not read the others.
    ///
    /// # Errors
    ///
    /// As [`Table::scan_part`], and what keeps a row from being judged.
    fn scan_part_filtered(
        &self,
        part: usize,
        columns: &[String],
        filter: &Filter,
    ) -> Result<Box<dyn Batches>> {
        let wanted = select(&self.schema(), columns)?;
        let filter = filter.of_part(part);
        let read = column_names(&filter.and_its_columns(&wanted));
        let batches = self.scan_part(part, &read)?;
        let batch_rows = batch_rows(&self.schema());
        Ok(Box::new(Filtered::new(batches, filter, wanted, batch_rows)))
    }

    /// Scans all parts in order, each opened when its turn comes. See [`Table::scan_part`].
    ///
    /// # Errors
    ///
    /// As [`Table::scan_part`].
    fn scan<'a>(&'a self, columns: &[String]) -> Result<Box<dyn Batches + 'a>> {
        Ok(Box::new(Scan::new(self, columns)?))
    }
}

impl<T: Table + ?Sized> Table for Arc<T> {
    fn schema(&self) -> SchemaRef {
        (**self).schema()
    }

    fn num_rows(&self) -> Option<u64> {
        (**self).num_rows()
    }

    fn num_parts(&self) -> usize {
        (**self).num_parts()
    }

    fn part_digest(&self, part: usize) -> Result<Option<String>> {
        (**self).part_digest(part)
    }

    fn verify_part(&self, part: usize) -> Result<()> {
        (**self).verify_part(part)
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        (**self).scan_part(part, columns)
    }

    fn scan_part_filtered(
        &self,
        part: usize,
        columns: &[String],
        filter: &Filter,
    ) -> Result<Box<dyn Batches>> {
        (**self).scan_part_filtered(part, columns, filter)
    }
}

/// A scan over all parts of a table, in order. With an `Arc<dyn Table>` it owns what it reads, and
/// so outlives the place that started it; [`Table::scan`] is the same for a borrowed table.
pub struct Scan<T> {
    table: T,
    columns: Vec<String>,
    next_part: usize,
    current: Option<Box<dyn Batches>>,
}

impl<T> Scan<T>
where
    T: Deref,
    T::Target: Table,
{
    /// Starts a scan for the named columns, in the order of the names.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownColumn`].
    pub fn new(table: T, columns: &[String]) -> Result<Self> {
        select(&table.schema(), columns)?;
        Ok(Self {
            table,
            columns: columns.to_vec(),
            next_part: 0,
            current: None,
        })
    }

    /// Ends a scan early; fails if what was read is no longer what it was.
    pub(crate) fn break_off(self) -> Result<()> {
        match (self.current, self.next_part.checked_sub(1)) {
            (Some(_), Some(part)) => self.table.verify_part(part),
            // Parts that were read to their end were looked at there.
            _ => Ok(()),
        }
    }

    /// Gives up after an error: what follows it would silently lack rows.
    fn fail(&mut self, error: Error) -> Option<Result<RecordBatch>> {
        self.current = None;
        self.next_part = usize::MAX;
        Some(Err(error))
    }
}

impl<T> Iterator for Scan<T>
where
    T: Deref,
    T::Target: Table,
{
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.current.as_mut().and_then(Iterator::next) {
                Some(Ok(batch)) => return Some(Ok(batch)),
                Some(Err(error)) => return self.fail(error),
                None if self.next_part >= self.table.num_parts() => return None,
                None => match self.table.scan_part(self.next_part, &self.columns) {
                    Ok(batches) => self.current = Some(batches),
                    Err(error) => return self.fail(error),
                },
            }
            self.next_part += 1;
        }
    }
}

/// The names of all columns, in order.
pub fn column_names(schema: &Schema) -> Vec<String> {
    let fields = schema.fields().iter();
    fields.map(|field| field.name().clone()).collect()
}

/// The schema of a scan for the named columns, in the order of the names.
///
/// # Errors
///
/// [`Error::UnknownColumn`] with the nearest name that there is.
pub fn select(schema: &Schema, columns: &[String]) -> Result<SchemaRef> {
    let fields = columns.iter().map(|column| {
        let found = schema.fields().find(column).map(|(_, field)| field.clone());
        found.ok_or_else(|| Error::UnknownColumn {
            column: column.clone(),
            nearest: nearest(schema, column),
        })
    });
    Ok(Arc::new(Schema::new(fields.collect::<Result<Vec<_>>>()?)))
}

/// The most similar name, unless even that has little in common with the wanted one.
pub(crate) fn nearest(schema: &Schema, column: &str) -> Option<String> {
    const SIMILAR: f64 = 0.6;
    let similarity = |name: &str| {
        strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &column.to_lowercase())
    };
    let names = schema.fields().iter().map(|field| field.name());
    names
        .map(|name| (similarity(name), name))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name.clone())
}
