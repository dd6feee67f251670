//! Which step needs which: the order of running and the cycles. Steps are known by their index in
//! the order of the file, which also decides between steps that could both come next, so that a
//! plan is always the same.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use indexmap::IndexMap;

use crate::control::{Case, Items, OnFailure, Switch};
use crate::pipeline::Step;
use crate::unroll::Loop;

pub(crate) struct Graph {
    /// For each step the steps it needs, ascending and without repetition.
    needs: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of the references among steps: those by `input` and `after`, and those of
    /// conditions. A step waits for all iterations of a loop of which it takes what comes out, and
    /// for all cases of a switch.
    pub(crate) fn new(
        steps: &IndexMap<String, Step>,
        loops: &IndexMap<String, Loop>,
        switches: &IndexMap<String, Switch>,
    ) -> Self {
        let references = References::new(steps, loops, switches);
        let needs = steps
            .values()
            .map(|step| references.of(step).into_iter().collect());
        Self {
            needs: needs.collect(),
        }
    }

    /// The steps that a step needs.
    pub(crate) fn needs(&self, step: usize) -> &[usize] {
        &self.needs[step]
    }

    /// The steps in an order in which each comes after those it needs. Steps on a cycle, and those
    /// that need them, are left out.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.needs.len());
        let mut missing: Vec<usize> = self.needs.iter().map(Vec::len).collect();
        let mut needed_by = vec![Vec::new(); self.needs.len()];
        for (step, needs) in self.needs.iter().enumerate() {
            for need in needs {
                needed_by[*need].push(step);
            }
        }
        let ready = missing
            .iter()
            .enumerate()
            .filter(|(_, missing)| **missing == 0);
        let mut ready: BinaryHeap<_> = ready.map(|(step, _)| Reverse(step)).collect();
        while let Some(Reverse(step)) = ready.pop() {
            order.push(step);
            for next in &needed_by[step] {
                missing[*next] -= 1;
                if missing[*next] == 0 {
                    ready.push(Reverse(*next));
                }
            }
        }
        order
    }

    /// Cycles, each as the steps on it from the first in the file on, such that every step that
    /// waits for ever is on one of them or needs a step that is.
    pub(crate) fn cycles(&self) -> Vec<Vec<usize>> {
        let mut visited = vec![false; self.needs.len()];
        let mut stuck = vec![true; self.needs.len()];
        for step in self.order() {
            stuck[step] = false;
        }
        let mut cycles = Vec::new();
        for start in 0..self.needs.len() {
            // From a stuck step there is always a way to another stuck one, so that the way ends
            // where it has been before: on this walk, which is a new cycle, or on an earlier one.
            let mut walk = Vec::new();
            let mut next = stuck[start].then_some(start);
            while let Some(step) = next.filter(|step| !visited[*step]) {
                visited[step] = true;
                walk.push(step);
                next = self.needs[step].iter().copied().find(|need| stuck[*need]);
            }
            let closing = next.and_then(|step| walk.iter().position(|on_walk| *on_walk == step));
            if let Some(position) = closing {
                cycles.push(from_smallest(walk.split_off(position)));
            }
        }
        cycles
    }
}

fn from_smallest(mut cycle: Vec<usize>) -> Vec<usize> {
    let smallest = cycle.iter().enumerate().min_by_key(|(_, step)| **step);
    let position = smallest.map_or(0, |(position, _)| position);
    cycle.rotate_left(position);
    cycle
}

/// What the names in a pipeline stand for.
struct References<'a> {
    steps: &'a IndexMap<String, Step>,
    switches: &'a IndexMap<String, Switch>,
    /// The loop that a step of the file is in.
    loop_of: HashMap<&'a str, &'a Loop>,
    /// All steps of all iterations of a loop.
    iterations: HashMap<&'a str, Vec<usize>>,
    /// The switches that may pick a step of the file.
    picked_by: HashMap<&'a str, Vec<&'a Switch>>,
    /// The steps whose failure calls a step of the file.
    called_by: HashMap<&'a str, Vec<usize>>,
}

impl<'a> References<'a> {
    fn new(
        steps: &'a IndexMap<String, Step>,
        loops: &'a IndexMap<String, Loop>,
        switches: &'a IndexMap<String, Switch>,
    ) -> Self {
        let bodies = loops.values();
        let bodies =
            bodies.flat_map(|found| found.body.iter().map(move |step| (step.as_str(), found)));
        let mut references = Self {
            steps,
            switches,
            loop_of: bodies.collect(),
            iterations: HashMap::new(),
            picked_by: HashMap::new(),
            called_by: HashMap::new(),
        };
        for (index, step) in steps.values().enumerate() {
            if let Some(iteration) = &step.iteration {
                references
                    .iterations
                    .entry(iteration.of.as_str())
                    .or_default()
                    .push(index);
            }
            if let OnFailure::Step(called, _) = &step.control.on_failure {
                references.called_by.entry(called).or_default().push(index);
            }
        }
        for switch in switches.values() {
            for step in switch.cases.iter().flat_map(Case::steps) {
                references.picked_by.entry(step).or_default().push(switch);
            }
        }
        references
    }

    /// All steps that must have ended before a step starts.
    fn of(&self, step: &Step) -> BTreeSet<usize> {
        let mut needs = BTreeSet::new();
        for name in step.referenced_names() {
            self.add(name, step, &mut needs);
        }
        let folds = step.folds().into_iter();
        needs.extend(folds.filter_map(|fold| self.steps.get_index_of(&fold)));
        let written = step.written.as_str();
        for switch in self.picked_by.get(written).into_iter().flatten() {
            for name in switch
                .conditions()
                .flat_map(|condition| condition.expression.steps())
            {
                self.add(name, step, &mut needs);
            }
        }
        let callers = self.called_by.get(written).into_iter().flatten();
        let follows = |caller: &&usize| {
            let caller = self.steps.get_index(**caller);
            caller.is_some_and(|(_, caller)| step.may_follow(caller))
        };
        needs.extend(callers.filter(follows));
        if let (Some(iteration), Some(found)) = (&step.iteration, self.loop_of.get(written))
            && let (Items::Until { .. }, Some(before)) =
                (&found.items, iteration.index.checked_sub(1))
            && step.looping.is_some()
        {
            let before = found
                .body
                .iter()
                .filter_map(|member| found.instance(member, before));
            needs.extend(before.filter_map(|name| self.steps.get_index_of(&name)));
        }
        needs
    }

    fn add(&self, name: &str, by: &Step, needs: &mut BTreeSet<usize>) {
        if let Some(switch) = self.switches.get(name) {
            for case in &switch.cases {
                self.add(&case.step, by, needs);
            }
        }
        if let Some(found) = self.loop_of.get(name) {
            let iteration = by
                .iteration
                .as_ref()
                .filter(|iteration| iteration.of == found.name);
            match iteration.and_then(|iteration| found.instance(name, iteration.index)) {
                Some(same) => needs.extend(self.steps.get_index_of(&same)),
                None => needs.extend(
                    self.iterations
                        .get(found.name.as_str())
                        .into_iter()
                        .flatten(),
                ),
            }
        }
        needs.extend(self.steps.get_index_of(name));
    }
}
