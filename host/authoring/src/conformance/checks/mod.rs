//! What every plugin must do, one function each.

mod algebra;
mod description;
mod inputs;
mod parameters;
mod serving;

use super::{
    ready::{self, Trial},
    report::Found,
};

pub(super) use description::description;

/// A check by its name.
pub(super) type Named = (&'static str, fn(&Trial<'_>) -> Found);

/// The check after which there are no others for what has failed it.
pub(super) const LIMITS: &str = "limits";

/// The checks of a case, in the order in which they are told.
pub(super) const ALL: &[Named] = &[
    ("parameters", parameters::parameters),
    ("required_parameters", parameters::required),
    ("parameter_types", parameters::types),
    ("unknown_parameters", parameters::unknown),
    ("malformed_parameters", parameters::malformed),
    ("columns", ready::columns),
    ("rows", ready::rows),
    (LIMITS, ready::limits),
    ("schemas", inputs::schemas),
    ("types", inputs::types),
    ("nulls", inputs::nulls),
    ("empty_batches", inputs::empty),
    ("merging", algebra::merging),
    ("batches", algebra::batches),
    ("row_wise", algebra::row_wise),
    ("repeatable", algebra::repeatable),
    ("state", algebra::state),
    ("output", ready::output),
    ("without_target", serving::without_target),
];
