//! A least-squares problem over any number of rows as one over at most as many rows
//! as there are features.
//!
//! For features `X` and targets `y` of `n` rows, let `R` and `z` be such that
//! `RᵀR = XᵀX / n` and `Rᵀz = Xᵀy / n`. Then `‖z - Rg‖²` is the mean of `(y - Xg)²`
//! less what no `g` can change: whatever solver takes `R` and `z` for a table finds
//! the coefficients of the whole one. Both follow from the eigenvalues and
//! eigenvectors of `XᵀX / n`, which also leave out directions that the features do
//! not span.

use linfa::DatasetBase;
use linfa_linalg::eigh::EighInto;
use mlhost_plugin::{Error, Result};
use ndarray::{Array1, Array2, Axis};

/// Directions whose eigenvalue is below this share of the largest one, times the
/// number of features, are rounding.
const SMALLEST_EIGENVALUE: f64 = 16.0 * f64::EPSILON;

/// What linfa learns from.
pub(crate) type Table = DatasetBase<Array2<f64>, Array1<f64>>;

/// The directions that the features span.
pub(crate) struct Reduced {
    eigenvalues: Array1<f64>,
    /// A column for each eigenvalue.
    eigenvectors: Array2<f64>,
}

impl Reduced {
    /// The problem with this `XᵀX / n`.
    pub(crate) fn new(matrix: Array2<f64>) -> Result<Self> {
        // The decomposition does not end for numbers that are none.
        if !matrix.iter().all(|value| value.is_finite()) {
            return Err(Error::data(
                "the sums over the rows overflow; scale the features",
            ));
        }
        let features = matrix.nrows() as f64;
        let (eigenvalues, eigenvectors) = matrix
            .eigh_into()
            .map_err(|error| Error::failed(format!("no eigenvalues were found: {error}")))?;
        let largest = eigenvalues.fold(0.0, |largest: f64, value| largest.max(*value));
        let smallest = largest * features * SMALLEST_EIGENVALUE;
        let spanned: Vec<usize> = (0..eigenvalues.len())
            .filter(|index| eigenvalues[*index] > smallest)
            .collect();
        Ok(Self {
            eigenvalues: eigenvalues.select(Axis(0), &spanned),
            eigenvectors: eigenvectors.select(Axis(1), &spanned),
        })
    }

    /// `R`, a row for each direction, and `z` for this `Xᵀy / n`. Its rows do not
    /// depend on each other, so that any solver that wants as much is served.
    pub(crate) fn table(&self, sums: &Array1<f64>) -> Table {
        let lengths = self.eigenvalues.mapv(f64::sqrt);
        let targets = self.eigenvectors.t().dot(sums) / &lengths;
        let rows = &self.eigenvectors.t() * &lengths.insert_axis(Axis(1));
        DatasetBase::new(rows, targets)
    }
}
