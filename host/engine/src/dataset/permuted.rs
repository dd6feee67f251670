//! A table whose rows are scored again and again, each time with one of the columns that the model
//! reads in another order: what permutation importance is measured on (Breiman, "Random Forests",
//! Machine Learning 45, 2001, section 10; scikit-learn's `permutation_importance`).
//!
//! The rows come one below the other: first all rows as they are, then, for each column and each
//! repeat, all rows with the values of that column permuted over the whole table. Two columns tell
//! which of them a row belongs to. Each column is a part, so that they are scored side by side and
//! come out the same however many threads there are.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, StringArray, UInt32Array},
    compute::{concat, take},
    datatypes::{DataType, Field, Schema, SchemaRef},
    record_batch::RecordBatch,
};
use mlhost_data::{Batches, Error as DataError, Result as DataResult, Table};
use mlhost_pipeline::printable;
use mlhost_sandbox::Plugin;
use mlhost_store::Digest;
use rand_xoshiro::{
    SplitMix64,
    rand_core::{RngCore, SeedableRng},
};
use serde_json::Value;

use super::{
    Dataset, Flow, Scored, Stage,
    columns::{computed, concatenated, project, with_rows},
};
use crate::{
    Error, Result,
    key::Key,
    params::{default_of, parameter_of_role},
};

/// Holds the name of the column that is permuted; null where all are as they are.
pub(crate) const PERMUTED: &str = "permuted_column";

/// Holds the number of the repeat, from 0.
pub(crate) const REPEAT: &str = "permuted_repeat";

/// More repeats than this would take longer than anybody waits.
const MOST_REPEATS: u64 = 1000;

/// What an evaluator asks for by the roles of its parameters.
pub(crate) struct Permutations {
    repeats: u32,
    /// All that the model reads, if it does not say.
    columns: Option<Vec<String>>,
    seed: u64,
}

impl Permutations {
    /// What the parameters of an evaluator come to; none if its schema has no parameter with the
    /// role `permutations`.
    pub(crate) fn of(evaluator: &Plugin, params: &Value) -> Option<Self> {
        let value = |name: &str| params.get(name).or_else(|| default_of(evaluator, name));
        let repeats = value(parameter_of_role(evaluator, "permutations")?)?.as_u64()?;
        let columns = parameter_of_role(evaluator, "permuted-columns").and_then(value);
        let columns = columns.and_then(Value::as_array).map(|columns| {
            let names = columns.iter().filter_map(Value::as_str);
            names.map(str::to_owned).collect()
        });
        Some(Self {
            repeats: u32::try_from(repeats.clamp(1, MOST_REPEATS)).unwrap_or(1),
            columns,
            seed: value("seed").and_then(Value::as_u64).unwrap_or_default(),
        })
    }
}

/// The rows of a dataset, scored as they are and with each column permuted.
#[derive(Clone)]
pub(crate) struct Permuted {
    source: Dataset,
    scored: Arc<Scored>,
    columns: Vec<String>,
    repeats: u32,
    seed: u64,
    schema: SchemaRef,
}

impl Permuted {
    /// # Errors
    /// [`Error::NotApplicable`] where the model does not read a column, or the data has a column of
    /// a name that is taken.
    pub(crate) fn new(
        model: &str,
        source: Dataset,
        scored: Scored,
        asked: Permutations,
    ) -> Result<Self> {
        let refuse = |reason: String| Error::NotApplicable {
            model: model.to_owned(),
            reason,
        };
        let read = scored.columns()?;
        let columns = asked.columns.unwrap_or_else(|| read.clone());
        if let Some(column) = columns.iter().find(|column| !read.contains(column)) {
            let column = printable(column);
            let reason = format!("it does not read the column `{column}`, which is to be permuted");
            return Err(refuse(reason));
        }
        let scored_schema = scored.schema();
        let taken = [PERMUTED, REPEAT];
        if let Some(name) = taken
            .iter()
            .find(|name| scored_schema.index_of(name).is_ok())
        {
            let reason = format!("the data has a column `{name}`, which tells permutations apart");
            return Err(refuse(reason));
        }
        let told = [
            Field::new(PERMUTED, DataType::Utf8, true),
            Field::new(REPEAT, DataType::UInt32, false),
        ];
        let fields = scored_schema.fields().iter().cloned();
        let fields = fields.chain(told.into_iter().map(Arc::new));
        Ok(Self {
            source,
            columns,
            repeats: asked.repeats,
            seed: asked.seed,
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            scored: Arc::new(scored),
        })
    }

    fn unknown(&self, part: usize) -> DataError {
        DataError::UnknownPart {
            part,
            parts: self.num_parts(),
        }
    }

    /// All values of a column of the source, in order.
    fn values(&self, column: &str) -> DataResult<ArrayRef> {
        let batches = self.source.scan(&[column.to_owned()])?;
        let arrays = batches.map(|batch| Ok(batch?.column(0).clone()));
        let arrays = arrays.collect::<DataResult<Vec<_>>>()?;
        let arrays: Vec<_> = arrays.iter().map(|array| array.as_ref()).collect();
        if arrays.is_empty() {
            let field = self.source.schema();
            let field = field.field_with_name(column).map_err(computed)?;
            return Ok(arrow::array::new_empty_array(field.data_type()));
        }
        concat(&arrays).map_err(computed)
    }
}

impl Table for Permuted {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        let times = 1 + self.columns.len() as u64 * u64::from(self.repeats);
        self.source.num_rows().map(|rows| rows * times)
    }

    fn num_parts(&self) -> usize {
        1 + self.columns.len()
    }

    fn part_digest(&self, part: usize) -> DataResult<Option<String>> {
        let Some(digests) = self.source.digests()? else {
            return Ok(None);
        };
        let key = Key::new("permuted")
            .with(digests.whole.bytes())
            .with(self.scored.digest().bytes());
        let key = match part.checked_sub(1) {
            None => key,
            Some(place) => {
                let column = self.columns.get(place).ok_or_else(|| self.unknown(part))?;
                key.with(column)
                    .with(self.repeats.to_le_bytes())
                    .with(self.seed.to_le_bytes())
            }
        };
        Ok(Some(key.digest().to_string()))
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> DataResult<Box<dyn Batches>> {
        mlhost_data::select(&self.schema, columns)?;
        let told = |name: &&String| ![PERMUTED, REPEAT].contains(&name.as_str());
        let wanted: Vec<String> = columns.iter().filter(told).cloned().collect();
        let permuted = match part.checked_sub(1) {
            None => None,
            Some(place) => {
                let column = self.columns.get(place).ok_or_else(|| self.unknown(part))?;
                Some((column.clone(), self.values(column)?))
            }
        };
        Ok(Box::new(Passes {
            flow: self.scored.open(&wanted)?,
            repeats: if permuted.is_some() { self.repeats } else { 1 },
            table: self.clone(),
            permuted,
            columns: columns.to_vec(),
            wanted,
            repeat: 0,
            part: 0,
            row: 0,
            order: UInt32Array::from(Vec::<u32>::new()),
            batches: None,
        }))
    }
}

/// The rows of one part: as many passes over the source as there are repeats.
struct Passes {
    table: Permuted,
    flow: Box<dyn Flow>,
    /// The column, and its values in their own order.
    permuted: Option<(String, ArrayRef)>,
    /// What is asked for, and what of that comes from the scored rows.
    columns: Vec<String>,
    wanted: Vec<String>,
    repeats: u32,
    /// Where it is: the repeat, the part of the source, and the row in the whole of it.
    repeat: u32,
    part: usize,
    row: usize,
    order: UInt32Array,
    batches: Option<Box<dyn Batches>>,
}

impl Passes {
    /// The next rows of the source; none when all passes are over.
    fn read(&mut self) -> DataResult<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.batches.as_mut().and_then(Iterator::next) {
                return batch.map(Some);
            }
            self.batches = None;
            if self.part == self.table.source.num_parts() {
                (self.repeat, self.part, self.row) = (self.repeat + 1, 0, 0);
            }
            if self.repeat == self.repeats || self.table.source.num_parts() == 0 {
                return Ok(None);
            }
            if let (0, Some((column, values))) = (self.part, &self.permuted) {
                let seed = seed(self.table.seed, column, self.repeat);
                self.order = permutation(values.len(), seed)?;
            }
            let columns = self.flow.columns();
            self.batches = Some(self.table.source.scan_part(self.part, columns)?);
            self.part += 1;
        }
    }

    /// The rows with the values of the column in their other order.
    fn permute(&mut self, rows: &RecordBatch) -> DataResult<RecordBatch> {
        let Some((column, values)) = &self.permuted else {
            return Ok(rows.clone());
        };
        let place = rows.schema().index_of(column).map_err(computed)?;
        let order = self.order.slice(self.row, rows.num_rows());
        self.row += rows.num_rows();
        let mut columns = rows.columns().to_vec();
        columns[place] = take(values, &order, None).map_err(computed)?;
        with_rows(rows.schema(), columns, rows.num_rows())
    }

    fn next_batch(&mut self) -> DataResult<Option<RecordBatch>> {
        let Some(rows) = self.read()? else {
            return Ok(None);
        };
        let repeat = self.repeat;
        let rows = self.permute(&rows)?;
        let schema = mlhost_data::select(&self.table.schema, &self.wanted)?;
        let scored = concatenated(&schema, self.flow.push(&rows)?)?;
        let count = scored.num_rows();
        let name = self.permuted.as_ref().map(|(name, _)| name.as_str());
        let told: [ArrayRef; 2] = [
            Arc::new(StringArray::from(vec![name; count])),
            Arc::new(UInt32Array::from(vec![repeat; count])),
        ];
        let mut arrays = scored.columns().to_vec();
        arrays.extend(told);
        let mut fields: Vec<_> = scored.schema().fields().iter().cloned().collect();
        let all = self.table.schema.fields();
        fields.extend(all.iter().skip(all.len() - 2).cloned());
        let rows = with_rows(Arc::new(Schema::new(fields)), arrays, count)?;
        project(&rows, &self.columns).map(Some)
    }
}

impl Iterator for Passes {
    type Item = DataResult<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().transpose()
    }
}

/// The seed of one permutation.
fn seed(seed: u64, column: &str, repeat: u32) -> u64 {
    let digest = Digest::of(format!("{seed} {repeat} {column}").as_bytes()).bytes();
    let (first, _) = digest.split_at(8);
    first
        .iter()
        .fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

/// The numbers below `count` in an order in which each is equally likely: Fisher and Yates, by
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
fn permutation(count: usize, seed: u64) -> DataResult<UInt32Array> {
    let count = u32::try_from(count).map_err(computed)?;
    let mut bits = SplitMix64::seed_from_u64(seed);
    // The upper half of the product: of 2^64 numbers, one more or less falls to each.
    let mut random =
        |bound: u64| ((u128::from(bits.next_u64()) * u128::from(bound)) >> 64) as usize;
    let mut order: Vec<u32> = (0..count).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, random(last as u64 + 1));
    }
    Ok(UInt32Array::from(order))
}

#[cfg(test)]
mod tests {
    use super::{permutation, seed};

    #[test]
    fn permutations_hold_every_number_once_and_follow_from_the_seed() {
        let order = |seed| permutation(1000, seed).unwrap().values().to_vec();
        let mut sorted = order(1);
        assert!(!sorted.is_sorted());
        assert_eq!(order(1), sorted);
        assert_ne!(order(1), order(2));
        sorted.sort_unstable();
        assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
        assert!(permutation(0, 1).unwrap().values().is_empty());
    }

    #[test]
    fn each_place_is_equally_likely() {
        let mut counts = [0_u32; 6];
        for trial in 0..6000 {
            let order = permutation(3, seed(7, "temp", trial)).unwrap();
            let place = match order.values().as_ref() {
                [0, 1, 2] => 0,
                [0, 2, 1] => 1,
                [1, 0, 2] => 2,
                [1, 2, 0] => 3,
                [2, 0, 1] => 4,
                _ => 5,
            };
            counts[place] += 1;
        }
        // Of a binomial distribution, five standard deviations.
        assert!(
            counts.iter().all(|count| count.abs_diff(1000) < 145),
            "{counts:?}"
        );
    }

    #[test]
    fn permutations_of_columns_and_repeats_differ() {
        assert_ne!(seed(1, "temp", 0), seed(1, "temp", 1));
        assert_ne!(seed(1, "temp", 0), seed(1, "dewp", 0));
        assert_ne!(seed(1, "temp", 0), seed(2, "temp", 0));
    }
}
