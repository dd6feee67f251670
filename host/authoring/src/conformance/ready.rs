//! A plugin that has done its work once: what the other checks compare with.

use mlhost_sandbox::Reported;

use super::{
    bench::{Applied, Bench, Consequence, Trouble},
    case::Case,
    report::{Found, good, nothing, wrong},
    schema::ParamsSchema,
};

/// More lines than this for a few hundred rows are a line for each row.
const MOST_LINES: usize = 100;

/// A case on the bench.
pub(crate) struct Trial<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) schema: &'a ParamsSchema,
    pub(crate) case: &'a Case,
    pub(crate) seed: u64,
    /// What came of it, or how it ended.
    pub(crate) outcome: Result<Ready, Trouble>,
    /// Log lines on the way.
    lines: usize,
}

/// What a plugin has made of a case.
pub(crate) struct Ready {
    pub(crate) columns: Vec<String>,
    pub(crate) state: Vec<u8>,
    pub(crate) consequence: Consequence,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(
        bench: &'a Bench,
        schema: &'a ParamsSchema,
        case: &'a Case,
        seed: u64,
    ) -> Self {
        bench.take_lines();
        let outcome = prepare(bench, case);
        Self {
            bench,
            schema,
            case,
            seed,
            outcome,
            lines: bench.take_lines(),
        }
    }

    /// Does a check that needs what came of the case.
    pub(crate) fn ready(&self, check: impl FnOnce(&Ready) -> Found) -> Found {
        match &self.outcome {
            Ok(ready) => check(ready),
            Err(_) => nothing("it did not get that far"),
        }
    }

    /// The rows that a transform made.
    pub(crate) fn applied(&self, check: impl FnOnce(&Ready, &Applied) -> Found) -> Found {
        self.ready(|ready| match &ready.consequence {
            Consequence::Rows(applied) => check(ready, applied),
            Consequence::Judged(_) => nothing("it has no transform"),
        })
    }

    /// Does a check on what is folded.
    pub(crate) fn folded(&self, check: impl FnOnce(&Ready) -> Found) -> Found {
        match self.bench.folds() {
            true => self.ready(check),
            false => nothing("it has no fold"),
        }
    }
}

fn prepare(bench: &Bench, case: &Case) -> Result<Ready, Trouble> {
    let (params, schema) = (case.text(), case.schema());
    let columns = bench.open(&params, &schema)?;
    let state = bench.learn(&params, std::slice::from_ref(&case.input), &schema)?;
    let consequence = bench.consequence(case, &state)?;
    Ok(Ready {
        columns,
        state,
        consequence,
    })
}

/// It learns from the rows, and does its work.
pub(super) fn rows(trial: &Trial<'_>) -> Found {
    let rows = trial.case.input.num_rows();
    match &trial.outcome {
        Ok(ready) => match &ready.consequence {
            Consequence::Rows(applied) => {
                let out: usize = applied.all().iter().map(|batch| batch.num_rows()).sum();
                good(format!("{rows} rows in, {out} rows out"))
            }
            Consequence::Judged(outcome) => good(format!("{rows} rows in: {}", outcome.summary)),
        },
        Err(Trouble::Refused(Reported { kind, message, .. })) => wrong(format!(
            "it refuses the parameters or the rows: `{kind}`: {message}"
        )),
        Err(Trouble::Broken(words)) => wrong(format!("it {words}")),
        Err(_) => nothing("it did not get that far"),
    }
}

/// It stays within time and memory, and does not flood the log.
pub(super) fn limits(trial: &Trial<'_>) -> Found {
    let rows = trial.case.input.num_rows();
    match &trial.outcome {
        Err(Trouble::OverLimits(words)) => wrong(format!("{rows} rows: it {words}")),
        _ if trial.lines > MOST_LINES.max(rows / 10) => wrong(format!(
            "it wrote {} lines to the log for {rows} rows, and {} would do",
            trial.lines,
            MOST_LINES.max(rows / 10)
        )),
        _ => good(format!("{} lines in the log", trial.lines)),
    }
}

/// The columns that it asks for are there.
pub(super) fn columns(trial: &Trial<'_>) -> Found {
    match &trial.outcome {
        Err(Trouble::Wish(words)) => wrong(format!("it {words}")),
        Err(_) => nothing("it did not get that far"),
        Ok(Ready { columns, .. }) => {
            let mut names: Vec<_> = columns.iter().collect();
            names.sort_unstable();
            match names.windows(2).find(|pair| pair[0] == pair[1]) {
                Some(pair) => wrong(format!("it asks for column `{}` twice", pair[0])),
                None => good(format!(
                    "it asks for {} of {}",
                    columns.len(),
                    trial.case.input.num_columns()
                )),
            }
        }
    }
}

/// What it emits is what it has announced.
pub(super) fn output(trial: &Trial<'_>) -> Found {
    match &trial.outcome {
        Err(Trouble::Output(words)) => wrong(format!("it {words}")),
        _ => trial.applied(|_, applied| {
            let schema = &applied.schema;
            let other = applied
                .all()
                .into_iter()
                .find(|batch| batch.schema_ref() != schema);
            match other {
                Some(batch) => wrong(format!(
                    "it announces {schema} and emits {}",
                    batch.schema()
                )),
                None => good(format!("{} columns, as announced", schema.fields().len())),
            }
        }),
    }
}
