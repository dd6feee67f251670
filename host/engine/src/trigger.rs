//! What has started a run that nobody started by hand, and what a run starts in its turn.

use std::{collections::HashMap, fmt};

use mlhost_pipeline::{
    Condition, Diagnostics, Expression,
    expression::{Mistake, Type},
};
use mlhost_store::RunId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Checked, RunRecord, StepStatus, conditions,
    schedule::{Facts, Scope},
};

/// What has started a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum TriggerRecord {
    /// Files have changed; none at the beginning of `host watch`.
    Watch {
        /// The files, as the pipeline names them as far as it does.
        changed: Vec<String>,
    },
    /// A time has come.
    Cron {
        /// The cron expression.
        cron: String,
        /// Its time zone.
        timezone: String,
        /// The time, as clocks there show it.
        due: String,
        /// How many times before it have passed without a run.
        #[serde(default, skip_serializing_if = "is_zero")]
        missed: u32,
    },
    /// A run of another pipeline has come to something.
    Drift {
        /// The other pipeline.
        pipeline: String,
        /// Its run.
        run: RunId,
        /// What is true of that.
        when: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The most files that are told by name.
const NAMED: usize = 3;

/// `cron 0 3 * * * UTC, due at 2026-01-01 03:00:00 UTC`.
impl fmt::Display for TriggerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Watch { changed } if changed.is_empty() => f.write_str("watch, at its beginning"),
            Self::Watch { changed } => {
                let named: Vec<&str> = changed.iter().take(NAMED).map(String::as_str).collect();
                write!(f, "watch, changed: {}", named.join(", "))?;
                match changed.len().saturating_sub(NAMED) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::Cron {
                cron,
                timezone,
                due,
                missed,
            } => {
                write!(f, "cron {cron} {timezone}, due at {due}")?;
                match missed {
                    0 => Ok(()),
                    1 => f.write_str(", for the time before too, which was missed"),
                    more => write!(f, ", for {more} times before too, which were missed"),
                }
            }
            Self::Drift {
                pipeline,
                run,
                when,
            } => write!(f, "drift, run {run} of `{pipeline}`: {when}"),
        }
    }
}

impl RunRecord {
    /// Whether an expression is true of the run: the names of steps in it are those of its pipeline;
    /// that of a loop with `select` stands for the iteration that was selected. Steps that the run
    /// has not come to count as skipped.
    ///
    /// # Errors
    /// When the expression cannot be decided, for one because a step was not done.
    pub fn satisfies(
        &self,
        expression: &Expression,
        params: &Map<String, Value>,
    ) -> Result<bool, Mistake> {
        let facts: Vec<_> = self
            .steps
            .iter()
            .filter(|step| !self.loops.iter().any(|of| of.leaves_out(&step.name)))
            .map(|step| (&step.name, Facts::of(step)))
            .collect();
        let steps = facts.iter().map(|(name, facts)| {
            let of = self.loops.iter().find(|of| of.holds(name));
            let is_selected = of.is_some_and(|of| of.selected.is_some());
            let written = name.split('[').next().unwrap_or_default();
            let name = if is_selected { written } else { name };
            (name.to_owned(), facts)
        });
        let mut steps: HashMap<String, &Facts> = steps.collect();
        // The run has not come to these.
        let skipped = Facts::of_status(StepStatus::Skipped);
        for step in expression.steps() {
            steps.entry(step.to_owned()).or_insert(&skipped);
        }
        expression.evaluate_bool(&Scope {
            params,
            each: None,
            steps,
        })
    }
}

impl Checked {
    /// Finds what is wrong with an expression about runs of this pipeline, in which parameters are
    /// those of another one.
    pub fn check_follower(
        &self,
        when: &Condition,
        params: &Map<String, Value>,
        diagnostics: &mut Diagnostics,
    ) {
        let scope = conditions::Scope {
            pipeline: &self.pipeline,
            params,
            plugins: &self.plugins,
            known: &self.known,
            each: None,
            of: None,
        };
        conditions::expect(when, Type::Bool, &scope, diagnostics);
    }
}

/// What a rehearsal has found out of steps.
pub(crate) type Known = HashMap<String, Facts>;
