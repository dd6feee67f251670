//! Observes rows: one pass, in any number of instances. What the schema alone tells
//! is found when the fold is opened, and is a finding like any other.

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use mlhost_plugin::{Error, Fold, Result, column_index};
use serde::{Deserialize, Serialize};

use crate::observe::{Observer, Seen};
use crate::params::{ColumnChecks, Params};

/// What was observed. Opaque, but for its being kept and read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub(crate) rows: u64,
    /// One for each column that the parameters name, in their order.
    pub(crate) columns: Vec<ObservedColumn>,
    /// The columns that they do not name.
    pub(crate) extra_columns: Vec<String>,
}

/// What was observed of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum ObservedColumn {
    /// It is not there, as this message says.
    Missing(String),
    /// It is there.
    Present {
        data_type: String,
        /// Whether it is of the type that was asked for.
        of_type: bool,
        seen: Seen,
    },
}

impl ObservedColumn {
    fn open(name: &str, checks: &ColumnChecks, input: &Schema) -> Self {
        match column_index(input, name, "") {
            Err(error) => Self::Missing(error.message),
            Ok(index) => {
                let data_type = input.field(index).data_type();
                Self::Present {
                    data_type: data_type.to_string(),
                    of_type: checks
                        .of_type
                        .is_none_or(|of| of.parts().0.includes(data_type)),
                    seen: Seen::new(checks, data_type),
                }
            }
        }
    }

    /// What the checks see of its rows, where they look at them.
    fn seen(&self) -> Option<&Seen> {
        match self {
            Self::Present { seen, .. } if !seen.is_idle() => Some(seen),
            _ => None,
        }
    }

    /// Takes in what was observed in later rows; false where it is another column.
    fn merge(&mut self, later: &Self, rows_before: u64) -> bool {
        match (self, later) {
            (Self::Missing(_), Self::Missing(_)) => true,
            (
                Self::Present {
                    data_type, seen, ..
                },
                Self::Present {
                    data_type: their_type,
                    seen: theirs,
                    ..
                },
            ) => data_type == their_type && seen.merge(theirs, rows_before),
            _ => false,
        }
    }
}

/// Observes what the checks ask about.
#[derive(Clone, Debug)]
pub struct Observe {
    names: Vec<String>,
    observers: Vec<Observer>,
    observed: Observed,
}

impl Fold for Observe {
    type Params = Params;
    type State = Observed;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        params.check()?;
        let columns = params.columns.iter();
        let columns = columns.map(|(name, checks)| ObservedColumn::open(name, checks, input));
        let names = input.fields().iter().map(|field| field.name());
        let extra = names.filter(|name| !params.columns.contains_key(*name));
        Ok(Self {
            observed: Observed {
                rows: 0,
                columns: columns.collect(),
                extra_columns: extra.cloned().collect(),
            },
            observers: params.columns.values().map(Observer::new).collect(),
            names: params.columns.into_keys().collect(),
        })
    }

    fn columns(&self) -> Vec<String> {
        let columns = self.names.iter().zip(&self.observed.columns);
        columns
            .filter(|(_, column)| column.seen().is_some())
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let mut arrays = rows.columns().iter();
        for (observer, column) in self.observers.iter().zip(&mut self.observed.columns) {
            let ObservedColumn::Present { seen, .. } = column else {
                continue;
            };
            if seen.is_idle() {
                continue;
            }
            if let Some(array) = arrays.next() {
                observer.update(seen, array, self.observed.rows)?;
            }
        }
        self.observed.rows += rows.num_rows() as u64;
        Ok(())
    }

    fn merge(&mut self, later: Observed) -> Result<()> {
        let Observed { rows, columns, .. } = &mut self.observed;
        let same_columns = columns.len() == later.columns.len()
            && columns
                .iter_mut()
                .zip(&later.columns)
                .all(|(ours, theirs)| ours.merge(theirs, *rows));
        if !same_columns {
            return Err(Error::failed("states of different checks cannot be merged"));
        }
        *rows += later.rows;
        Ok(())
    }

    fn state(&self) -> Observed {
        let mut observed = self.observed.clone();
        for column in &mut observed.columns {
            if let ObservedColumn::Present {
                seen: Seen {
                    unique: Some(keys), ..
                },
                ..
            } = column
            {
                *keys = keys.sorted();
            }
        }
        observed
    }
}
