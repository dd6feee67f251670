//! How far one column has moved from another: pure functions of counts, each with
//! its source.

mod kolmogorov;
mod kolmogorov_smirnov;
mod population_stability;

pub use kolmogorov::kolmogorov_survival;
pub use kolmogorov_smirnov::{KolmogorovSmirnov, kolmogorov_smirnov};
pub use population_stability::{PSI_FLOOR, psi, quantile_edges, shares};
