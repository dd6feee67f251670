//! Writes a graph in the language of [Mermaid](https://mermaid.js.org/syntax/flowchart.html), which
//! code hosts and documentation show as a picture.

use super::identifier;
use super::model::{Edge, EdgeKind, Graph, NodeKind};

impl Graph {
    /// A flowchart of Mermaid.
    pub fn mermaid(&self) -> String {
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
        // A string of JSON is one of YAML.
        let title = serde_json::Value::from(super::words::one_line(self.graph.title()));
        self.text
            .push_str(&format!("---\ntitle: {title}\n---\nflowchart TD\n"));
        self.members(None, 1);
        for edge in self.graph.edges() {
            self.edge(edge);
        }
        for (kind, class, style) in [
            (NodeKind::Data, "data", "stroke:#0f766e"),
            (NodeKind::Step, "step", "stroke:#1d4ed8"),
            (NodeKind::Switch, "switch", "stroke:#b45309"),
            (NodeKind::Model, "model", "stroke:#15803d"),
        ] {
            let nodes = self.graph.nodes().iter().zip(&self.identifiers);
            let nodes = nodes.filter(|(node, _)| node.kind == kind);
            let names: Vec<&str> = nodes.map(|(_, name)| name.as_str()).collect();
            if !names.is_empty() {
                let names = names.join(",");
                let style = format!("  classDef {class} {style},stroke-width:2px\n");
                self.text.push_str(&style);
                self.text.push_str(&format!("  class {names} {class}\n"));
            }
        }
    }

    /// What is directly in a group, or in none.
    fn members(&mut self, group: Option<usize>, depth: usize) {
        let indent = "  ".repeat(depth);
        for (index, node) in self.graph.nodes().iter().enumerate() {
            if node.group != group {
                continue;
            }
            let mut lines = vec![
                format!("<b>{}</b>", escape(&node.name)),
                escape(&node.about),
            ];
            lines.extend(node.notes.iter().map(|note| escape(&note.text)));
            lines.retain(|line| !line.is_empty());
            let label = lines.join("<br/>");
            let (open, close) = match node.kind {
                NodeKind::Data => ("[(", ")]"),
                NodeKind::Step => ("[", "]"),
                NodeKind::Switch => ("{{", "}}"),
                NodeKind::Model => ("([", "])"),
            };
            let name = &self.identifiers[index];
            self.text
                .push_str(&format!("{indent}{name}{open}\"{label}\"{close}\n"));
        }
        for (index, inner) in self.graph.groups().iter().enumerate() {
            if inner.parent == group {
                let label: Vec<String> = inner.label.iter().map(|line| escape(line)).collect();
                let label = label.join("<br/>");
                self.text
                    .push_str(&format!("{indent}subgraph group_{index}[\"{label}\"]\n"));
                self.members(Some(index), depth + 1);
                self.text.push_str(&format!("{indent}end\n"));
            }
        }
    }

    fn edge(&mut self, edge: &Edge) {
        let arrow = match edge.kind {
            EdgeKind::Input | EdgeKind::Pick => "-->",
            EdgeKind::Condition | EdgeKind::After | EdgeKind::Failure | EdgeKind::Finally => "-.->",
        };
        let label = edge.words();
        let label = label.map_or_else(String::new, |label| format!("|\"{}\"|", escape(&label)));
        let (from, to) = (&self.identifiers[edge.from], &self.identifiers[edge.to]);
        self.text
            .push_str(&format!("  {from} {arrow}{label} {to}\n"));
    }
}

/// A text in which nothing means anything to Mermaid, to Markdown or to HTML: all but letters, digits
/// and the most harmless marks are written as the numbers of their characters.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in super::words::one_line(text).chars() {
        let is_plain = character.is_alphanumeric() || " .,:/@-=+?!%".contains(character);
        match is_plain || !character.is_ascii() {
            true => escaped.push(character),
            false => escaped.push_str(&format!("#{};", u32::from(character))),
        }
    }
    escaped
}
