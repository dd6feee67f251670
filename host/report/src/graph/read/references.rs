//! What the names in a pipeline stand for, as nodes of its graph.

use std::collections::HashMap;

use mlhost_pipeline::{Items, Loop, Pipeline, Step};

use crate::graph::model::{Node, NodeKind};

/// The nodes behind the names of a pipeline.
pub(super) struct References<'a> {
    pipeline: &'a Pipeline,
    data: HashMap<String, usize>,
    steps: HashMap<String, usize>,
    /// The name in the file of each step of each iteration.
    written: HashMap<&'a str, &'a str>,
}

/// Where something comes from.
pub(super) struct Origin<'a> {
    /// The data or step.
    pub(super) node: usize,
    /// Which side of a split.
    pub(super) side: Option<&'a str>,
    /// Which iterations of a loop.
    pub(super) iterations: Option<&'a str>,
}

/// Under which name the model of a step is registered.
pub(super) fn model(step: &Step) -> Option<String> {
    let name = step.register.as_ref()?;
    Some(match &step.alias {
        Some(alias) => format!("{name}@{alias}"),
        None => name.clone(),
    })
}

/// The registered model that a step reads: where the pipeline makes one of the same name, it is that of
/// before.
pub(super) fn registered(pipeline: &Pipeline, step: &Step) -> Option<String> {
    let name = step.input.registered_model()?.version.to_string();
    let mut steps = pipeline.steps.values();
    Some(
        match steps.any(|step| model(step).as_ref() == Some(&name)) {
            true => format!("{name} before the run"),
            false => name,
        },
    )
}

impl<'a> References<'a> {
    pub(super) fn new(pipeline: &'a Pipeline, nodes: &[Node]) -> Self {
        let named = |kinds: &[NodeKind]| {
            let nodes = nodes.iter().enumerate();
            let nodes = nodes.filter(|(_, node)| kinds.contains(&node.kind));
            nodes
                .map(|(index, node)| (node.name.clone(), index))
                .collect()
        };
        let steps = pipeline.steps.values();
        Self {
            pipeline,
            data: named(&[NodeKind::Data]),
            steps: named(&[NodeKind::Step, NodeKind::Switch]),
            written: steps
                .map(|step| (step.name.as_str(), step.written.as_str()))
                .collect(),
        }
    }

    /// The node of a step or switch, which may be one of an iteration.
    pub(super) fn step(&self, name: &str) -> Option<usize> {
        let name = self.written.get(name).copied().unwrap_or(name);
        self.steps.get(name).copied()
    }

    /// What a name stands for in the step `by`: a switch for each step that it may pick.
    pub(super) fn of<'b>(&'b self, name: &'b str, by: &str) -> Vec<Origin<'b>> {
        let mut origins = Vec::new();
        let mut names = vec![name];
        let mut seen = Vec::new();
        while let Some(name) = names.pop() {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            if let Some(switch) = self.pipeline.switches.get(name) {
                names.extend(switch.cases.iter().rev().map(|case| case.step.as_str()));
            } else if let Some(node) = self.step(name) {
                let written = self.written.get(name).copied().unwrap_or(name);
                origins.push(Origin {
                    node,
                    side: None,
                    iterations: self.handed_on(written, by),
                });
            } else {
                origins.extend(self.table(name));
            }
        }
        origins
    }

    /// Data, or one side of it.
    fn table<'b>(&self, name: &'b str) -> Option<Origin<'b>> {
        let whole = self.data.get(name).map(|node| (*node, None));
        let side = || {
            let (data, side) = name.rsplit_once('.')?;
            Some((*self.data.get(data)?, Some(side)))
        };
        let (node, side) = whole.or_else(side)?;
        Some(Origin {
            node,
            side,
            iterations: None,
        })
    }

    /// Which iterations of a step are handed on to `by`, if it is in a loop that `by` is not in.
    pub(super) fn handed_on(&self, step: &str, by: &str) -> Option<&'static str> {
        let has = |found: &Loop, name: &str| found.body.iter().any(|member| member == name);
        let mut loops = self.pipeline.loops.values();
        let found = loops.find(|found| has(found, step) && !has(found, by))?;
        Some(match (&found.items, &found.select) {
            (Items::Until { .. }, _) => "last",
            (_, Some(_)) => "best",
            (_, None) => "all",
        })
    }

    /// The nodes of a loop, also the switches that pick one of its steps.
    pub(super) fn body(&self, found: &Loop) -> Vec<usize> {
        let switches = self.pipeline.switches.values().filter(|switch| {
            let mut cases = switch.cases.iter();
            cases.any(|case| found.body.contains(&case.step))
        });
        let switches = switches.map(|switch| switch.name.as_str());
        let names = found.body.iter().map(String::as_str).chain(switches);
        names.filter_map(|name| self.step(name)).collect()
    }
}
