//! Which results of earlier runs a run may take in place of its own work.

use std::collections::HashSet;

use mlhost_pipeline::Plan;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    schedule::{is_meant, written_names},
};

/// What a run may take from the cache. Whatever it may, it keeps its own results there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reuse {
    /// Whatever has the same key.
    #[default]
    Everything,
    /// Nothing, not even the digests of files.
    Nothing,
    /// All but the results of this step, which in a loop means all its iterations, and of the
    /// steps that need it.
    Except(String),
}

impl Reuse {
    /// Whether the cache is used without limits.
    pub fn is_everything(&self) -> bool {
        *self == Self::Everything
    }

    /// The option that asks for it; none for the default.
    pub fn option(&self) -> Option<String> {
        match self {
            Self::Everything => None,
            Self::Nothing => Some("--no-cache".to_owned()),
            Self::Except(step) => Some(format!("--from {step}")),
        }
    }

    /// The steps that are done again, whatever is known.
    ///
    /// # Errors
    /// [`Error::UnknownStep`].
    pub(crate) fn again(&self, plan: &Plan) -> Result<HashSet<String>> {
        let mut again = HashSet::new();
        match self {
            Self::Everything => {}
            Self::Nothing => again.extend(plan.steps.iter().map(|step| step.name.clone())),
            Self::Except(first) => {
                let mut steps = plan.steps.iter();
                if !steps.any(|step| is_meant(&step.name, first)) {
                    let steps = plan.steps.iter().map(|step| step.name.as_str());
                    return Err(Error::UnknownStep {
                        step: first.clone(),
                        known: written_names(steps),
                    });
                }
                // Each step comes after those that it needs.
                for step in &plan.steps {
                    if is_meant(&step.name, first)
                        || step.needs.iter().any(|need| again.contains(need))
                    {
                        again.insert(step.name.clone());
                    }
                }
            }
        }
        Ok(again)
    }
}
