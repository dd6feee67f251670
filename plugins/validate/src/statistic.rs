//! The statistics of columns that can be asked to lie in a range: what has to be kept of the rows
//! for each, and its value.

use mlhost_statistics::{RELATIVE_ERROR, STANDARD_ERROR};

use crate::seen::{Look, Seen};

/// A number about all rows of a column, or of two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Statistic {
    Mean,
    Median,
    Stdev,
    Sum,
    Min,
    Max,
    Quantile(f64),
    Distinct,
    ProportionUnique,
    Correlation,
}

/// What a statistic came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) value: f64,
    /// How far off it may be, as a share of it, where it is not exact: a bound for quantiles, the
    /// standard error for numbers of different values.
    pub(crate) error: Option<f64>,
}

impl Statistic {
    /// How a sentence calls it.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Mean => "the mean".to_owned(),
            Self::Median => "the median".to_owned(),
            Self::Stdev => "the standard deviation".to_owned(),
            Self::Sum => "the sum".to_owned(),
            Self::Min => "the smallest value".to_owned(),
            Self::Max => "the largest value".to_owned(),
            Self::Quantile(q) => format!("the quantile {q}"),
            Self::Distinct => "the number of different values".to_owned(),
            Self::ProportionUnique => "the share of different values".to_owned(),
            Self::Correlation => "the correlation".to_owned(),
        }
    }

    /// Whether it is a value such as those of the column, and not a number about them.
    pub(crate) fn is_of_values(self) -> bool {
        matches!(
            self,
            Self::Mean | Self::Median | Self::Min | Self::Max | Self::Quantile(_)
        )
    }

    /// What is kept of the rows for it.
    pub(crate) fn look(self) -> Look {
        match self {
            Self::Mean | Self::Stdev => Look::Moments,
            Self::Sum => Look::Sum,
            Self::Min | Self::Max => Look::Extremes,
            Self::Median | Self::Quantile(_) => Look::Distribution,
            Self::Distinct | Self::ProportionUnique => Look::Distinct,
            Self::Correlation => Look::Comoments,
        }
    }

    /// Its value; `None` where there are too few values.
    pub(crate) fn of(self, seen: &Seen) -> Option<Found> {
        let exact = |value| Some(Found { value, error: None });
        match (self, seen) {
            (Self::Mean, Seen::Moments(moments)) => exact(moments.mean()?),
            (Self::Stdev, Seen::Moments(moments)) => exact(moments.sample_standard_deviation()?),
            (Self::Sum, Seen::Sum(sum)) => exact(sum.value()?),
            (Self::Min, Seen::Extremes(extremes)) => exact(extremes.minimum()?),
            (Self::Max, Seen::Extremes(extremes)) => exact(extremes.maximum()?),
            (Self::Median | Self::Quantile(_), Seen::Distribution(distribution)) => {
                let q = if let Self::Quantile(q) = self { q } else { 0.5 };
                Some(Found {
                    value: distribution.quantile(q)?,
                    error: (!distribution.is_exact()).then_some(RELATIVE_ERROR),
                })
            }
            (Self::Distinct | Self::ProportionUnique, Seen::Distinct(distinct, values)) => {
                let share = |count: f64| (*values > 0).then(|| count / *values as f64);
                let count = distinct.count().round();
                let is_count = self == Self::Distinct;
                Some(Found {
                    value: if is_count { count } else { share(count)? },
                    error: (!distinct.is_exact()).then_some(STANDARD_ERROR),
                })
            }
            (Self::Correlation, Seen::Comoments(comoments)) => exact(comoments.correlation()?),
            _ => None,
        }
    }
}
