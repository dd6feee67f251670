//! Finds the versions that gates compare with: at the beginning of a run, so that all of its gates
//! speak of the same one, wherever an alias is moved in the meantime.

use std::{collections::HashMap, sync::Arc};

use mlhost_pipeline::{BetterThan, Diagnostic, Pipeline, Plan, Rival, Work};
use mlhost_store::{Selector, Store, VersionSelector};

use crate::{Engine, Error, FittedModel, Result, check::with_hint, with_causes};

/// The versions that gates compare with, by what they are selected with; none where an alias
/// stands for nothing yet.
pub(crate) type Rivals = HashMap<Selector, Option<Arc<FittedModel>>>;

/// The model version that a gate of a step means, if it means one.
pub(crate) fn selector(
    pipeline: &Pipeline,
    plan: &Plan,
    step: &str,
    rival: &Rival,
) -> Option<Selector> {
    let Rival::Model { name, version } = rival else {
        return None;
    };
    let registered = || {
        let Work::Evaluate { models, .. } = &plan.step(step)?.work else {
            return None;
        };
        let model = models.first()?;
        pipeline.first_of(model)?.register.clone()
    };
    Some(Selector {
        name: name.clone().or_else(registered)?,
        version: version.parse().ok()?,
    })
}

/// All gates that compare with a version, each with what selects that.
pub(crate) fn wanted<'a>(
    pipeline: &'a Pipeline,
    plan: &'a Plan,
) -> impl Iterator<Item = (Selector, &'a BetterThan)> {
    pipeline.steps.values().flat_map(move |step| {
        let asked = step
            .gates
            .iter()
            .filter_map(|gate| gate.better_than.as_ref());
        asked.filter_map(move |asked| {
            let selector = selector(pipeline, plan, &step.name, &asked.rival)?;
            Some((selector, asked))
        })
    })
}

impl Engine {
    /// Every version that gates of a pipeline compare with.
    ///
    /// # Errors
    /// Those of [`Engine::rival`].
    pub(crate) fn rivals(&self, store: &Store, pipeline: &Pipeline, plan: &Plan) -> Result<Rivals> {
        wanted(pipeline, plan)
            .map(|(selector, _)| Ok((selector.clone(), self.rival(store, &selector)?)))
            .collect()
    }

    /// The same before a run, each version that cannot be had told at its gate.
    ///
    /// # Errors
    /// [`Error::Pipeline`] with all of them.
    pub(crate) fn known_rivals(
        &self,
        store: &Store,
        pipeline: &Pipeline,
        plan: &Plan,
    ) -> Result<Rivals> {
        let mut diagnostics = pipeline.diagnostics();
        let mut known = Rivals::new();
        for (selector, asked) in wanted(pipeline, plan) {
            match self.rival(store, &selector) {
                Ok(rival) => {
                    known.insert(selector, rival);
                }
                Err(error) => {
                    let diagnostic = Diagnostic::new(with_causes(&error)).at(asked.span());
                    diagnostics.push(with_hint(diagnostic, error.hint()));
                }
            }
        }
        Ok(diagnostics.into_result(known)?)
    }

    /// A version that a gate compares with; none if it is an alias, or the latest version, and
    /// there is no such thing yet.
    ///
    /// # Errors
    /// When a version that is named by its number is not there, or it cannot be loaded.
    pub(crate) fn rival(
        &self,
        store: &Store,
        selector: &Selector,
    ) -> Result<Option<Arc<FittedModel>>> {
        use mlhost_store::Error::{UnknownAlias, UnknownModel, UnknownVersion};
        let stored = match store.model(selector) {
            Ok(stored) => stored,
            Err(UnknownModel { .. } | UnknownAlias { .. })
                if !matches!(selector.version, VersionSelector::Number(_)) =>
            {
                return Ok(None);
            }
            Err(error @ (UnknownModel { .. } | UnknownVersion { .. })) => {
                return Err(Error::NoRival(error));
            }
            Err(error) => return Err(Error::Store(error)),
        };
        Ok(Some(Arc::new(self.open_model(store, stored)?)))
    }
}
