//! How the rows are cut into batches does not matter, and residuals are what least
//! squares makes them.

use mlhost_linear::{Prediction, Training};
use mlhost_plugin::testing;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{batch, column, floats, function, params};

const TARGET: &str = r#"{ "target": "y" }"#;

proptest! {
    #[test]
    fn regression_in_batches(
        rows in vec((-1e3..1e3, -1e3..1e3, -1e3..1e3), 5..60),
        cuts in vec(0_usize..100, 0..4),
    ) {
        let column_of = |index: usize| {
            let value = |row: &(f64, f64, f64)| [row.0, row.1, row.2][index];
            floats(rows.iter().map(value).collect::<Vec<_>>())
        };
        let rows = batch(vec![("a", column_of(0)), ("b", column_of(1)), ("y", column_of(2))]);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (rows.num_rows() + 1)).collect();
        cuts.extend([0, rows.num_rows()]);
        cuts.sort_unstable();
        let batches = cuts.windows(2).map(|cut| rows.slice(cut[0], cut[1] - cut[0]));
        let batches: Vec<_> = batches.collect();

        let whole = testing::fit::<Training>(params(TARGET), std::slice::from_ref(&rows)).unwrap();
        let parts = testing::fit::<Training>(params(TARGET), &batches).unwrap();
        for (one, other) in function(&whole).coefficients.iter().zip(&function(&parts).coefficients) {
            prop_assert!((one - other).abs() <= 1e-10 * one.abs().max(1.0), "{} and {}", one, other);
        }

        let predicted = testing::transform::<Prediction>(params(TARGET), whole, std::slice::from_ref(&rows));
        let predicted = predicted.unwrap().remove(0);
        let target = column(&rows, "y").values().iter();
        let residuals = target.zip(column(&predicted, "prediction").values());
        let residuals: Vec<f64> = residuals.map(|(y, predicted)| y - predicted).collect();
        prop_assert!(residuals.iter().sum::<f64>().abs() < 1e-6);
        for name in ["a", "b"] {
            let products = column(&rows, name).values().iter().zip(&residuals);
            let product: f64 = products.map(|(feature, residual)| feature * residual).sum();
            prop_assert!(product.abs() < 1e-3, "{} and the residuals: {}", name, product);
        }
    }
}
