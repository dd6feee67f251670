//! Writes a graph in the language of [Graphviz](https://graphviz.org/doc/info/lang.html).

use super::identifier;
use super::model::{Edge, EdgeKind, Graph, NodeKind};
use super::words;

/// How wide the lines of a label are, in characters.
const COLUMNS: usize = 40;

impl Graph {
    /// A directed graph of Graphviz.
    pub fn dot(&self) -> String {
        let mut writer = Writer {
            graph: self,
            identifiers: identifier::of_nodes(self),
            text: String::new(),
        };
        writer.write();
        writer.text
    }
}

struct Writer<'a> {
    graph: &'a Graph,
    identifiers: Vec<String>,
    text: String,
}

impl Writer<'_> {
    fn write(&mut self) {
        let title = quoted([self.graph.title()]);
        self.text.push_str(&format!(
            "digraph {{\n  graph [label={title}, labelloc=t, fontname=\"Helvetica\", compound=true]\n  \
             node [fontname=\"Helvetica\", fontsize=11, shape=box, style=rounded]\n  \
             edge [fontname=\"Helvetica\", fontsize=10]\n"
        ));
        self.members(None, 1);
        for edge in self.graph.edges() {
            self.edge(edge);
        }
        self.text.push_str("}\n");
    }

    /// What is directly in a group, or in none.
    fn members(&mut self, group: Option<usize>, depth: usize) {
        let indent = "  ".repeat(depth);
        for (index, node) in self.graph.nodes().iter().enumerate() {
            if node.group != group {
                continue;
            }
            let notes = node.notes.iter().map(|note| note.text.as_str());
            let lines = [node.name.as_str(), node.about.as_str()].into_iter();
            let label = quoted(lines.chain(notes));
            let style = match node.kind {
                NodeKind::Data => ", shape=cylinder, style=solid, color=\"#0f766e\"",
                NodeKind::Step => ", color=\"#1d4ed8\"",
                NodeKind::Switch => ", shape=hexagon, style=solid, color=\"#b45309\"",
                NodeKind::Model => ", shape=box, style=\"rounded,bold\", color=\"#15803d\"",
            };
            let name = &self.identifiers[index];
            self.text
                .push_str(&format!("{indent}{name} [label={label}{style}]\n"));
        }
        for (index, inner) in self.graph.groups().iter().enumerate() {
            if inner.parent == group {
                let label = quoted(inner.label.iter().map(String::as_str));
                self.text.push_str(&format!(
                    "{indent}subgraph cluster_{index} {{\n{indent}  \
                     graph [label={label}, labeljust=l, fontsize=11, style=\"rounded,dashed\", \
                     color=\"#6b7280\"]\n"
                ));
                self.members(Some(index), depth + 1);
                self.text.push_str(&format!("{indent}}}\n"));
            }
        }
    }

    fn edge(&mut self, edge: &Edge) {
        let mut attributes = Vec::new();
        if let Some(label) = edge.words() {
            attributes.push(format!("label={}", quoted([label.as_str()])));
        }
        match edge.kind {
            EdgeKind::Input | EdgeKind::Pick => {}
            EdgeKind::Failure => attributes.push("style=dashed, color=\"#b91c1c\"".to_owned()),
            EdgeKind::Condition | EdgeKind::After | EdgeKind::Finally => {
                attributes.push("style=dashed".to_owned());
            }
        }
        let attributes = match attributes.is_empty() {
            true => String::new(),
            false => format!(" [{}]", attributes.join(", ")),
        };
        let (from, to) = (&self.identifiers[edge.from], &self.identifiers[edge.to]);
        self.text
            .push_str(&format!("  {from} -> {to}{attributes}\n"));
    }
}

/// Lines as a label in quotation marks. In one, a quotation mark and a backslash stand behind a
/// backslash; `\n` ends a line; and `&` would begin an entity of HTML.
fn quoted<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    let wrapped = lines.flat_map(|line| words::wrap(line, COLUMNS));
    let escaped = wrapped.map(|line| {
        let line = line.replace('\\', "\\\\").replace('"', "\\\"");
        line.replace('&', "&amp;")
    });
    format!("\"{}\"", escaped.collect::<Vec<_>>().join("\\n"))
}
