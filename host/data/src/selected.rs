//! Tables of some columns and rows of other tables: what `columns`, `where`, `sample` and `split`
//! of a pipeline's data mean. Rows are never copied aside: each scan decides again which of them
//! stay, from values of the row and from its position alone.

mod chance;
mod condition;
mod cut;
mod dataset;
mod filter;
mod filtered;
mod literal;
mod mistake;
mod predicate;
mod rank;
mod rule;
mod smallest;

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use sha2::{Digest as _, Sha256};

pub use dataset::{Dataset, Fold};
pub use filter::Filter;
pub(crate) use filter::PartFilter;
pub(crate) use filtered::Filtered;
pub use mistake::Mistake;
pub(crate) use predicate::{Bound, Predicate};
use rule::Rule;

use crate::Result;
use crate::digest;
use crate::table::{Batches, Table, select};

/// Some columns and rows of another table, part by part.
struct Selected {
    table: Arc<dyn Table>,
    /// The columns that exist; rules may use others of the table, too.
    schema: SchemaRef,
    /// Which rows stay: each rule speaks of those that the ones before it leave.
    rules: Vec<Rule>,
}

impl Selected {
    /// Decides what the rules need to know of all rows, which is found once and then kept.
    fn filter(&self) -> Result<Filter> {
        let mut filter = Filter::new(self.table.schema());
        for rule in &self.rules {
            let condition = rule.condition(&self.table, &filter)?;
            filter.add(condition);
        }
        Ok(filter)
    }
}

impl Table for Selected {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        let rows = self.table.num_rows();
        let mut rules = self.rules.iter();
        rules.try_fold(rows?, |rows, rule| rule.num_rows(rows))
    }

    fn num_parts(&self) -> usize {
        self.table.num_parts()
    }

    fn part_digest(&self, part: usize) -> Result<Option<String>> {
        let Some(of_table) = self.table.part_digest(part)? else {
            return Ok(None);
        };
        if self.rules.is_empty() {
            return Ok(Some(of_table));
        }
        let mut hasher = Sha256::new();
        hasher.update(format!("selected\n{of_table}\n"));
        hasher.update(self.filter()?.identity(part));
        Ok(Some(digest::finished(hasher)))
    }

    fn verify_part(&self, part: usize) -> Result<()> {
        self.table.verify_part(part)
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        select(&self.schema, columns)?;
        if self.rules.is_empty() {
            return self.table.scan_part(part, columns);
        }
        self.table
            .scan_part_filtered(part, columns, &self.filter()?)
    }
}
