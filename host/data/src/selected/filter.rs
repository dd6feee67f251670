//! Which rows of a table stay: conditions one after the other, and their use on one part.

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{FieldRef, Schema, SchemaRef};

use super::Predicate;
use super::condition::{Condition, Position};
use crate::Result;

/// Decides which rows of a table stay, each by its values and its position. Made by a
/// [`Dataset`](crate::Dataset); a table that can skip what does not stay takes it in
/// [`Table::scan_part_filtered`](crate::Table::scan_part_filtered).
#[derive(Debug, Clone)]
pub struct Filter {
    /// All columns of the table that it is for.
    table: SchemaRef,
    conditions: Vec<Condition>,
}

impl Filter {
    /// Keeps every row.
    pub(super) fn new(table: SchemaRef) -> Self {
        Self {
            table,
            conditions: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, condition: Option<Condition>) {
        self.conditions.extend(condition);
    }

    pub(super) fn with(&self, condition: Condition) -> Self {
        let mut filter = self.clone();
        filter.conditions.push(condition);
        filter
    }

    /// The columns that decide, in the order of the table.
    pub fn schema(&self) -> SchemaRef {
        let names: Vec<&String> = self
            .conditions
            .iter()
            .flat_map(Condition::columns)
            .collect();
        let fields = self.table.fields().iter();
        let fields = fields.filter(|field| names.contains(&field.name()));
        Arc::new(Schema::new(fields.cloned().collect::<Vec<FieldRef>>()))
    }

    /// The filter for one part, which is then to be shown all rows of it.
    pub(crate) fn of_part(&self, part: usize) -> PartFilter {
        PartFilter {
            schema: self.schema(),
            conditions: self.conditions.clone(),
            part: part as u64,
            next_row: 0,
        }
    }

    /// All that decides which rows of a part stay, but for the rows themselves.
    pub(super) fn identity(&self, part: usize) -> String {
        // The type of a column is no matter of its file alone: other files of text can widen it.
        let schema = self.schema();
        let columns = schema.fields().iter();
        let columns: Vec<String> = columns
            .map(|field| format!("{:?}: {}", field.name(), field.data_type()))
            .collect();
        let conditions = self.conditions.iter();
        let conditions: Vec<String> = conditions
            .map(|condition| condition.identity(part as u64))
            .collect();
        format!("{}\n{}\n", columns.join(", "), conditions.join("\n"))
    }
}

/// A [`Filter`] on its way through one part.
#[derive(Debug)]
pub(crate) struct PartFilter {
    schema: SchemaRef,
    conditions: Vec<Condition>,
    part: u64,
    next_row: u64,
}

impl PartFilter {
    /// The columns that decide.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The wanted columns, and those that decide behind them.
    pub(crate) fn and_its_columns(&self, wanted: &SchemaRef) -> SchemaRef {
        let own = self.schema.fields().iter();
        let own = own.filter(|field| wanted.fields().find(field.name()).is_none());
        let fields = wanted.fields().iter().chain(own).cloned();
        Arc::new(Schema::new(fields.collect::<Vec<FieldRef>>()))
    }

    /// The comparisons that must hold, for those who know beforehand that they cannot.
    pub(crate) fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        self.conditions
            .iter()
            .filter_map(|condition| match condition {
                Condition::Where(predicate) => Some(predicate.as_ref()),
                _ => None,
            })
    }

    /// Which of the next rows stay. `batch` holds the columns that decide, under their names; the
    /// batches of a part come in order and lack no row.
    pub(crate) fn mask(&mut self, batch: &RecordBatch) -> Result<BooleanArray> {
        let position = Position {
            part: self.part,
            first_row: self.next_row,
        };
        self.next_row += batch.num_rows() as u64;
        let all = BooleanBuffer::new_set(batch.num_rows());
        let mut conditions = self.conditions.iter();
        let kept = conditions.try_fold(all, |kept, condition| {
            condition.keep(&kept, batch, position)
        })?;
        Ok(BooleanArray::new(kept, None))
    }
}
