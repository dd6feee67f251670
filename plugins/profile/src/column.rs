//! What is learned of one column.

use arrow_array::Array;
use arrow_schema::DataType;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::{
    for_each_present, holds_texts, is_numeric, text_counts, type_name,
};
use mlhost_statistics::{DateUnit, Distinct, Distribution, Extremes, Moments};
use serde::{Deserialize, Serialize};

use crate::frequent::Frequent;

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) data_type: String,
    /// What people call it.
    pub(crate) kind: String,
    pub(crate) nulls: u64,
    pub(crate) distinct: Distinct,
    pub(crate) values: Values,
}

/// Its values by their kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Values {
    Numbers {
        moments: Moments,
        distribution: Box<Distribution>,
        /// What they count, where they are dates or times.
        unit: Option<DateUnit>,
    },
    Texts {
        frequent: Frequent,
        /// The numbers of characters.
        lengths: Moments,
        length_range: Extremes,
    },
    /// Nothing but its nulls.
    Other,
}

impl Column {
    pub(crate) fn new(name: &str, data_type: &DataType) -> Self {
        let values = if holds_texts(data_type) || *data_type == DataType::Boolean {
            Values::Texts {
                frequent: Frequent::default(),
                lengths: Moments::default(),
                length_range: Extremes::default(),
            }
        } else if is_numeric(data_type) {
            Values::Numbers {
                moments: Moments::default(),
                distribution: Box::default(),
                unit: DateUnit::of(data_type),
            }
        } else {
            Values::Other
        };
        Self {
            name: name.to_owned(),
            data_type: data_type.to_string(),
            kind: type_name(data_type),
            nulls: 0,
            distinct: Distinct::default(),
            values,
        }
    }

    /// Whether it can be correlated with others.
    pub(crate) fn holds_numbers(&self) -> bool {
        matches!(self.values, Values::Numbers { unit: None, .. })
    }

    pub(crate) fn update(&mut self, array: &dyn Array) -> Result<()> {
        let data = |error: mlhost_statistics::Error| Error::data(error.to_string());
        let Self {
            nulls,
            distinct,
            values,
            ..
        } = self;
        match values {
            Values::Numbers {
                moments,
                distribution,
                ..
            } => {
                let mut nans = 0;
                let missing = for_each_present(array, |block| {
                    nans += block.iter().filter(|value| value.is_nan()).count() as u64;
                    moments.update(block);
                    distribution.update(block);
                })
                .map_err(data)?;
                *nulls += missing + nans;
                distinct.update_array(array).map_err(data)
            }
            Values::Texts {
                frequent,
                lengths,
                length_range,
            } => text_counts(array, |text, times| {
                let Some(text) = text else {
                    *nulls += times;
                    return;
                };
                distinct.add_text(text);
                frequent.add(text, times);
                let length = text.chars().count() as f64;
                length_range.update(&[length]);
                for _ in 0..times {
                    lengths.update(&[length]);
                }
            })
            .map_err(data),
            Values::Other => {
                *nulls += array
                    .logical_nulls()
                    .map_or(0, |nulls| nulls.null_count() as u64);
                Ok(())
            }
        }
    }

    /// Takes in what was learned of later rows; false where it is another column.
    pub(crate) fn merge(&mut self, later: &Self) -> bool {
        self.nulls += later.nulls;
        self.distinct.merge(&later.distinct);
        match (&mut self.values, &later.values) {
            (
                Values::Numbers {
                    moments,
                    distribution,
                    ..
                },
                Values::Numbers {
                    moments: theirs,
                    distribution: their_distribution,
                    ..
                },
            ) => {
                moments.merge(theirs);
                distribution.merge(their_distribution);
            }
            (
                Values::Texts {
                    frequent,
                    lengths,
                    length_range,
                },
                Values::Texts {
                    frequent: theirs,
                    lengths: their_lengths,
                    length_range: their_range,
                },
            ) => {
                frequent.merge(theirs);
                lengths.merge(their_lengths);
                length_range.merge(their_range);
            }
            (Values::Other, Values::Other) => {}
            _ => return false,
        }
        (&self.name, &self.data_type) == (&later.name, &later.data_type)
    }
}
