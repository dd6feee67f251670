//! Learns from rows: one pass, in any number of instances.

use arrow_array::{Array, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_schema::Schema;
use mlhost_plugin::{Error, Fold, Result};
use serde::{Deserialize, Serialize};

use crate::category::CategoryCounts;
use crate::number::Numbers;
use crate::params::Params;
use crate::plan::{Treatment, plan};
use crate::present::rows_with_value;

/// What was learned: for each column of the output, in order, what it takes to make
/// it. Opaque, but for its being kept and read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    pub(crate) columns: Vec<LearnedColumn>,
}

/// What was learned of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LearnedColumn {
    pub(crate) name: String,
    pub(crate) knowledge: Knowledge,
}

/// What is to be known of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Knowledge {
    Numbers(Numbers),
    Categories(CategoryCounts),
    /// Nothing: it is passed through.
    PassedThrough,
}

impl Knowledge {
    fn update(&mut self, array: &dyn Array, rows: Option<&NullBuffer>) -> Result<()> {
        match self {
            Self::Numbers(numbers) => numbers.update(array, rows),
            Self::Categories(categories) => categories.update(array, rows),
            Self::PassedThrough => Ok(()),
        }
    }

    /// Takes in what was learned of the same column; false where it is another one.
    fn merge(&mut self, later: &Self) -> bool {
        match (self, later) {
            (Self::Numbers(ours), Self::Numbers(theirs)) => ours.merge(theirs),
            (Self::Categories(ours), Self::Categories(theirs)) => ours.merge(theirs),
            (Self::PassedThrough, Self::PassedThrough) => {}
            _ => return false,
        }
        true
    }
}

impl From<Treatment> for Knowledge {
    fn from(treatment: Treatment) -> Self {
        match treatment {
            Treatment::Number(numeric) => Self::Numbers(Numbers::new(numeric)),
            Treatment::Category(categorical) => Self::Categories(CategoryCounts::new(categorical)),
            Treatment::PassThrough => Self::PassedThrough,
        }
    }
}

/// Learns what the rules need.
#[derive(Clone, Debug)]
pub struct Learn {
    target: Option<String>,
    learned: Learned,
}

impl Learn {
    fn learning(&mut self) -> impl Iterator<Item = &mut LearnedColumn> {
        let columns = self.learned.columns.iter_mut();
        columns.filter(|column| column.knowledge != Knowledge::PassedThrough)
    }
}

impl Fold for Learn {
    type Params = Params;
    type State = Learned;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        let columns = plan(&params, input)?
            .into_iter()
            .map(|planned| LearnedColumn {
                name: planned.name,
                knowledge: planned.treatment.into(),
            })
            .collect();
        Ok(Self {
            target: params.target,
            learned: Learned { columns },
        })
    }

    fn columns(&self) -> Vec<String> {
        let columns = self.learned.columns.iter();
        columns
            .filter(|column| column.knowledge != Knowledge::PassedThrough)
            .map(|column| column.name.clone())
            .chain(self.target.clone())
            .collect()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        // The target is the last of the columns that are wanted.
        let with_target = match (&self.target, rows.columns().last()) {
            (Some(_), Some(target)) => rows_with_value(target)?,
            _ => None,
        };
        for (column, array) in self.learning().zip(rows.columns()) {
            column
                .knowledge
                .update(array, with_target.as_ref())
                .map_err(|error| in_column(&column.name, error))?;
        }
        Ok(())
    }

    fn merge(&mut self, later: Learned) -> Result<()> {
        let ours = &mut self.learned.columns;
        let same_columns = ours.len() == later.columns.len()
            && ours.iter_mut().zip(&later.columns).all(|(ours, theirs)| {
                ours.name == theirs.name && ours.knowledge.merge(&theirs.knowledge)
            });
        if same_columns {
            Ok(())
        } else {
            Err(Error::failed(
                "states of different columns cannot be merged",
            ))
        }
    }

    fn state(&self) -> Learned {
        self.learned.clone()
    }
}

/// The error with the column it is about in front.
pub(crate) fn in_column(name: &str, error: Error) -> Error {
    Error {
        message: format!("column `{name}`: {}", error.message),
        ..error
    }
}
