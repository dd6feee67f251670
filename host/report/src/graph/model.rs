//! What is drawn: nodes, edges, and groups of nodes, without any position.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::error::Error;
use super::order;

/// A graph without cycles. Nodes are known by their place in [`nodes`](Self::nodes), counted from
/// zero; so are groups.
#[derive(Debug, Clone)]
pub struct Graph {
    title: String,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    groups: Vec<Group>,
    order: Vec<usize>,
}

/// Something that is done, read or left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// A line on it: the plugin of a step, the files of data.
    pub about: String,
    /// What else is written of it, most important first.
    pub notes: Vec<Note>,
    /// The innermost group that it is in; [`Graph::new`] sets it.
    pub group: Option<usize>,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// A table that is read from files.
    Data,
    /// One use of a plugin.
    Step,
    /// Picks one of several steps.
    Switch,
    /// A name under which models are registered.
    Model,
}

/// One thing that is written of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What it is about.
    pub topic: Topic,
    /// What it says.
    pub text: String,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Which rows of the files are taken.
    Rows,
    /// When the step runs.
    When,
    /// Into how many folds its rows are divided.
    Folds,
    /// How it ended in a run, and how long it took.
    Outcome,
    /// What its metrics must be.
    Gate,
    /// How often it is tried again.
    Retry,
    /// The most time and memory that it may take.
    Limit,
    /// What follows if it fails.
    Failure,
    /// That it runs after all others.
    Finally,
}

/// That one node comes before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The node that comes first.
    pub from: usize,
    /// The other one.
    pub to: usize,
    /// Why.
    pub kind: EdgeKind,
    /// What is written on it.
    pub label: Option<String>,
    /// Which part of what the first node has: one side of a split.
    pub part: Option<String>,
}

impl Edge {
    /// Label and part, as they are written on the edge of a picture.
    pub fn words(&self) -> Option<String> {
        match (&self.label, &self.part) {
            (Some(label), Some(part)) => Some(format!("{label}: {part}")),
            (label, part) => label.as_ref().or(part.as_ref()).cloned(),
        }
    }
}

/// Why a node comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// It hands on rows or a model.
    Input,
    /// A switch picks it.
    Pick,
    /// A condition asks for its report.
    Condition,
    /// It has to have ended.
    After,
    /// Its failure is the reason to run.
    Failure,
    /// It is one of all others, which have to have ended.
    Finally,
}

/// What is written on the edge to the step that a switch picks when no condition is true.
pub(super) const OTHERWISE: &str = "otherwise";

impl EdgeKind {
    /// Whether something is handed on; other edges are dashed.
    pub fn hands_on(self) -> bool {
        matches!(self, Self::Input | Self::Pick)
    }
}

/// Nodes that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Why they do.
    pub kind: GroupKind,
    /// What is written on it, a line each; at least one.
    pub label: Vec<String>,
    /// The group that it is part of.
    pub parent: Option<usize>,
}

/// Why nodes belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKind {
    /// They run several times.
    Loop,
    /// They are the steps of another file.
    Pipeline,
}

/// A group as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// Why they belong together.
    pub kind: GroupKind,
    /// What is written on it, a line each.
    pub label: Vec<String>,
    /// The nodes.
    pub nodes: Vec<usize>,
}

impl Graph {
    /// A graph of these nodes and edges. Of the groups, in the order of their importance, those are
    /// drawn that can be: a group that overlaps an earlier one, without the one being part of the
    /// other, or that a way leaves and comes back to, cannot be drawn in one piece, and is left out.
    ///
    /// # Errors
    ///
    /// An edge or a group that names no node, and a cycle.
    pub fn new(
        title: impl Into<String>,
        mut nodes: Vec<Node>,
        edges: Vec<Edge>,
        groups: Vec<Members>,
    ) -> Result<Self, Error> {
        let title = title.into();
        let named = edges.iter().flat_map(|edge| [edge.from, edge.to]);
        let mut named = named.chain(groups.iter().flat_map(|group| group.nodes.iter().copied()));
        if let Some(node) = named.find(|node| *node >= nodes.len()) {
            return Err(Error::UnknownNode {
                graph: title,
                node,
                count: nodes.len(),
            });
        }
        drop(named);
        let Some((groups, order)) = order::arrange(&mut nodes, &edges, groups) else {
            return Err(Error::Cycle { graph: title });
        };
        Ok(Self {
            title,
            nodes,
            edges,
            groups,
            order,
        })
    }

    /// Writes something of the nodes of a name, before everything else that is written of them.
    pub fn note(&mut self, kind: NodeKind, name: &str, note: &Note) {
        let nodes = self.nodes.iter_mut();
        for node in nodes.filter(|node| node.kind == kind && node.name == name) {
            node.notes.insert(0, note.clone());
        }
    }

    /// What it is a drawing of.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The edges.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The groups; a group comes after the one that it is part of.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The nodes in an order in which each comes after those that it needs, and those of a group
    /// follow each other.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The groups that a node is in, the outermost first.
    pub(crate) fn groups_of(&self, node: usize) -> Vec<usize> {
        let innermost = self.nodes[node].group;
        let mut groups: Vec<usize> =
            std::iter::successors(innermost, |group| self.groups[*group].parent).collect();
        groups.reverse();
        groups
    }

    /// Under which name programs know a node.
    pub(super) fn id(&self, node: usize) -> String {
        let node = &self.nodes[node];
        let of = match node.kind {
            NodeKind::Data => "data",
            NodeKind::Step | NodeKind::Switch => "steps",
            NodeKind::Model => "models",
        };
        format!("{of}.{}", node.name)
    }
}

/// What programs get: nodes are named as in the file, and not by their place.
impl Serialize for Graph {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct NodeView<'a> {
            id: String,
            name: &'a str,
            kind: NodeKind,
            about: &'a str,
            notes: &'a [Note],
            group: Option<usize>,
        }
        #[derive(Serialize)]
        struct EdgeView<'a> {
            from: String,
            to: String,
            kind: EdgeKind,
            label: Option<&'a str>,
            part: Option<&'a str>,
        }
        #[derive(Serialize)]
        struct GroupView<'a> {
            kind: GroupKind,
            label: &'a [String],
            parent: Option<usize>,
        }
        let nodes = self.nodes.iter().enumerate().map(|(index, node)| NodeView {
            id: self.id(index),
            name: &node.name,
            kind: node.kind,
            about: &node.about,
            notes: &node.notes,
            group: node.group,
        });
        let edges = self.edges.iter().map(|edge| EdgeView {
            from: self.id(edge.from),
            to: self.id(edge.to),
            kind: edge.kind,
            label: edge.label.as_deref(),
            part: edge.part.as_deref(),
        });
        let groups = self.groups.iter().map(|group| GroupView {
            kind: group.kind,
            label: &group.label,
            parent: group.parent,
        });
        let mut graph = serializer.serialize_struct("Graph", 4)?;
        graph.serialize_field("pipeline", &self.title)?;
        graph.serialize_field("nodes", &nodes.collect::<Vec<_>>())?;
        graph.serialize_field("edges", &edges.collect::<Vec<_>>())?;
        graph.serialize_field("groups", &groups.collect::<Vec<_>>())?;
        graph.end()
    }
}
