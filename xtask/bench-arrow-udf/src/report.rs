//! The results, as a table for people; programs get the same as JSON.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::comparison::{Comparison, Throughput};
use crate::table::{rate, table, time, trimmed};

/// Everything that was measured.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) comparisons: Vec<Comparison>,
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut table = table(["ROWS", "WHAT", "WHERE", "TIME", "RATE", "/ SANDBOX"]);
        for comparison in &self.comparisons {
            let mut row = |place: &str, throughput: &Throughput| {
                table.add_row([
                    comparison.rows.to_string(),
                    comparison.kernel.name().to_owned(),
                    place.to_owned(),
                    time(throughput.seconds),
                    rate(throughput.bytes_per_second),
                    format!("{:.2}", throughput.to_sandbox),
                ]);
            };
            row("sandbox", &comparison.sandbox);
            row("arrow-udf, function of columns", &comparison.of_columns);
            row("arrow-udf, function of a row", &comparison.of_a_row);
        }
        writeln!(
            f,
            "Through WebAssembly and back, batches of 8 x float64 with nulls (CPU time a batch)\n{}",
            trimmed(&table)
        )
    }
}
