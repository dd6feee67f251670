//! How far one column has moved from another: pure functions of counts, each with
//! its source.

mod bins;
mod gamma;
mod kolmogorov;
mod kolmogorov_smirnov;
mod population_stability;
mod proportions;
mod shares;
mod wasserstein;

pub use bins::{equal_width_edges, quantile_edges, shares};
pub use kolmogorov::kolmogorov_survival;
pub use kolmogorov_smirnov::{KolmogorovSmirnov, kolmogorov_smirnov};
pub use population_stability::{PSI_FLOOR, psi};
pub use proportions::{Test, chi_squared, chi_squared_survival, z_test};
pub use shares::{hellinger, jensen_shannon, l_infinity};
pub use wasserstein::{SMALLEST_NORM, Wasserstein, wasserstein};
