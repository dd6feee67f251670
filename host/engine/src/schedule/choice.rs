//! What a step depends on beside the end of others: conditions, what a switch picks, and what a
//! loop hands on.

use mlhost_pipeline::{Best, Items, Iteration, Loop, Select};
use mlhost_sandbox::Better;

use super::{Error, Map, Next, Result, Schedule, State, Step, Value};
use crate::StepStatus;

/// What a name stands for.
pub(super) enum Resolved {
    One(usize),
    /// All iterations of a loop that hands on all of them.
    All(Vec<usize>),
    /// Nothing, for this reason.
    Nothing(String),
}

impl Schedule {
    /// The step that a name stands for where no step of the plan has it: what a loop hands on, or
    /// a switch has picked.
    pub(crate) fn stands_for(&mut self, name: &str) -> Option<String> {
        match self.resolve(name, None) {
            Ok(Resolved::One(at)) => Some(self.nodes[at].name.clone()),
            _ => None,
        }
    }

    /// The steps with gates of the iteration that a loop hands on.
    ///
    /// # Errors
    /// See [`conclude_loops`](Self::conclude_loops).
    pub(super) fn judge(&mut self, of: &Loop) -> Result<Next> {
        let handed_on = self.hand_on(of)?;
        let instances = handed_on.into_iter().flat_map(|index| {
            of.body
                .iter()
                .filter_map(move |name| of.instance(name, index))
        });
        let pipeline = &self.pipeline;
        let gated = instances.filter(|name| {
            pipeline
                .steps
                .get(name)
                .is_some_and(|step| !step.gates.is_empty())
        });
        Ok(Next::Judge {
            of: of.name.clone(),
            steps: gated.collect(),
        })
    }

    /// Whether an iteration of a loop takes place at all.
    pub(super) fn is_reached(&mut self, step: &Step) -> Result<bool> {
        let Some(iteration) = &step.iteration else {
            return Ok(true);
        };
        let pipeline = self.pipeline.clone();
        let found = &pipeline.loops[&iteration.of];
        if !found.begin.contains(&step.written) {
            let mut first = self.beginning(found, iteration.index);
            return Ok(!first.any(|at| matches!(self.nodes[at].state, State::NotReached)));
        }
        match &found.items {
            Items::Known(_) => Ok(true),
            Items::Listed { list, limit, .. } => {
                Ok(iteration.index < self.list(found, list, *limit, step)?.len())
            }
            Items::Until { until, .. } => {
                let Some(before) = iteration.index.checked_sub(1) else {
                    return Ok(true);
                };
                let all_done = found.body.iter().all(|name| {
                    let at = self.iteration(found, name, before);
                    at.is_some_and(|at| self.is_done(at))
                });
                let Some(before) = self.beginning(found, before).next().filter(|_| all_done) else {
                    return Ok(false);
                };
                let before = &pipeline.steps[&self.nodes[before].name];
                Ok(!self.holds(until, before)?)
            }
        }
    }

    /// Why a step is not run, if it is not.
    pub(super) fn why_not(&mut self, step: &Step) -> Result<Option<String>> {
        let pipeline = self.pipeline.clone();
        if let Some(reason) = self.not_called(step) {
            return Ok(Some(reason));
        }
        let governing = pipeline.switches.values().find_map(|switch| {
            let mut cases = switch.cases.iter();
            let case = cases.find(|case| case.steps().any(|name| *name == step.written))?;
            Some((switch, case))
        });
        if let Some((switch, case)) = governing {
            let picked = self.pick(&switch.name, step)?;
            if picked.as_ref() != Some(&case.step) {
                return Ok(Some(match picked {
                    Some(other) => format!("`{}` picked `{other}`", switch.name),
                    None => format!("`{}` picked nothing", switch.name),
                }));
            }
        }
        let lenient = step.control.after_any || step.control.finally;
        let inputs: Vec<&str> = step
            .input
            .references()
            .map(|input| input.name.as_str())
            .collect();
        for name in step.requires() {
            if pipeline.data.contains_key(crate::opened::data_name(name)) {
                continue;
            }
            let is_input = inputs.contains(&name);
            if lenient && !is_input || self.is_judged_before(name, step) {
                continue;
            }
            let reason = match self.resolve(name, Some(step))? {
                Resolved::One(at) if self.is_done(at) => None,
                Resolved::One(at) => Some(self.lacking(at)),
                Resolved::All(all) if is_input => {
                    let none = !all.iter().any(|at| self.is_done(*at));
                    none.then(|| format!("no iteration of `{name}` was done"))
                }
                Resolved::All(all) => {
                    let reached =
                        |at: &&usize| !matches!(self.nodes[**at].state, State::NotReached);
                    let mut reached = all.iter().filter(reached);
                    reached
                        .find(|at| !self.is_done(**at))
                        .map(|at| self.lacking(*at))
                }
                Resolved::Nothing(reason) => Some(reason),
            };
            if reason.is_some() {
                return Ok(reason);
            }
        }
        let folds = step
            .folds()
            .into_iter()
            .filter_map(|fold| self.index.get(&fold).copied());
        if let Some(missing) = folds.into_iter().find(|at| !self.is_done(*at)) {
            return Ok(Some(self.lacking(missing)));
        }
        match &step.control.when {
            Some(when) if !self.holds(when, step)? => {
                Ok(Some(format!("`{}` is false", when.expression.text())))
            }
            _ => Ok(None),
        }
    }

    /// Why a step that follows the failure of others does not run.
    fn not_called(&self, step: &Step) -> Option<String> {
        let callers = self.called_by.get(&step.written)?.iter();
        let mut callers = callers.map(|at| &self.nodes[*at]).filter(|node| {
            let caller = self.pipeline.steps.get(&node.name);
            caller.is_some_and(|caller| step.may_follow(caller))
        });
        let failed =
            callers.any(|node| matches!(&node.state, State::Ended(facts) if facts.has_failed()));
        (!failed).then(|| "nothing failed that it follows".to_owned())
    }

    fn lacking(&self, at: usize) -> String {
        let node = &self.nodes[at];
        match &node.state {
            State::Ended(facts) if facts.status == StepStatus::Failed => {
                format!("`{}` failed", node.name)
            }
            State::Ended(facts) => format!("`{}` was {}", node.name, facts.status.word()),
            State::NotReached => format!("the loop did not come to `{}`", node.name),
            State::Waiting | State::Running => format!("`{}` did not end", node.name),
        }
    }

    fn is_done(&self, at: usize) -> bool {
        matches!(&self.nodes[at].state, State::Ended(facts) if facts.status == StepStatus::Done)
    }

    /// Whether another iteration of its loop may start; takes the place.
    pub(super) fn has_place(&mut self, step: &Step) -> bool {
        let Some(iteration) = &step.iteration else {
            return true;
        };
        let most = self.pipeline.loops[&iteration.of].max_parallel;
        let running = self.running.entry(iteration.of.clone()).or_default();
        let is_full = most.is_some_and(|most| running.len() >= most as usize);
        let has_place = running.contains(&iteration.index) || !is_full;
        if has_place {
            running.insert(iteration.index);
        }
        has_place
    }

    /// The variables of the loop of a step, where they became known in this run.
    pub(super) fn values(&self, step: &Step) -> Option<Map<String, Value>> {
        let iteration = step.iteration.as_ref();
        let late = iteration.filter(|iteration| iteration.values.is_none());
        // The list was evaluated to tell whether there is such an iteration.
        late.and_then(|iteration| self.values_of(iteration))
    }

    /// The variables of an iteration, as far as they are known by now.
    pub(super) fn values_of(&self, iteration: &Iteration) -> Option<Map<String, Value>> {
        let listed = || match &self.pipeline.loops[&iteration.of].items {
            Items::Listed { variable, .. } => {
                let item = self.lists.get(&iteration.of)?.get(iteration.index)?;
                Some(Map::from_iter([(variable.clone(), item.clone())]))
            }
            Items::Known(_) | Items::Until { .. } => None,
        };
        iteration.values.clone().or_else(listed)
    }

    pub(super) fn iteration(&self, of: &Loop, step: &str, index: usize) -> Option<usize> {
        self.index.get(&of.instance(step, index)?).copied()
    }

    /// The steps that a loop is for, in an iteration.
    pub(super) fn beginning(&self, of: &Loop, index: usize) -> impl Iterator<Item = usize> {
        let first = of.begin.iter();
        first.filter_map(move |step| self.iteration(of, step, index))
    }

    pub(super) fn resolve(&mut self, name: &str, from: Option<&Step>) -> Result<Resolved> {
        if let Some(at) = self.index.get(name) {
            return Ok(Resolved::One(*at));
        }
        let pipeline = self.pipeline.clone();
        if let Some(of) = self.loop_of.get(name).cloned() {
            let found = &pipeline.loops[&of];
            let inside = from.and_then(|step| step.iteration.as_ref());
            if let Some(inside) = inside.filter(|inside| inside.of == of) {
                let same = self.iteration(found, name, inside.index);
                return Ok(same.map_or_else(|| Resolved::Nothing(unknown(name)), Resolved::One));
            }
            if !found.hands_on_one() {
                let all =
                    (0..found.items.most()).filter_map(|index| self.iteration(found, name, index));
                return Ok(Resolved::All(all.collect()));
            }
            let chosen = self.hand_on(found)?;
            let chosen = chosen.and_then(|index| self.iteration(found, name, index));
            return Ok(chosen.map_or_else(
                || Resolved::Nothing(format!("no iteration of `{of}` can be handed on")),
                Resolved::One,
            ));
        }
        if pipeline.switches.contains_key(name) {
            return match self.picked.get(name).cloned().flatten() {
                Some(step) => self.resolve(&step, from),
                None => Ok(Resolved::Nothing(format!("`{name}` picked nothing"))),
            };
        }
        Ok(Resolved::Nothing(unknown(name)))
    }

    /// The iteration that a loop hands on, once all its steps have ended.
    pub(super) fn hand_on(&mut self, of: &Loop) -> Result<Option<usize>> {
        if let Some(known) = self.handed_on.get(&of.name) {
            return Ok(*known);
        }
        let mut all = (0..of.items.most()).flat_map(|index| {
            let body = of.body.iter();
            let body = body.filter(|step| !self.is_deferred(&of.name, step));
            body.filter_map(move |step| of.instance(step, index))
        });
        let has_ended = |name: String| {
            let at = self.index.get(&name);
            at.is_none_or(|at| self.has_ended(&self.nodes[*at]))
        };
        if !all.all(has_ended) {
            // Only a run that was stopped asks so early, and then nothing is handed on.
            return Ok(None);
        }
        let handed_on = match &of.select {
            Some(select) => self.best(of, select)?,
            None => (0..of.items.most()).rev().find(|index| {
                let mut last = self.beginning(of, *index);
                last.any(|at| matches!(self.nodes[at].state, State::Ended(_)))
            }),
        };
        self.handed_on.insert(of.name.clone(), handed_on);
        Ok(handed_on)
    }

    /// The iteration with the best metric; the first of several that are equally good. One that
    /// failed, or whose metric is no number, is none of them.
    fn best(&self, of: &Loop, select: &Select) -> Result<Option<usize>> {
        let mut best: Option<(usize, f64)> = None;
        for index in 0..of.items.most() {
            let judge = self.iteration(of, &select.step, index);
            let Some(judge) = judge.filter(|at| self.is_done(*at)) else {
                continue;
            };
            // Of several steps some may have had nothing to do, and the judge need not need all.
            let status = self.status_of(of, index);
            if status != Some(StepStatus::Done) {
                continue;
            }
            let State::Ended(facts) = &self.nodes[judge].state else {
                continue;
            };
            let Some(metric) = facts.metric(&select.metric) else {
                return Err(Error::NoMetric {
                    step: select.step.clone(),
                    metric: select.metric.clone(),
                    known: facts.fields(),
                });
            };
            let highest = match (select.best, facts.better(&select.metric)) {
                (Some(best), _) => best == Best::Max,
                (None, Some(better)) => better == Better::Higher,
                (None, None) => {
                    return Err(Error::NoDirection {
                        step: of.name.clone(),
                        metric: format!("{}.{}", select.step, select.metric),
                    });
                }
            };
            let is_better = |(_, other): (usize, f64)| {
                if highest {
                    metric > other
                } else {
                    metric < other
                }
            };
            if !metric.is_nan() && best.is_none_or(is_better) {
                best = Some((index, metric));
            }
        }
        Ok(best.map(|(index, _)| index))
    }

    /// What a switch picks: the first case whose condition is true.
    fn pick(&mut self, switch: &str, by: &Step) -> Result<Option<String>> {
        if let Some(picked) = self.picked.get(switch) {
            return Ok(picked.clone());
        }
        let pipeline = self.pipeline.clone();
        let mut picked = None;
        for case in &pipeline.switches[switch].cases {
            let holds = match &case.when {
                Some(when) => self.holds(when, by)?,
                None => true,
            };
            if holds {
                picked = Some(case.step.clone());
                break;
            }
        }
        self.picked.insert(switch.to_owned(), picked.clone());
        Ok(picked)
    }
}

fn unknown(name: &str) -> String {
    format!("there is no `{name}`")
}
