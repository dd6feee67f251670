//! What is kept of a table: for every column, how often each value occurs.
//!
//! The reference and the current data are profiled alike, and a profile depends
//! on nothing but which values there are: not on their order, nor on how the rows
//! were split.

use std::collections::BTreeSet;

use arrow_array::Array;
use arrow_schema::{DataType, Schema};
use mlhost_plugin::{Error, Fold, RecordBatch, Result};
use mlhost_statistics::column::{is_numeric, is_textual, type_name};
use mlhost_statistics::{Categories, Distribution};
use serde::{Deserialize, Serialize};

use crate::Params;
use crate::sample::Sample;

/// Profiles a table.
#[derive(Debug)]
pub struct Profiler {
    max_categories: usize,
    profile: Profile,
}

/// How often each value of each column occurs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Profile {
    pub(crate) rows: u64,
    pub(crate) columns: Vec<Column>,
    /// Where a classifier is to learn from it.
    pub(crate) sample: Option<Sample>,
}

/// The profile of a column.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) values: Values,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Values {
    Numbers(Distribution),
    Texts(Categories),
    /// More different texts than are kept.
    ManyTexts {
        count: u64,
        nulls: u64,
    },
}

impl Fold for Profiler {
    type Params = Params;
    type State = Profile;

    /// A named column that is missing here is no error: whether it is missing in
    /// the reference or in the current data is known when the two are compared.
    fn open(params: Params, input: &Schema) -> Result<Self> {
        params.check()?;
        let mut columns = match &params.columns {
            Some(names) => named(names, input)?,
            None => compared_by_default(input),
        };
        for (at, name) in params.roles() {
            if !columns.iter().any(|column| column.name == name) {
                columns.extend(found(name, &at, input)?);
            }
        }
        Ok(Self {
            max_categories: params.max_categories,
            profile: Profile {
                rows: 0,
                columns,
                sample: params
                    .domain_classifier
                    .as_ref()
                    .map(|asked| Sample::new(asked.rows, asked.seed)),
            },
        })
    }

    fn columns(&self) -> Vec<String> {
        let columns = self.profile.columns.iter();
        columns.map(|column| column.name.clone()).collect()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        self.profile.rows += rows.num_rows() as u64;
        if let Some(sample) = &mut self.profile.sample {
            let kinds = self.profile.columns.iter().map(|column| &column.values);
            sample.update(rows, &kinds.collect::<Vec<_>>())?;
        }
        for (column, array) in self.profile.columns.iter_mut().zip(rows.columns()) {
            column.values.update(array)?;
            column.values.keep_bound(self.max_categories);
        }
        Ok(())
    }

    fn merge(&mut self, later: Profile) -> Result<()> {
        self.profile.rows += later.rows;
        for (ours, later) in self.profile.columns.iter_mut().zip(&later.columns) {
            ours.values.merge(&later.values)?;
            ours.values.keep_bound(self.max_categories);
        }
        if let (Some(ours), Some(later)) = (&mut self.profile.sample, &later.sample) {
            ours.merge(later);
        }
        Ok(())
    }

    fn state(&self) -> Profile {
        self.profile.clone()
    }
}

impl Values {
    /// No values yet of a column of this type; `None` where it cannot be compared.
    fn of_type(data_type: &DataType) -> Option<Self> {
        if is_numeric(data_type) && *data_type != DataType::Boolean {
            Some(Self::Numbers(Distribution::default()))
        } else if is_textual(data_type) {
            Some(Self::Texts(Categories::default()))
        } else {
            None
        }
    }

    /// The number of values, without nulls and NaN.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Numbers(numbers) => numbers.count(),
            Self::Texts(texts) => texts.count(),
            Self::ManyTexts { count, .. } => *count,
        }
    }

    /// The number of rows without a value: nulls and NaN.
    pub(crate) fn missing(&self) -> u64 {
        match self {
            Self::Numbers(numbers) => numbers.nulls() + numbers.nans(),
            Self::Texts(texts) => texts.nulls(),
            Self::ManyTexts { nulls, .. } => *nulls,
        }
    }

    fn update(&mut self, array: &dyn Array) -> Result<()> {
        let updated = match self {
            Self::Numbers(numbers) => numbers.update_array(array),
            Self::Texts(texts) => texts.update_array(array),
            Self::ManyTexts { count, nulls } => {
                let missing = array.logical_null_count();
                *nulls += missing as u64;
                *count += (array.len() - missing) as u64;
                Ok(())
            }
        };
        updated.map_err(|error| Error::data(error.to_string()))
    }

    fn merge(&mut self, later: &Self) -> Result<()> {
        match (&mut *self, later) {
            (Self::Numbers(ours), Self::Numbers(later)) => ours.merge(later),
            (Self::Texts(ours), Self::Texts(later)) => ours.merge(later),
            (Self::Texts(_) | Self::ManyTexts { .. }, Self::Texts(_) | Self::ManyTexts { .. }) => {
                *self = Self::ManyTexts {
                    count: self.count() + later.count(),
                    nulls: self.missing() + later.missing(),
                };
            }
            _ => return Err(Error::failed("numbers and texts cannot be merged")),
        }
        Ok(())
    }

    /// Lets go of texts that are too many. Parts have no more different texts than
    /// the whole, so that it does not matter when this is asked.
    fn keep_bound(&mut self, max_categories: usize) {
        if matches!(self, Self::Texts(texts) if texts.distinct() > max_categories) {
            *self = Self::ManyTexts {
                count: self.count(),
                nulls: self.missing(),
            };
        }
    }
}

/// The named columns that are there.
fn named(names: &[String], input: &Schema) -> Result<Vec<Column>> {
    if names.is_empty() {
        let message = "name at least one column, or leave `columns` out to compare all";
        return Err(Error::params("/columns", message));
    }
    let mut seen = BTreeSet::new();
    let mut columns = vec![];
    for (place, name) in names.iter().enumerate() {
        let at = format!("/columns/{place}");
        if !seen.insert(name) {
            return Err(Error::params(at, format!("column `{name}` is named twice")));
        }
        columns.extend(found(name, &at, input)?);
    }
    Ok(columns)
}

/// A named column, if it is there.
fn found(name: &str, at: &str, input: &Schema) -> Result<Option<Column>> {
    let Ok(field) = input.field_with_name(name) else {
        return Ok(None);
    };
    let Some(values) = Values::of_type(field.data_type()) else {
        let found = type_name(field.data_type());
        let message = format!("column `{name}` holds `{found}`, which cannot be compared");
        return Err(Error::params(at, message));
    };
    let name = name.to_owned();
    Ok(Some(Column { name, values }))
}

fn compared_by_default(input: &Schema) -> Vec<Column> {
    let moves_with_time = |data_type: &DataType| {
        matches!(
            data_type,
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _)
        )
    };
    let fields = input.fields().iter();
    let columns = fields
        .filter(|field| !moves_with_time(field.data_type()))
        .filter_map(|field| {
            let name = field.name().clone();
            let values = Values::of_type(field.data_type())?;
            Some(Column { name, values })
        });
    columns.collect()
}
