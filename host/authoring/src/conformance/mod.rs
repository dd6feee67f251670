//! What every plugin must do, whoever wrote it and in whatever language: the promises of `wit/`
//! that a host relies on.
//!
//! A suite opens a component in the sandbox and tries it out with one or more [`Case`]s: parameters
//! and rows from its author's examples, from the command line, or the least that its schema asks
//! for. Each check looks at one promise and says what it saw.

mod bench;
mod case;
mod checks;
mod compare;
mod data;
mod minimal;
mod mutate;
mod ready;
mod report;
mod schema;

use std::time::Duration;

use arrow::record_batch::RecordBatch;
use mlhost_sandbox::{Limits, Sandbox};

pub use case::Case;
pub use report::{Check, Report, Status};

pub(crate) use bench::{Bench, Consequence, Trouble};
pub(crate) use compare::{close, rows, whole};
pub(crate) use schema::ParamsSchema;

use crate::{Example, Result, example};
use ready::Trial;
use report::{Found, Objection, Seen};

/// What a component is tried out with.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Parameters and rows; found by the suite itself, if there are none.
    pub cases: Vec<Case>,
    /// What its author expects.
    pub examples: Vec<Example>,
    /// Rows for a plugin whose parameters the suite finds.
    pub rows: Option<RecordBatch>,
    /// What generated rows and divisions follow from.
    pub seed: u64,
    /// What one instance may use.
    pub limits: Limits,
}

impl Default for Suite {
    fn default() -> Self {
        Self {
            cases: vec![],
            examples: vec![],
            rows: None,
            seed: 1,
            limits: Limits {
                memory_bytes: 512 << 20,
                time: Duration::from_secs(60),
                ..Limits::default()
            },
        }
    }
}

impl Suite {
    /// Parameters with rows, or with generated ones.
    pub fn case_of(
        name: &str,
        params: serde_json::Value,
        rows: Option<&RecordBatch>,
        seed: u64,
    ) -> Case {
        Case {
            name: name.to_owned(),
            params,
            input: rows.cloned().unwrap_or_else(|| data::table(seed)),
            second: None,
            apply: None,
        }
    }

    /// Tries out a component.
    ///
    /// # Errors
    /// When it is no plugin.
    pub fn run(&self, sandbox: &Sandbox, component: &[u8]) -> Result<Report> {
        let plugin = sandbox.load(component)?;
        let again = sandbox.load(component)?;
        let bench = Bench::new(plugin, self.limits.clone());
        let said = bench.plugin().description();
        let schema = ParamsSchema::new(&said.params_schema);
        let described = checks::description(said, again.description(), &schema);
        let mut checks = vec![told("description", [(None, described)])];
        let mut examples = vec![];
        if let Ok(schema) = &schema {
            checks.extend(self.checks(&bench, schema));
            examples.extend(
                self.examples
                    .iter()
                    .map(|example| example::check(&bench, example)),
            );
        }
        let plugin = bench.plugin();
        Ok(Report::new(
            plugin.name().to_string(),
            plugin.digest().to_owned(),
            checks,
            examples,
        ))
    }

    fn checks(&self, bench: &Bench, schema: &ParamsSchema) -> Vec<Check> {
        let mut cases = self.cases.clone();
        if cases.is_empty() {
            let rows = self.rows.clone();
            let rows = rows.unwrap_or_else(|| data::table(self.seed));
            match minimal::case(bench, schema, &rows) {
                Ok(case) => cases.push(case),
                Err(reason) => return vec![told("parameters", [(None, no_parameters(&reason))])],
            }
        }
        let trials: Vec<_> = cases
            .iter()
            .map(|case| Trial::new(bench, schema, case, self.seed))
            .collect();
        let several = trials.len() > 1;
        // What goes beyond its limits once does so again and again, and takes its time each time.
        let mut is_over = vec![false; trials.len()];
        let check = |(name, check): &checks::Named| {
            let found = trials.iter().zip(&mut is_over).map(|(trial, is_over)| {
                let found = match is_over {
                    true => Ok(Seen::Nothing("it goes beyond its limits".to_owned())),
                    false => check(trial),
                };
                *is_over |= *name == checks::LIMITS && found.is_err();
                (several.then(|| trial.case.name.clone()), found)
            });
            told(name, found)
        };
        checks::ALL.iter().map(check).collect()
    }
}

fn no_parameters(reason: &str) -> Found {
    let words = "no parameters were found with which it learns from generated rows";
    let words = match reason {
        "" => words.to_owned(),
        reason => format!("{words}; {reason}"),
    };
    Err(Objection::new(words).hint(
        "put an example into the folder `examples`, or name parameters with `--with FILE.toml` and \
         rows with `--data FILE`",
    ))
}

/// One check of all cases: failed if it failed in one, passed if it passed in one.
fn told(name: &str, found: impl IntoIterator<Item = (Option<String>, Found)>) -> Check {
    let mut seen = None;
    let mut missing = None;
    for (case, found) in found {
        match found {
            Err(Objection { reason, hint }) => {
                let reason = match case {
                    Some(case) => format!("{case}: {reason}"),
                    None => reason,
                };
                return Check {
                    name: name.to_owned(),
                    status: Status::Failed,
                    reason,
                    hint,
                };
            }
            Ok(Seen::Good(words)) => seen = seen.or(Some(words)),
            Ok(Seen::Nothing(words)) => missing = missing.or(Some(words)),
        }
    }
    let (status, reason) = match seen {
        Some(words) => (Status::Passed, words),
        None => (Status::NotApplicable, missing.unwrap_or_default()),
    };
    Check {
        name: name.to_owned(),
        status,
        reason,
        hint: None,
    }
}
