//! Mergeable statistics of columns, for plugins that learn in one pass.
//!
//! Every statistic takes in values in any number of pieces, and two of them, made
//! on different cores, machines or days, merge into what one would have learned
//! from all the rows. Equal knowledge serialises to equal bytes. Nothing here
//! reads a clock, draws a random number or starts a thread, so that results are
//! the same in a sandbox and outside; of Arrow only the small crates are used.
//!
//! | type | holds | merges |
//! |---|---|---|
//! | [`Moments`] | count, mean, variance | equal up to rounding |
//! | [`ExactSum`] | a sum | exactly |
//! | [`ExactMoments`] | count, mean, variance | exactly |
//! | [`Extremes`] | minimum, maximum | exactly |
//! | [`Comoments`] | the correlation of two columns | equal up to rounding |
//! | [`Distribution`] | how often each number occurs | exactly |
//! | [`Categories`] | how often each text occurs | exactly |
//! | [`Distinct`] | how many different values there are | exactly |
//!
//! [`drift`] compares two of them; [`mod@column`] reads the values of any Arrow array
//! that holds numbers, texts or classes; [`DateUnit`] says what the numbers of dates and
//! times are.
//!
//! ```
//! use arrow_array::Float64Array;
//! use mlhost_statistics::{Distribution, Moments};
//!
//! let morning = Float64Array::from(vec![Some(1.0), None, Some(4.0)]);
//! let evening = Float64Array::from(vec![Some(2.0), Some(5.0)]);
//!
//! let mut moments = Moments::default();
//! moments.update_array(&morning)?;
//! let mut later = Moments::default();
//! later.update_array(&evening)?;
//! moments.merge(&later);
//! assert_eq!((moments.count(), moments.nulls()), (4, 1));
//! assert_eq!(moments.mean(), Some(3.0));
//!
//! let mut distribution = Distribution::default();
//! distribution.update_array(&morning)?;
//! distribution.update_array(&evening)?;
//! assert_eq!(distribution.quantile(0.5), Some(3.0));
//! # Ok::<(), mlhost_statistics::Error>(())
//! ```

mod categories;
pub mod column;
mod comoments;
mod counter;
mod dates;
mod distinct;
mod distribution;
pub mod drift;
mod error;
mod exact_moments;
mod exact_sum;
mod extremes;
pub mod hash;
mod moments;
mod number_key;
mod recent;
mod short_text;

pub use categories::Categories;
pub use comoments::Comoments;
pub use dates::DateUnit;
pub use distinct::{Distinct, EXACT_DISTINCT, STANDARD_ERROR};
pub use distribution::{Distribution, EXACT_VALUES, RELATIVE_ERROR};
pub use error::{Error, Result};
pub use exact_moments::ExactMoments;
pub use exact_sum::ExactSum;
pub use extremes::Extremes;
pub use moments::Moments;
pub use number_key::NumberKey;
pub use recent::{Recent, RecentKey};
