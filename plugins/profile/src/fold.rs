//! Learns of all columns in one pass.

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use mlhost_plugin::{Error, Fold, Result, named_columns};
use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::correlations::Correlations;
use crate::params::Params;

/// The most intervals of a histogram.
const MOST_BINS: u32 = 1000;

/// What was learned. Opaque, but for its being kept and read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profiled {
    pub(crate) rows: u64,
    pub(crate) columns: Vec<Column>,
    pub(crate) correlations: Option<Correlations>,
}

/// Profiles columns.
#[derive(Clone, Debug)]
pub struct Profiler {
    profiled: Profiled,
}

impl Fold for Profiler {
    type Params = Params;
    type State = Profiled;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        if !(1..=MOST_BINS).contains(&params.bins) {
            let message = format!("a histogram has from 1 to {MOST_BINS} intervals");
            return Err(Error::params("/bins", message));
        }
        let places = match &params.columns {
            Some(names) => named_columns(input, names, "/columns")?,
            None => (0..input.fields().len()).collect(),
        };
        let fields = places.iter().map(|place| input.field(*place));
        let columns: Vec<_> = fields
            .map(|field| Column::new(field.name(), field.data_type()))
            .collect();
        let numbers = columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.holds_numbers());
        let numbers: Vec<_> = numbers.map(|(place, _)| place).collect();
        let correlations = params.correlations.then(|| Correlations::new(numbers));
        let profiled = Profiled {
            rows: 0,
            columns,
            correlations,
        };
        Ok(Self { profiled })
    }

    fn columns(&self) -> Vec<String> {
        self.profiled
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let Profiled {
            rows: count,
            columns,
            correlations,
        } = &mut self.profiled;
        for (column, array) in columns.iter_mut().zip(rows.columns()) {
            column.update(array)?;
        }
        if let Some(correlations) = correlations {
            correlations.update(rows)?;
        }
        *count += rows.num_rows() as u64;
        Ok(())
    }

    fn merge(&mut self, later: Profiled) -> Result<()> {
        let Profiled {
            rows,
            columns,
            correlations,
        } = &mut self.profiled;
        let is_same = columns.len() == later.columns.len()
            && correlations.is_some() == later.correlations.is_some()
            && columns
                .iter_mut()
                .zip(&later.columns)
                .all(|(ours, theirs)| ours.merge(theirs));
        if !is_same {
            return Err(Error::failed(
                "profiles of different columns cannot be merged",
            ));
        }
        if let (Some(ours), Some(theirs)) = (correlations, &later.correlations) {
            ours.merge(theirs);
        }
        *rows += later.rows;
        Ok(())
    }

    fn state(&self) -> Profiled {
        self.profiled.clone()
    }
}
