//! Observes rows: one pass, in any number of instances. What the schema alone tells
//! is found when the fold is opened, and is a finding like any other.

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use mlhost_plugin::{Error, Fold, Result};
use serde::{Deserialize, Serialize};

use crate::params::Params;
use crate::plan::{Looked, Plan};
use crate::refuse;
use crate::seen::Seen;

/// What was observed. Opaque, but for its being kept and read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub(crate) rows: u64,
    /// All columns of the input, in order.
    pub(crate) columns: Vec<String>,
    /// For each check that is asked for.
    pub(crate) looked: Vec<Looked>,
    pub(crate) seen: Vec<Seen>,
}

/// Observes what the checks ask about.
#[derive(Clone, Debug)]
pub struct Observe {
    plan: Plan,
    observed: Observed,
}

impl Fold for Observe {
    type Params = Params;
    type State = Observed;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        refuse::check(&params)?;
        let plan = Plan::new(&params, input)?;
        let columns = input.fields().iter().map(|field| field.name().clone());
        let observed = Observed {
            rows: 0,
            columns: columns.collect(),
            looked: plan.looked.clone(),
            seen: plan
                .observations
                .iter()
                .map(|one| one.look.nothing())
                .collect(),
        };
        Ok(Self { plan, observed })
    }

    fn columns(&self) -> Vec<String> {
        self.plan.columns.clone()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let Observed {
            rows: first_row,
            seen,
            ..
        } = &mut self.observed;
        self.plan.update(seen, rows, *first_row)?;
        *first_row += rows.num_rows() as u64;
        Ok(())
    }

    fn merge(&mut self, later: Observed) -> Result<()> {
        let Observed {
            rows,
            columns,
            looked,
            seen,
        } = &mut self.observed;
        let is_same =
            *columns == later.columns && *looked == later.looked && seen.len() == later.seen.len();
        let mut merged = seen.iter_mut().zip(&self.plan.observations).zip(later.seen);
        let is_merged = merged
            .all(|((ours, observation), theirs)| ours.merge(&observation.look, theirs, *rows));
        if !is_same || !is_merged {
            return Err(Error::failed("states of different checks cannot be merged"));
        }
        *rows += later.rows;
        Ok(())
    }

    fn state(&self) -> Observed {
        let mut observed = self.observed.clone();
        for seen in &mut observed.seen {
            if let Seen::Keys(keys) = seen {
                *keys = keys.sorted();
            }
        }
        observed
    }
}
