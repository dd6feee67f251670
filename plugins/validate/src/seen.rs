//! What is looked at in the rows, and what is kept of them. Two checks that ask for the same share
//! it.

use mlhost_statistics::{Comoments, Distinct, Distribution, Extremes, Moments};
use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::expression::Truths;
use crate::forms::Range;
use crate::keys::Keys;
use crate::membership::Membership;
use crate::order::{Order, Way};
use crate::sum::Sum;
use crate::tally::Tally;
use crate::values::{KeySet, Values};

/// What is looked at.
#[derive(Clone, Debug)]
pub(crate) enum Look {
    Nulls,
    /// How many rows there are.
    Count,
    Between(Range),
    Members {
        members: Box<Membership>,
        allowed: bool,
    },
    Pattern(Box<Regex>),
    Length {
        min: Option<u32>,
        max: Option<u32>,
    },
    Keys,
    Moments,
    Sum,
    Extremes,
    Distribution,
    Distinct,
    Order(Way),
    Values,
    KeySet,
    KeysTogether,
    Above {
        or_equal: bool,
    },
    Comoments,
    Holds(Box<Truths>),
}

impl Look {
    /// Whether both keep the same of the same rows.
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        use Look::{Comoments, Distinct, Distribution, Extremes, KeySet, Moments, Sum};
        matches!(
            (self, other),
            (Moments, Moments)
                | (Sum, Sum)
                | (Extremes, Extremes)
                | (Distribution, Distribution)
                | (Distinct, Distinct)
                | (KeySet, KeySet)
                | (Comoments, Comoments)
        )
    }

    /// Nothing yet.
    pub(crate) fn nothing(&self) -> Seen {
        match self {
            Self::Nulls
            | Self::Count
            | Self::Members { .. }
            | Self::Pattern(_)
            | Self::Length { .. }
            | Self::Above { .. }
            | Self::Holds(_) => Seen::Tally(Tally::default()),
            Self::Between(_) => Seen::Range(Tally::default(), Extremes::default()),
            Self::Keys | Self::KeysTogether => Seen::Keys(Keys::default()),
            Self::Moments => Seen::Moments(Moments::default()),
            Self::Sum => Seen::Sum(Sum::default()),
            Self::Extremes => Seen::Extremes(Extremes::default()),
            Self::Distribution => Seen::Distribution(Box::default()),
            Self::Distinct => Seen::Distinct(Box::default(), 0),
            Self::Order(_) => Seen::Order(Order::default()),
            Self::Values => Seen::Values(Values::default()),
            Self::KeySet => Seen::KeySet(KeySet::default()),
            Self::Comoments => Seen::Comoments(Comoments::default()),
        }
    }
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Seen {
    Tally(Tally),
    Range(Tally, Extremes),
    Keys(Keys),
    Moments(Moments),
    Sum(Sum),
    Extremes(Extremes),
    Distribution(Box<Distribution>),
    /// With the number of values.
    Distinct(Box<Distinct>, u64),
    Order(Order),
    Values(Values),
    KeySet(KeySet),
    Comoments(Comoments),
}

impl Seen {
    /// Takes in what was seen of the rows that follow the first so many; false where something else
    /// was looked at.
    pub(crate) fn merge(&mut self, look: &Look, later: Self, rows_before: u64) -> bool {
        match (self, later) {
            (Self::Tally(ours), Self::Tally(theirs)) => ours.merge(&theirs, rows_before),
            (Self::Range(ours, extremes), Self::Range(theirs, their_extremes)) => {
                ours.merge(&theirs, rows_before);
                extremes.merge(&their_extremes);
            }
            (Self::Keys(ours), Self::Keys(theirs)) => ours.merge(&theirs, rows_before),
            (Self::Moments(ours), Self::Moments(theirs)) => ours.merge(&theirs),
            (Self::Sum(ours), Self::Sum(theirs)) => ours.merge(&theirs),
            (Self::Extremes(ours), Self::Extremes(theirs)) => ours.merge(&theirs),
            (Self::Distribution(ours), Self::Distribution(theirs)) => ours.merge(&theirs),
            (Self::Distinct(ours, values), Self::Distinct(theirs, their_values)) => {
                ours.merge(&theirs);
                *values += their_values;
            }
            (Self::Order(ours), Self::Order(theirs)) => match look {
                Look::Order(way) => ours.merge(*way, theirs, rows_before),
                _ => return false,
            },
            (Self::Values(ours), Self::Values(theirs)) => ours.merge(theirs, rows_before),
            (Self::KeySet(ours), Self::KeySet(theirs)) => ours.merge(theirs),
            (Self::Comoments(ours), Self::Comoments(theirs)) => ours.merge(&theirs),
            _ => return false,
        }
        true
    }
}
