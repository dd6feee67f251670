//! Reads a pipeline into a graph: the steps as they are written, each once, however often it runs.

mod loops;
mod notes;
mod references;

use std::collections::{HashMap, HashSet};

use mlhost_pipeline::{Input, Items, OnFailure, Pipeline, Step, Switch, without_query};

use self::references::References;
use super::error::Error;
use super::model::{Edge, EdgeKind, Graph, GroupKind, Members, Node, NodeKind, OTHERWISE};
use super::words;

impl Graph {
    /// The graph of a pipeline. Its plugins need not be there.
    ///
    /// # Errors
    ///
    /// A cycle; a pipeline that has been parsed has none.
    pub fn of(pipeline: &Pipeline) -> Result<Self, Error> {
        let nodes = nodes(pipeline);
        let mut reader = Reader {
            references: References::new(pipeline, &nodes),
            pipeline,
            nodes,
            edges: Edges::default(),
        };
        for step in written(pipeline) {
            reader.step(step);
        }
        for switch in pipeline.switches.values() {
            reader.switch(switch);
        }
        reader.models();
        reader.finally();
        let groups = reader.groups();
        Self::new(&pipeline.name, reader.nodes, reader.edges.0, groups)
    }
}

/// Each step once; of a loop the first iteration.
fn written(pipeline: &Pipeline) -> impl Iterator<Item = &Step> {
    let is_first = |step: &&Step| match &step.iteration {
        Some(iteration) => iteration.index == 0,
        None => true,
    };
    pipeline.steps.values().filter(is_first)
}

/// Data, steps, switches and models, each kind in the order of the file.
fn nodes(pipeline: &Pipeline) -> Vec<Node> {
    let node = |name: &str, kind, about: String, notes| Node {
        name: name.to_owned(),
        kind,
        about,
        notes,
        group: None,
    };
    let data = pipeline.data.values().map(|data| {
        let path = without_query(&data.path).to_owned();
        node(&data.name, NodeKind::Data, path, notes::of_data(data))
    });
    let steps = written(pipeline).map(|step| {
        let plugin = step.plugin.to_string();
        node(
            &step.written,
            NodeKind::Step,
            plugin,
            notes::of_step(step, pipeline),
        )
    });
    let switches = pipeline.switches.values().map(|switch| {
        let about = "picks one of its steps".to_owned();
        node(&switch.name, NodeKind::Switch, about, Vec::new())
    });
    let mut nodes: Vec<Node> = data.chain(steps).chain(switches).collect();
    let mut seen = HashSet::new();
    for step in written(pipeline) {
        let Some(name) = references::model(step).filter(|name| seen.insert(name.clone())) else {
            continue;
        };
        let about = "registered when the run has passed".to_owned();
        nodes.push(node(&name, NodeKind::Model, about, Vec::new()));
    }
    for step in written(pipeline) {
        let name = references::registered(pipeline, step);
        let Some(name) = name.filter(|name| seen.insert(name.clone())) else {
            continue;
        };
        let about = "a registered model".to_owned();
        nodes.push(node(&name, NodeKind::Model, about, Vec::new()));
    }
    nodes
}

struct Reader<'a> {
    pipeline: &'a Pipeline,
    references: References<'a>,
    nodes: Vec<Node>,
    edges: Edges,
}

/// The edges, each once.
#[derive(Default)]
struct Edges(Vec<Edge>);

impl Edges {
    /// Adds an edge, unless there is one already that says more.
    fn connect(&mut self, edge: Edge) {
        let says_more = |other: &Edge| {
            (other.from, other.to) == (edge.from, edge.to)
                && (!edge.kind.hands_on() || other.words() == edge.words())
        };
        if edge.from != edge.to && !self.0.iter().any(says_more) {
            self.0.push(edge);
        }
    }
}

fn edge(from: usize, to: usize, kind: EdgeKind, label: Option<String>) -> Edge {
    Edge {
        from,
        to,
        kind,
        label,
        part: None,
    }
}

/// What is taken of which iterations: `best model`.
fn label(key: Option<&str>, iterations: Option<&str>) -> Option<String> {
    let key = match (key, iterations) {
        // Of several models of a loop one is taken, unless all are.
        (Some("models"), Some("best" | "last")) => Some("model"),
        _ => key,
    };
    let words: Vec<&str> = iterations.into_iter().chain(key).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

impl Reader<'_> {
    /// What a step takes and waits for.
    fn step(&mut self, step: &Step) {
        let Some(to) = self.references.step(&step.written) else {
            return;
        };
        let (single, named) = match &step.input {
            Input::Dataset(reference) => (Some((None, reference)), [].as_slice()),
            Input::Named(inputs) => (None, inputs.as_slice()),
        };
        let named = named.iter().flat_map(|input| {
            let references = input.references.iter();
            references.map(|reference| (Some(input.key.as_str()), reference))
        });
        for (key, reference) in single.into_iter().chain(named) {
            for source in self.references.of(&reference.name, &step.written) {
                let label = label(key, source.iterations);
                self.edges.connect(Edge {
                    from: source.node,
                    to,
                    kind: EdgeKind::Input,
                    label,
                    part: source.side.map(str::to_owned),
                });
            }
        }
        if let Some(name) = references::registered(self.pipeline, step)
            && let Some(from) = self.model(&name)
        {
            let label = label(Some("model"), None);
            self.edges.connect(edge(from, to, EdgeKind::Input, label));
        }
        for name in &step.after {
            self.wait(name, &step.written, to, EdgeKind::After);
        }
        if let Some(when) = &step.control.when {
            for name in when.expression.steps() {
                self.wait(name, &step.written, to, EdgeKind::Condition);
            }
        }
        let mut loops = self.pipeline.loops.values();
        let found = loops.find(|found| found.begin.contains(&step.written));
        if let Some(found) = found
            && let Items::Listed { list, .. } = &found.items
        {
            for name in list.expression.steps() {
                self.wait(name, &step.written, to, EdgeKind::Condition);
            }
        }
        if let OnFailure::Step(called, _) = &step.control.on_failure
            && let Some(called) = self.references.step(called)
        {
            let label = Some("on failure".to_owned());
            self.edges
                .connect(edge(to, called, EdgeKind::Failure, label));
        }
    }

    fn wait(&mut self, name: &str, by: &str, to: usize, kind: EdgeKind) {
        let label = (kind == EdgeKind::After).then(|| "after".to_owned());
        for source in self.references.of(name, by) {
            self.edges
                .connect(edge(source.node, to, kind, label.clone()));
        }
    }

    /// What a switch decides by, and what it picks from.
    fn switch(&mut self, switch: &Switch) {
        let Some(node) = self.references.step(&switch.name) else {
            return;
        };
        for name in switch.conditions().flat_map(|when| when.expression.steps()) {
            for source in self.references.of(name, &switch.name) {
                self.edges
                    .connect(edge(source.node, node, EdgeKind::Condition, None));
            }
        }
        for case in &switch.cases {
            let label = match &case.when {
                Some(when) => words::one_line(when.expression.text()),
                None => OTHERWISE.to_owned(),
            };
            if let Some(step) = self.references.step(&case.step) {
                self.edges
                    .connect(edge(node, step, EdgeKind::Pick, Some(label)));
            }
        }
    }

    /// Which step makes which model.
    fn models(&mut self) {
        for step in written(self.pipeline) {
            let Some(name) = references::model(step) else {
                continue;
            };
            if let (Some(from), Some(to)) = (self.references.step(&step.written), self.model(&name))
            {
                let label = self.references.handed_on(&step.written, &name);
                self.edges
                    .connect(edge(from, to, EdgeKind::Input, label.map(str::to_owned)));
            }
        }
    }

    /// The node of a model.
    fn model(&self, name: &str) -> Option<usize> {
        let mut nodes = self.nodes.iter();
        nodes.position(|node| node.kind == NodeKind::Model && node.name == name)
    }

    /// What runs at the end comes after everything that nothing else comes after.
    fn finally(&mut self) {
        let last = written(self.pipeline).filter(|step| step.control.finally);
        let last = last.filter_map(|step| self.references.step(&step.written));
        let last: Vec<usize> = last.collect();
        let is_step = |node: &Node| matches!(node.kind, NodeKind::Step | NodeKind::Switch);
        let has_next: HashSet<usize> = self
            .edges
            .0
            .iter()
            .filter(|edge| is_step(&self.nodes[edge.to]) && !last.contains(&edge.to))
            .map(|edge| edge.from)
            .collect();
        let ends = self.nodes.iter().enumerate().filter(|(index, node)| {
            is_step(node) && !has_next.contains(index) && !last.contains(index)
        });
        let ends: Vec<usize> = ends.map(|(index, _)| index).collect();
        for to in last {
            let behind = self.behind(to);
            for from in &ends {
                if !behind.contains(from) {
                    self.edges.connect(edge(*from, to, EdgeKind::Finally, None));
                }
            }
        }
    }

    /// All nodes that come after one.
    fn behind(&self, node: usize) -> HashSet<usize> {
        let mut next: HashMap<usize, Vec<usize>> = HashMap::new();
        for edge in &self.edges.0 {
            next.entry(edge.from).or_default().push(edge.to);
        }
        let mut behind = HashSet::new();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            let unseen = next.get(&node).into_iter().flatten();
            open.extend(unseen.copied().filter(|node| behind.insert(*node)));
        }
        behind
    }

    /// Loops, and the steps of other files, which have the name of the step that takes them in
    /// before a slash.
    fn groups(&self) -> Vec<Members> {
        let mut files: Vec<Members> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            if !matches!(node.kind, NodeKind::Step | NodeKind::Switch) {
                continue;
            }
            for (end, _) in node.name.match_indices('/') {
                let label = &node.name[..end];
                match files.iter_mut().find(|file| file.label[0] == label) {
                    Some(file) => file.nodes.push(index),
                    None => files.push(Members {
                        kind: GroupKind::Pipeline,
                        label: vec![label.to_owned()],
                        nodes: vec![index],
                    }),
                }
            }
        }
        let loops = self.pipeline.loops.values().map(|found| Members {
            kind: GroupKind::Loop,
            label: loops::label(found),
            nodes: self.references.body(found),
        });
        files.into_iter().chain(loops).collect()
    }
}
