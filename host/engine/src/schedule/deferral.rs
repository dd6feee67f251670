//! The candidates of a search that a cross-validation judges: what is fitted in folds decides, so
//! that only the one that is selected is fitted on all rows, when all have been judged.

use std::collections::HashMap;

use mlhost_pipeline::{Items, Kind, Loop, Pipeline, Plan, Step};

use super::{Node, Result, Role, Schedule, State};

/// The steps of each loop that wait until it has selected, by their names in the file.
pub(super) fn deferred(pipeline: &Pipeline, plan: &Plan) -> HashMap<String, Vec<String>> {
    let loops = pipeline.loops.values();
    let found = loops.filter_map(|of| Some((of.name.clone(), waiting(of, pipeline, plan)?)));
    found.filter(|(_, steps)| !steps.is_empty()).collect()
}

/// The preprocessors and trainers of a loop that nothing in it needs but the cross-validation that
/// judges it, which fits them anew.
fn waiting(of: &Loop, pipeline: &Pipeline, plan: &Plan) -> Option<Vec<String>> {
    let select = of.select.as_ref()?;
    // How long other loops are is told by the steps that begin them.
    let Items::Known(_) = of.items else {
        return None;
    };
    let judge = of.instance(&select.step, 0)?;
    let judge = pipeline
        .steps
        .get(&judge)
        .filter(|judge| !judge.folds().is_empty())?;
    let name_of = |step: &str| {
        let mut body = of.body.iter();
        body.find(|name| of.instance(name, 0).as_deref() == Some(step))
    };
    let is_fitted = |name: &&String| {
        let planned = of.instance(name, 0).and_then(|step| plan.step(&step));
        planned.is_some_and(|planned| {
            matches!(planned.work.kind(), Kind::Preprocessor | Kind::Trainer)
        })
    };
    let mut waiting: Vec<&String> = of.body.iter().filter(is_fitted).collect();
    waiting.retain(|name| !asks_for(judge, name));
    loop {
        let before = waiting.len();
        for step in &plan.steps {
            // Of others in the same iteration, those that do not wait need what they need now.
            let own =
                name_of(&step.name).filter(|own| **own != select.step && !waiting.contains(own));
            if own.is_some() {
                waiting.retain(|name| {
                    let instance = of.instance(name, 0).unwrap_or_default();
                    !step.needs.contains(&instance)
                });
            }
        }
        if waiting.len() == before {
            return Some(waiting.into_iter().cloned().collect());
        }
    }
}

/// Whether a step needs to know how another one has ended, beside taking its model.
fn asks_for(judge: &Step, name: &str) -> bool {
    let when = judge.control.when.iter();
    let mut asked = when.flat_map(|when| when.expression.steps());
    judge.after.iter().any(|after| after == name) || asked.any(|step| step == name)
}

/// Has the steps that are deferred wait for all that judge in their loop, and these for them no more.
pub(super) fn put_off(
    of: &Loop,
    deferred: &[String],
    index: &HashMap<String, usize>,
    nodes: &mut Vec<Node>,
) {
    let Some(select) = &of.select else { return };
    let choice = nodes.len();
    let at = |name: &str, iteration| {
        let instance = of.instance(name, iteration)?;
        index.get(&instance).copied()
    };
    let mut judges = 0;
    let mut all = Vec::new();
    for iteration in 0..of.items.most() {
        let Some(judge) = at(&select.step, iteration) else {
            continue;
        };
        judges += 1;
        nodes[judge].needed_by.push(choice);
        for step in deferred.iter().filter_map(|name| at(name, iteration)) {
            let needed_by = &mut nodes[step].needed_by;
            let before = needed_by.len();
            needed_by.retain(|next| *next != judge);
            let taken = before - needed_by.len();
            nodes[judge].missing -= taken;
            nodes[step].missing += 1;
            all.push(step);
        }
    }
    nodes.push(Node {
        name: of.name.clone(),
        role: Role::Choice,
        state: State::Waiting,
        missing: judges,
        needed_by: all,
    });
}

impl Schedule {
    /// Whether a step of a loop waits until that has selected.
    pub(super) fn is_deferred(&self, of: &str, written: &str) -> bool {
        let deferred = self.deferred.get(of);
        deferred.is_some_and(|deferred| deferred.iter().any(|step| step == written))
    }

    /// Whether `judge` decides on a model that is fitted on all rows when it has.
    pub(super) fn is_judged_before(&self, model: &str, judge: &Step) -> bool {
        let iteration = judge.iteration.as_ref();
        iteration.is_some_and(|iteration| {
            let is_judge = !judge.folds().is_empty();
            let of = &self.pipeline.loops[&iteration.of];
            let mut body = of.body.iter();
            let written =
                body.find(|step| of.instance(step, iteration.index).as_deref() == Some(model));
            is_judge && written.is_some_and(|step| self.is_deferred(&of.name, step))
        })
    }

    /// Why a candidate is not fitted on all rows, if it is not.
    pub(super) fn not_selected(&mut self, step: &Step) -> Result<Option<String>> {
        let Some(iteration) = &step.iteration else {
            return Ok(None);
        };
        let pipeline = self.pipeline.clone();
        let of = &pipeline.loops[&iteration.of];
        // In a fold it has another name, and is fitted for each candidate.
        let own = of.instance(&step.written, iteration.index);
        if !self.is_deferred(&of.name, &step.written) || own.as_ref() != Some(&step.name) {
            return Ok(None);
        }
        Ok(match self.hand_on(of)? {
            Some(selected) if selected == iteration.index => None,
            Some(selected) => Some(format!(
                "iteration {} was selected, which alone is fitted on all rows",
                selected + 1
            )),
            None => Some(format!("no iteration of `{}` can be handed on", of.name)),
        })
    }
}
