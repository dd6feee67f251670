//! Whether a plugin takes any input, or says why not: wrong schemas, every type, nulls, no rows.

use arrow::{array::new_null_array, datatypes::Schema, record_batch::RecordBatch};
use mlhost_pipeline::Kind;
use serde_json::Value;

use crate::conformance::{
    bench::Trouble,
    case::Case,
    compare,
    data::{self, Random},
    ready::Trial,
    report::{Found, good, nothing, wrong},
};

/// Of so many columns every type is tried out.
const MOST_COLUMNS: usize = 4;

/// How a plugin took an input.
enum Taken {
    Refused,
    Worked,
    /// It opened, and said only then that the values are wrong.
    Values,
}

/// An input without the columns that are needed is refused when the plugin opens.
pub(in crate::conformance) fn schemas(trial: &Trial<'_>) -> Found {
    trial.ready(|ready| {
        let Trial { bench, case, .. } = trial;
        let empty = RecordBatch::new_empty(Schema::empty().into());
        take(trial, &case.with_input(empty))
            .map_err(|why| why_not("an input without columns", why))?;
        // To a validator or a drift detector, a column that is missing is something to find.
        let needs = !matches!(bench.kind(), Kind::Validator | Kind::DriftDetector);
        let mut refused = 0;
        for column in &ready.columns {
            let Some(less) = data::without(&case.input, column) else {
                continue;
            };
            let opened = bench.open(&case.text(), &less.schema());
            let what = format!("without column `{column}`");
            match opened {
                Ok(_) if needs && is_named(&case.params, column) => {
                    return wrong(format!(
                        "{what}, which a parameter names, it opens all the same"
                    ));
                }
                Ok(_) => {}
                Err(trouble) => {
                    trouble.unless_refused(&what)?;
                    refused += 1;
                }
            }
        }
        good(format!(
            "{refused} of {} columns cannot be missing",
            ready.columns.len()
        ))
    })
}

/// A column of any type is taken, or refused when the plugin opens; never refused later, and no
/// reason to trap.
pub(in crate::conformance) fn types(trial: &Trial<'_>) -> Found {
    trial.ready(|ready| {
        let case = trial.case;
        let mut random = Random::new(trial.seed);
        let mut seen = vec![];
        for column in ready.columns.iter().take(MOST_COLUMNS) {
            let (mut taken, mut all) = (0, 0);
            for (name, data_type) in data::types() {
                let values = data::column(&data_type, case.input.num_rows(), &mut random);
                let Some(input) = data::replaced(&case.input, column, values) else {
                    continue;
                };
                all += 1;
                let what = format!("column `{column}` of type {name}");
                match take(trial, &case.with_input(input)).map_err(|why| why_not(&what, why))? {
                    Taken::Refused => {}
                    Taken::Worked | Taken::Values => taken += 1,
                }
            }
            seen.push(format!("`{column}` may be of {taken} of {all} types"));
        }
        match seen.is_empty() {
            true => nothing("it asks for no column"),
            false => good(seen.join(", ")),
        }
    })
}

/// Nulls are no reason to trap.
pub(in crate::conformance) fn nulls(trial: &Trial<'_>) -> Found {
    trial.ready(|ready| {
        let case = trial.case;
        let mut worked = 0;
        let mut all = case.input.clone();
        for column in &ready.columns {
            let Some(values) = case.input.column_by_name(column) else {
                continue;
            };
            let nulls = new_null_array(values.data_type(), values.len());
            let Some(input) = data::replaced(&case.input, column, nulls.clone()) else {
                continue;
            };
            all = data::replaced(&all, column, nulls).unwrap_or(all);
            let what = format!("column `{column}` with nothing but nulls");
            let taken = take(trial, &case.with_input(input)).map_err(|why| why_not(&what, why))?;
            worked += usize::from(matches!(taken, Taken::Worked));
        }
        take(trial, &case.with_input(all)).map_err(|why| why_not("nulls in every column", why))?;
        match ready.columns.len() {
            0 => nothing("it asks for no column"),
            count => good(format!(
                "{worked} of {count} columns may be null throughout; others are refused"
            )),
        }
    })
}

/// Batches without rows change nothing, and no rows at all are no reason to trap.
pub(in crate::conformance) fn empty(trial: &Trial<'_>) -> Found {
    trial.ready(|ready| {
        let Trial { bench, case, .. } = trial;
        let none = case.input.slice(0, 0);
        take(trial, &case.with_input(none.clone()))
            .map_err(|why| why_not("no rows at all", why))?;
        let around = [none.clone(), case.input.clone(), none];
        let state = match bench.learn(&case.text(), &around, &case.schema()) {
            Ok(state) => state,
            Err(trouble) => {
                let words = trouble.words();
                return wrong(format!(
                    "an empty batch before and after the rows: it {words}"
                ));
            }
        };
        if state != ready.state {
            let consequence = bench.consequence(case, &state);
            let consequence =
                consequence.map_err(|trouble| why_not("after empty batches", trouble))?;
            if let Err(difference) = compare::alike(&ready.consequence, &consequence) {
                return wrong(format!(
                    "empty batches change what is learned: {difference}"
                ));
            }
        }
        good("batches without rows change nothing")
    })
}

/// Learns from an input and does the work, as far as the plugin goes along.
fn take(trial: &Trial<'_>, case: &Case) -> Result<Taken, Trouble> {
    let Trial { bench, .. } = trial;
    let (params, schema) = (case.text(), case.schema());
    match bench.open(&params, &schema) {
        Ok(_) => {}
        Err(Trouble::Refused(_)) => return Ok(Taken::Refused),
        Err(trouble) => return Err(trouble),
    }
    let learned = bench.learn(&params, std::slice::from_ref(&case.input), &schema);
    let state = match learned {
        Ok(state) => state,
        Err(Trouble::Refused(reported)) if reported.kind == "invalid-data" => {
            return Ok(Taken::Values);
        }
        Err(Trouble::Refused(reported)) => {
            return Err(Trouble::Broken(format!(
                "opens, and says only afterwards `{}`: {}",
                reported.kind, reported.message
            )));
        }
        Err(trouble) => return Err(trouble),
    };
    match bench.consequence(case, &state) {
        Ok(_) => Ok(Taken::Worked),
        Err(Trouble::Refused(_)) => Ok(Taken::Values),
        Err(trouble) => Err(trouble),
    }
}

fn why_not(what: &str, trouble: Trouble) -> crate::conformance::report::Objection {
    crate::conformance::report::Objection::new(format!("{what}: it {}", trouble.words()))
}

/// Whether a parameter, at any depth, is this name or goes by it.
fn is_named(params: &Value, column: &str) -> bool {
    match params {
        Value::String(text) => text == column,
        Value::Array(values) => values.iter().any(|value| is_named(value, column)),
        Value::Object(object) => object
            .iter()
            .any(|(key, value)| key == column || is_named(value, column)),
        _ => false,
    }
}
