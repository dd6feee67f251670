//! Which step of a run may start, which is skipped, and when all is done. A state machine without
//! threads, clocks and files: it is told how steps ended, and says what follows.

mod choice;
mod deferral;
mod expressions;
mod facts;
mod outcome;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use mlhost_pipeline::{Condition, Loop, OnFailure, Pipeline, Plan, Step};
use serde_json::{Map, Value};

pub(crate) use facts::{Facts, Scope};
pub use outcome::{IterationOutcome, LoopOutcome};
pub(crate) use outcome::{is_meant, written_names};

use crate::{Error, Result, StepStatus};

/// What follows for a step whose needs have ended.
#[derive(Debug)]
pub(crate) enum Next {
    /// It runs, and what it refers to stands for these steps.
    Run(Start),
    /// It is skipped, for this reason.
    Skip { step: String, reason: String },
    /// It fails before it runs: a condition or a list of the pipeline has no value.
    Fail { step: String, error: Error },
    /// All iterations of this loop have ended, and the gates of these steps of the one that it
    /// hands on decide before anything else goes on with it.
    Judge { of: String, steps: Vec<String> },
    /// All iterations of a loop have ended, and nothing can be handed on: the run ends.
    Lost { error: Error },
}

/// A step that may start.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) step: String,
    /// The variables of its loop, where they became known in this run.
    pub(crate) values: Option<Map<String, Value>>,
}

/// What the failure of a step means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consequence {
    GoOn,
    Stop,
}

#[derive(Clone, Debug)]
enum State {
    Waiting,
    Running,
    /// It ended, and this is known of it.
    Ended(Facts),
    /// An iteration that a loop does not have.
    NotReached,
}

/// What is to be done with a step whose needs have ended.
enum Verdict {
    NotReached,
    Skip(String),
    /// Others of its loop have to end first.
    Hold,
    Run(Option<Map<String, Value>>),
}

/// What a node of the schedule stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Step,
    /// The gates of a loop.
    Gates,
    /// That a loop has selected, where steps of it wait for that.
    Choice,
}

struct Node {
    /// The step, or the loop.
    name: String,
    role: Role,
    state: State,
    /// How many of the steps that it needs have not ended.
    missing: usize,
    needed_by: Vec<usize>,
}

/// The steps of a run and how far they are.
pub(crate) struct Schedule {
    pipeline: Arc<Pipeline>,
    nodes: Vec<Node>,
    index: HashMap<String, usize>,
    /// The loop that a step of the file is in, by its name there.
    loop_of: HashMap<String, String>,
    /// Steps whose needs have ended.
    ready: VecDeque<usize>,
    /// Steps that wait for a place among the iterations of their loop that may run at once, by
    /// their iteration.
    held: HashMap<String, BTreeMap<usize, Vec<usize>>>,
    /// The steps whose failure calls a step, by the name of that in the file.
    called_by: HashMap<String, Vec<usize>>,
    /// The iterations of each loop that run.
    running: HashMap<String, BTreeSet<usize>>,
    /// What each loop has handed on, once all its steps have ended.
    handed_on: HashMap<String, Option<usize>>,
    /// What each switch has picked.
    picked: HashMap<String, Option<String>>,
    /// The items of lists that became known.
    lists: HashMap<String, Vec<Value>>,
    /// The steps of each loop that wait until it has selected, by their names in the file.
    deferred: HashMap<String, Vec<String>>,
    /// How many steps have not ended, the `finally` ones aside.
    open: usize,
    steps_running: usize,
    finally: Vec<usize>,
    stopping: bool,
}

impl Schedule {
    pub(crate) fn new(pipeline: Arc<Pipeline>, plan: &Plan) -> Self {
        let names = plan.steps.iter().map(|step| step.name.clone());
        let index: HashMap<String, usize> =
            names.enumerate().map(|(at, name)| (name, at)).collect();
        let mut nodes: Vec<Node> = plan
            .steps
            .iter()
            .map(|step| Node {
                name: step.name.clone(),
                role: Role::Step,
                state: State::Waiting,
                missing: step.needs.len(),
                needed_by: Vec::new(),
            })
            .collect();
        for (at, step) in plan.steps.iter().enumerate() {
            for need in &step.needs {
                nodes[index[need]].needed_by.push(at);
            }
        }
        let deferred = deferral::deferred(&pipeline, plan);
        for (of, steps) in &deferred {
            deferral::put_off(&pipeline.loops[of], steps, &index, &mut nodes);
        }
        let judged = pipeline
            .loops
            .values()
            .filter(|of| is_judged(&pipeline, of));
        for of in judged {
            add_judgement(of, &index, &mut nodes);
        }
        let mut called_by: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, node) in nodes.iter().enumerate() {
            if let Some(step) = pipeline.steps.get(&node.name)
                && let OnFailure::Step(called, _) = &step.control.on_failure
            {
                called_by.entry(called.clone()).or_default().push(at);
            }
        }
        let is_finally = |at: &usize| is_finally(&pipeline, &nodes[*at]);
        let (finally, others): (Vec<usize>, Vec<usize>) = (0..nodes.len()).partition(is_finally);
        let ready = others.iter().copied().filter(|at| nodes[*at].missing == 0);
        let bodies = pipeline.loops.values();
        let bodies = bodies.flat_map(|found| {
            found
                .body
                .iter()
                .map(|step| (step.clone(), found.name.clone()))
        });
        Self {
            ready: ready.collect(),
            loop_of: bodies.collect(),
            held: HashMap::new(),
            called_by,
            running: HashMap::new(),
            handed_on: HashMap::new(),
            picked: HashMap::new(),
            lists: HashMap::new(),
            deferred,
            open: others.len(),
            steps_running: 0,
            finally,
            stopping: false,
            index,
            nodes,
            pipeline,
        }
    }

    /// What may start now, and what is skipped, in part: nothing when steps have to end first, or
    /// all have.
    pub(crate) fn next(&mut self) -> Vec<Next> {
        let mut following = Vec::new();
        loop {
            self.release_held();
            while let Some(at) = self.ready.pop_front() {
                following.extend(self.decide(at));
                if matches!(
                    following.last(),
                    Some(Next::Fail { .. } | Next::Lost { .. })
                ) {
                    // Whether anything else starts depends on what follows from that.
                    return following;
                }
                if self.ready.is_empty() {
                    self.release_held();
                }
            }
            let over = self.open == 0 || self.stopping;
            if self.steps_running > 0 || !over || self.finally.is_empty() {
                return following;
            }
            let (ready, later) = std::mem::take(&mut self.finally)
                .into_iter()
                .partition(|at| self.finally_is_ready(*at));
            self.ready = VecDeque::from(ready);
            self.finally = later;
            if self.ready.is_empty() {
                return following;
            }
        }
    }

    /// A `finally` step waits for those among its needs that are `finally` steps too.
    fn finally_is_ready(&self, at: usize) -> bool {
        let waits = |node: &Node| {
            let finally = is_finally(&self.pipeline, node);
            finally && !self.has_ended(node) && node.needed_by.contains(&at)
        };
        !self.nodes.iter().any(waits)
    }

    fn has_ended(&self, node: &Node) -> bool {
        matches!(node.state, State::Ended(_) | State::NotReached)
    }

    /// No further steps start, but for the `finally` ones.
    pub(crate) fn stop(&mut self) {
        self.stopping = true;
        let (pipeline, nodes) = (&self.pipeline, &self.nodes);
        let is_last = |at: &usize| is_finally(pipeline, &nodes[*at]);
        self.ready.retain(is_last);
        for steps in self.held.values_mut().flat_map(BTreeMap::values_mut) {
            steps.retain(is_last);
        }
    }

    /// Says that a step has ended, and gives what that means for the run.
    pub(crate) fn ended(&mut self, step: &str, facts: Facts) -> Consequence {
        let Some(at) = self.index.get(step).copied() else {
            return Consequence::GoOn;
        };
        let failed = facts.has_failed();
        self.settle(at, State::Ended(facts));
        self.consequence(step, failed)
    }

    /// Says what the gates decided on a step of the iteration that a loop hands on.
    pub(crate) fn judged(&mut self, step: &str, facts: Facts) -> Consequence {
        let Some(at) = self.index.get(step).copied() else {
            return Consequence::GoOn;
        };
        let failed = facts.has_failed();
        self.nodes[at].state = State::Ended(facts);
        self.consequence(step, failed)
    }

    /// Says that all gates of a loop have decided.
    pub(crate) fn closed(&mut self, of: &str) {
        let is_judgement = |node: &Node| node.role == Role::Gates && node.name == of;
        if let Some(at) = self.nodes.iter().position(is_judgement) {
            self.settle(at, State::NotReached);
        }
    }

    fn consequence(&mut self, step: &str, failed: bool) -> Consequence {
        if failed && self.pipeline.steps[step].control.on_failure == OnFailure::Stop {
            self.stop();
            return Consequence::Stop;
        }
        Consequence::GoOn
    }

    /// A step that waits when nothing runs and nothing follows, which must not be.
    pub(crate) fn stuck(&self) -> Option<&str> {
        let waits = |node: &&Node| matches!(node.state, State::Waiting);
        let waiting = self.nodes.iter().find(waits)?;
        (!self.stopping).then_some(waiting.name.as_str())
    }

    /// The facts of a step that has ended.
    pub(crate) fn facts(&self, step: &str) -> Option<&Facts> {
        match &self.nodes[*self.index.get(step)?].state {
            State::Ended(facts) => Some(facts),
            _ => None,
        }
    }

    fn settle(&mut self, at: usize, state: State) {
        let finally = is_finally(&self.pipeline, &self.nodes[at]);
        let step = self.pipeline.steps.get(&self.nodes[at].name);
        if let Some(iteration) = step.and_then(|step| step.iteration.as_ref())
            && let Some(found) = self.pipeline.loops.get(&iteration.of)
        {
            // What waits for the end of all iterations holds up none of them.
            let body = found.body.iter();
            let body = body.filter(|name| !self.is_deferred(&found.name, name));
            let ended = |name: &String| {
                let instance = found.instance(name, iteration.index)?;
                let at = *self.index.get(&instance)?;
                Some(at)
            };
            let others = body.filter_map(ended);
            let open = others
                .filter(|other| *other != at)
                .any(|other| !self.has_ended(&self.nodes[other]));
            if !open {
                let running = self.running.get_mut(&iteration.of);
                running.map(|running| running.remove(&iteration.index));
            }
        }
        if matches!(self.nodes[at].state, State::Running) {
            self.steps_running -= 1;
        }
        self.nodes[at].state = state;
        if !finally {
            self.open -= 1;
        }
        for next in std::mem::take(&mut self.nodes[at].needed_by) {
            let node = &mut self.nodes[next];
            node.missing -= 1;
            let waits = node.missing == 0 && matches!(node.state, State::Waiting);
            if waits && !self.stopping && !is_finally(&self.pipeline, node) {
                self.ready.push_back(next);
            }
        }
    }

    /// Lets as many iterations of each loop go on as there are places, each with all its steps.
    fn release_held(&mut self) {
        for (of, held) in &mut self.held {
            let most = self.pipeline.loops[of].max_parallel.unwrap_or(u32::MAX) as usize;
            let running = self.running.get(of);
            let on_their_way = running.into_iter().flatten();
            let steps = on_their_way.filter_map(|iteration| held.remove(iteration));
            self.ready.extend(steps.flatten());
            let free = most.saturating_sub(running.map_or(0, BTreeSet::len));
            let more = (0..free).map_while(|_| held.pop_first());
            self.ready.extend(more.flat_map(|(_, steps)| steps));
        }
    }

    fn decide(&mut self, at: usize) -> Option<Next> {
        let pipeline = self.pipeline.clone();
        match self.nodes[at].role {
            Role::Step => {}
            Role::Gates => {
                self.run(at);
                let judged = self.judge(&pipeline.loops[&self.nodes[at].name]);
                return Some(judged.unwrap_or_else(|error| {
                    self.settle(at, State::NotReached);
                    self.stop();
                    Next::Lost { error }
                }));
            }
            Role::Choice => {
                self.settle(at, State::NotReached);
                return None;
            }
        }
        let step = &pipeline.steps[&self.nodes[at].name];
        let name = step.name.clone();
        match self.verdict(step) {
            Ok(Verdict::NotReached) => {
                self.settle(at, State::NotReached);
                None
            }
            Ok(Verdict::Skip(reason)) => {
                self.settle(at, State::Ended(Facts::of_status(StepStatus::Skipped)));
                Some(Next::Skip { step: name, reason })
            }
            Ok(Verdict::Hold) => {
                if let Some(iteration) = &step.iteration {
                    let held = self.held.entry(iteration.of.clone()).or_default();
                    held.entry(iteration.index).or_default().push(at);
                }
                None
            }
            Ok(Verdict::Run(values)) => {
                self.run(at);
                Some(Next::Run(Start { step: name, values }))
            }
            Err(error) => {
                self.run(at);
                Some(Next::Fail { step: name, error })
            }
        }
    }

    fn run(&mut self, at: usize) {
        self.nodes[at].state = State::Running;
        self.steps_running += 1;
    }

    fn verdict(&mut self, step: &Step) -> Result<Verdict> {
        if !self.is_reached(step)? {
            return Ok(Verdict::NotReached);
        }
        if let Some(reason) = self.not_selected(step)? {
            return Ok(Verdict::Skip(reason));
        }
        if let Some(reason) = self.why_not(step)? {
            return Ok(Verdict::Skip(reason));
        }
        if !self.has_place(step) {
            return Ok(Verdict::Hold);
        }
        Ok(Verdict::Run(self.values(step)))
    }
}

fn is_finally(pipeline: &Pipeline, node: &Node) -> bool {
    let step = pipeline.steps.get(&node.name);
    step.is_some_and(|step| step.control.finally)
}

/// Whether gates decide on what a loop hands on.
pub(crate) fn is_judged(pipeline: &Pipeline, of: &Loop) -> bool {
    let gated = |name: &String| {
        let step = pipeline.steps.get(&of.instance(name, 0)?)?;
        Some(!step.gates.is_empty())
    };
    of.select.is_some() && of.body.iter().filter_map(gated).any(|gated| gated)
}

/// Puts the gates of a loop between its steps and those that wait for what it hands on.
fn add_judgement(of: &Loop, index: &HashMap<String, usize>, nodes: &mut Vec<Node>) {
    let at = nodes.len();
    let instances = (0..of.items.most()).flat_map(|iteration| {
        of.body
            .iter()
            .filter_map(move |name| of.instance(name, iteration))
    });
    let instances: BTreeSet<usize> = instances
        .filter_map(|name| index.get(&name).copied())
        .collect();
    let mut outside = BTreeSet::new();
    for instance in &instances {
        let needed_by = nodes[*instance].needed_by.iter().copied();
        outside.extend(needed_by.filter(|next| !instances.contains(next)));
        nodes[*instance].needed_by.push(at);
    }
    for next in &outside {
        nodes[*next].missing += 1;
    }
    nodes.push(Node {
        name: of.name.clone(),
        role: Role::Gates,
        state: State::Waiting,
        missing: instances.len(),
        needed_by: outside.into_iter().collect(),
    });
}
