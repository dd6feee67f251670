//! Scores of parts of the rows: of each value of a column, or each combination of values of several.
//!
//! What is kept of a slice does not depend on its rows' places. An entry of `by` that makes more
//! slices than are allowed is given up as a whole, as which of them came first depends on the split.

use std::collections::BTreeMap;

use arrow_schema::Schema;
use mlhost_plugin::{Error, RecordBatch, Result, column_index};
use mlhost_statistics::column::{holds_classes, type_name};
use serde::{Deserialize, Serialize};

use crate::Params;
use crate::rows::Rows;
use crate::scores::Scores;
use crate::values::Classes;

/// What scores follow from, of all rows or of a slice.
pub(crate) trait Tally: Clone + Default {
    /// Rows as they are taken in.
    type Rows<'a>;

    /// Some of the rows, by their places.
    fn pick<'a>(rows: &Self::Rows<'a>, picked: &[usize]) -> Self::Rows<'a>;

    /// Takes in rows.
    fn update(&mut self, rows: &Self::Rows<'_>, params: &Params);

    /// Takes in what another one has learned from later rows.
    fn merge(&mut self, later: &Self);

    /// Which rows could be scored.
    fn rows(&self) -> &Rows;

    /// The numbers; `whole` is what was learned of all rows, which decides what the positive class is.
    ///
    /// # Errors
    /// Invalid parameters where they do not fit what occurs.
    fn scores(&self, params: &Params, whole: &Self) -> Result<Scores>;
}

/// The slices of each entry of `by`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Slices<T> {
    most: usize,
    pub(crate) entries: Vec<Entry<T>>,
}

/// The slices of one entry of `by`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry<T> {
    pub(crate) columns: Vec<String>,
    /// The places of the columns among those that are read.
    places: Vec<usize>,
    /// By the values of the columns, which may be null; nothing where there are too many.
    pub(crate) slices: Option<BTreeMap<Vec<Option<String>>, T>>,
}

/// Adds the columns that part the rows to those that are read.
///
/// # Errors
/// Invalid parameters for a column that does not exist or cannot be read as classes.
pub(crate) fn add_columns(
    params: &Params,
    input: &Schema,
    columns: &mut Vec<String>,
) -> Result<Vec<Vec<usize>>> {
    let entries = params.by.iter().enumerate();
    entries
        .map(|(entry, slicing)| {
            let at = format!("/by/{entry}");
            if slicing.columns().is_empty() {
                return Err(Error::params(at, "an empty list of columns makes no slices"));
            }
            let places = slicing.columns().iter().map(|column| {
                let field = input.field(column_index(input, column, &at)?);
                if !holds_classes(field.data_type()) {
                    let found = type_name(field.data_type());
                    let message = format!(
                        "slices are told by texts, booleans or numbers, and `{column}` holds `{found}`"
                    );
                    return Err(Error::params(&at, message));
                }
                let known = columns.iter().position(|known| known == column);
                Ok(known.unwrap_or_else(|| {
                    columns.push(column.clone());
                    columns.len() - 1
                }))
            });
            places.collect()
        })
        .collect()
}

impl<T: Tally> Slices<T> {
    /// No slices yet; `places` are those of the columns of each entry of `by`.
    pub(crate) fn new(params: &Params, places: Vec<Vec<usize>>) -> Self {
        let entries = params.by.iter().zip(places);
        let entries = entries.map(|(slicing, places)| Entry {
            columns: slicing.columns().to_vec(),
            places,
            slices: Some(BTreeMap::new()),
        });
        Self {
            most: params.max_slices as usize,
            entries: entries.collect(),
        }
    }

    /// Takes in a batch, and what was read of it.
    pub(crate) fn update(
        &mut self,
        batch: &RecordBatch,
        rows: &T::Rows<'_>,
        params: &Params,
    ) -> Result<()> {
        for entry in &mut self.entries {
            entry.update(batch, rows, params, self.most)?;
        }
        Ok(())
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        for (ours, theirs) in self.entries.iter_mut().zip(&later.entries) {
            ours.merge(theirs, self.most);
        }
    }
}

impl<T: Tally> Entry<T> {
    fn update(
        &mut self,
        batch: &RecordBatch,
        rows: &T::Rows<'_>,
        params: &Params,
        most: usize,
    ) -> Result<()> {
        let Some(slices) = &mut self.slices else {
            return Ok(());
        };
        let mut classes = Classes::default();
        let columns = self.places.iter();
        let columns = columns.map(|place| classes.read(batch.column(*place)));
        let columns: Vec<_> = columns.collect::<Result<_>>()?;
        let names = classes.names();
        let mut members: BTreeMap<Vec<Option<usize>>, Vec<usize>> = BTreeMap::new();
        let mut key = Vec::with_capacity(columns.len());
        for row in 0..batch.num_rows() {
            key.clear();
            key.extend(columns.iter().map(|column| column[row]));
            match members.get_mut(&key) {
                Some(members) => members.push(row),
                None => {
                    members.insert(key.clone(), vec![row]);
                }
            }
        }
        for (key, members) in members {
            let name = |class: Option<usize>| class.map(|class| names[class].to_owned());
            let slice = slices.entry(key.into_iter().map(name).collect());
            slice.or_default().update(&T::pick(rows, &members), params);
            if slices.len() > most {
                self.slices = None;
                return Ok(());
            }
        }
        Ok(())
    }

    fn merge(&mut self, later: &Self, most: usize) {
        let (Some(slices), Some(theirs)) = (&mut self.slices, &later.slices) else {
            self.slices = None;
            return;
        };
        for (key, slice) in theirs {
            slices.entry(key.clone()).or_default().merge(slice);
        }
        if slices.len() > most {
            self.slices = None;
        }
    }
}
