//! What is learned of a column of categories: which there are, and how often each
//! occurs.

use arrow_array::Array;
use arrow_buffer::NullBuffer;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::Categories;
use mlhost_statistics::column::for_each_text;
use serde::{Deserialize, Serialize};

/// What to do with a column of categories.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Categorical {
    pub(crate) impute: CategoryImpute,
    pub(crate) encoding: CategoryEncoding,
    /// Whether the categories are integers, whose order is not that of their texts.
    pub(crate) integers: bool,
}

/// What stands in for a missing category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum CategoryImpute {
    None,
    MostFrequent,
    Constant(String),
}

/// What becomes of categories.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum CategoryEncoding {
    /// A column of zeros and ones each.
    OneHot {
        /// Whether a category that was not learned is an error.
        refuse_unknown: bool,
    },
    /// Their place in order.
    Ordinal {
        /// The code of categories that were not learned, which are an error without.
        unknown: Option<f64>,
    },
}

/// A column of categories, as far as it is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CategoryCounts {
    pub(crate) treatment: Categorical,
    counts: Categories,
}

impl CategoryCounts {
    pub(crate) fn new(treatment: Categorical) -> Self {
        Self {
            treatment,
            counts: Categories::default(),
        }
    }

    /// Takes in the rows of a column that are to be learned from.
    pub(crate) fn update(&mut self, array: &dyn Array, rows: Option<&NullBuffer>) -> Result<()> {
        let counted = match rows {
            None => self.counts.update_array(array),
            Some(rows) => {
                let mut learned = rows.iter();
                for_each_text(array, |text| match (learned.next(), text) {
                    (Some(true), Some(text)) => self.counts.add(text, 1),
                    (Some(true), None) => self.counts.add_nulls(1),
                    _ => {}
                })
            }
        };
        counted.map_err(|error| Error::data(error.to_string()))
    }

    /// Takes in what was learned from later rows.
    pub(crate) fn merge(&mut self, later: &Self) {
        self.counts.merge(&later.counts);
    }

    /// What stands in for nulls; `None` where nulls stay.
    ///
    /// # Errors
    /// Without a category there is no most frequent one.
    pub(crate) fn fill(&self) -> Result<Option<String>> {
        match &self.treatment.impute {
            CategoryImpute::None => Ok(None),
            CategoryImpute::Constant(text) => Ok(Some(text.clone())),
            CategoryImpute::MostFrequent => {
                let counts = self.in_order();
                let most = counts.iter().map(|(_, count)| *count).max();
                let first = counts.into_iter().find(|(_, count)| Some(*count) == most);
                let (text, _) = first.ok_or_else(|| {
                    Error::data(
                        "no row of the fit has a category, so that there is no most frequent one \
                         to impute; drop the column or impute a constant",
                    )
                })?;
                Ok(Some(text.to_owned()))
            }
        }
    }

    /// The categories in order, with an imputed constant where there were nulls.
    pub(crate) fn categories(&self) -> Vec<String> {
        let mut counts = self.counts.clone();
        if let CategoryImpute::Constant(text) = &self.treatment.impute {
            counts.add(text, counts.nulls());
        }
        in_order(&counts, self.treatment.integers)
            .into_iter()
            .map(|(text, _)| text.to_owned())
            .collect()
    }

    fn in_order(&self) -> Vec<(&str, u64)> {
        in_order(&self.counts, self.treatment.integers)
    }
}

fn in_order(counts: &Categories, integers: bool) -> Vec<(&str, u64)> {
    let mut counts: Vec<_> = counts.iter().collect();
    if integers {
        // A stable sort: a constant that is no integer stays in front.
        counts.sort_by_key(|(text, _)| text.parse::<i128>().ok());
    }
    counts
}
