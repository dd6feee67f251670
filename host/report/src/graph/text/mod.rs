//! Draws a graph as lines of text: a line for each node, lanes on the left that lead from each to
//! those that take something of it, and on the right what is written of it. However many nodes
//! there are, it gets longer and not wider.

mod characters;
mod lanes;

use std::collections::BTreeSet;

pub use characters::Characters;

use self::lanes::{Lanes, On};
use super::model::{EdgeKind, Graph, NodeKind, OTHERWISE};
use super::words;

/// The widest that the column of names may be before what follows is no longer aligned.
const WIDEST_NAME: usize = 32;
/// The fewest columns that are left for what follows the names.
const NARROWEST: usize = 24;

impl Graph {
    /// The graph as text of at most so many columns, where the names and lanes leave room for it.
    pub fn text(&self, characters: Characters, columns: usize) -> String {
        let mut drawing = Drawing {
            graph: self,
            characters,
            lines: Vec::new(),
            groups: Vec::new(),
        };
        drawing.draw();
        drawing.render(columns)
    }
}

/// A line before it is known how wide the lanes are.
struct Line {
    rails: String,
    /// The brackets of the groups that it is in.
    brackets: Vec<char>,
    /// What stands in the column of names.
    name: String,
    /// Whether that runs on over the other columns.
    is_label: bool,
    /// What stands behind it; it may take several lines.
    text: String,
    /// The lanes beside the second and later lines.
    rails_below: String,
}

struct Drawing<'a> {
    graph: &'a Graph,
    characters: Characters,
    lines: Vec<Line>,
    /// The groups that are open.
    groups: Vec<usize>,
}

impl Drawing<'_> {
    fn draw(&mut self) {
        let mut lanes = Lanes::new(self.graph, self.characters);
        for node in self.graph.order().iter().copied() {
            self.enter(self.graph.groups_of(node), &mut lanes);
            self.node(node, &mut lanes);
        }
        self.enter(Vec::new(), &mut lanes);
    }

    /// Closes the groups that the next node is not in, and opens those that it is in.
    fn enter(&mut self, groups: Vec<usize>, lanes: &mut Lanes<'_>) {
        let pairs = self.groups.iter().zip(&groups);
        let common = pairs.take_while(|(old, new)| old == new).count();
        let [first, _, last] = self.characters.bracket();
        if let Some(line) = self.lines.last_mut() {
            let closed = line.brackets.iter_mut().skip(common);
            closed.for_each(|bracket| *bracket = last);
        }
        self.groups.truncate(common);
        for group in groups.into_iter().skip(common) {
            self.groups.push(group);
            for (index, label) in self.graph.groups()[group].label.iter().enumerate() {
                let rails = lanes.plain().cells;
                self.line(rails, self.characters.text(label), "");
                if let Some(line) = self.lines.last_mut() {
                    line.is_label = true;
                    let bracket = line.brackets.last_mut().filter(|_| index == 0);
                    bracket.into_iter().for_each(|bracket| *bracket = first);
                }
            }
        }
    }

    fn node(&mut self, index: usize, lanes: &mut Lanes<'_>) {
        let node = &self.graph.nodes()[index];
        for rail in lanes.node(index) {
            match rail.of {
                On::Edge(edge) => {
                    let text = self.edge(edge);
                    self.line(rail.cells, String::new(), &text);
                }
                On::Node => {
                    let name = self.characters.text(&node.name);
                    self.line(rail.cells, name, &node.about);
                }
                On::Nothing => self.line(rail.cells, String::new(), ""),
            }
        }
        if let Some(line) = self.lines.last_mut() {
            line.rails_below = lanes.below();
        }
        for note in &node.notes {
            self.line(lanes.plain().cells, String::new(), &note.text);
        }
    }

    /// What is written on an edge.
    fn edge(&self, edge: usize) -> String {
        let edge = &self.graph.edges()[edge];
        let from = &self.graph.nodes()[edge.from].name;
        if edge.words().is_none() {
            return String::new();
        }
        let from = match &edge.part {
            Some(part) => format!("{from}.{part}"),
            None => from.clone(),
        };
        match (edge.kind, edge.label.as_deref()) {
            (EdgeKind::Input, Some(label)) => format!("{label}: {from}"),
            (EdgeKind::After, Some(label)) => format!("{label} {from}"),
            (EdgeKind::Failure, Some(label)) => format!("{label} of {from}"),
            (EdgeKind::Pick, Some(OTHERWISE)) => format!("{from}: {OTHERWISE}"),
            (EdgeKind::Pick, Some(label)) => format!("{from}: if {label}"),
            (EdgeKind::Condition | EdgeKind::Finally, Some(label)) => label.to_owned(),
            (_, None) => from,
        }
    }

    fn line(&mut self, rails: String, name: String, text: &str) {
        let [_, between, _] = self.characters.bracket();
        self.lines.push(Line {
            rails_below: rails.clone(),
            rails,
            brackets: vec![between; self.groups.len()],
            name,
            is_label: false,
            text: self.characters.text(text),
        });
    }

    fn render(self, columns: usize) -> String {
        let rails = self.lines.iter().map(|line| words::width(&line.rails));
        let rails = rails.max().unwrap_or(0) + 1;
        let with_text = self.lines.iter().filter(|line| !line.text.is_empty());
        let names = with_text.map(|line| line.brackets.len() * 2 + words::width(&line.name));
        let names = names.filter(|width| *width <= WIDEST_NAME).max();
        let names = names.unwrap_or(0) + 2;
        let room = columns.saturating_sub(rails + names).max(NARROWEST);
        let mut text = format!("{}\n\n", self.characters.text(self.graph.title()));
        for line in &self.lines {
            let brackets: String = line.brackets.iter().flat_map(|it| [*it, ' ']).collect();
            let [first, between, last] = self.characters.bracket();
            let below = brackets.replace([first, last], &between.to_string());
            if line.is_label {
                let used = rails + words::width(&brackets);
                let label = words::wrap(&line.name, columns.saturating_sub(used).max(NARROWEST));
                for (index, part) in label.iter().enumerate() {
                    let brackets = if index == 0 { &brackets } else { &below };
                    let name = format!("{brackets}{part}");
                    push(&mut text, &line.rails, rails, &name, names, "");
                }
                continue;
            }
            let name = format!("{brackets}{}", line.name);
            let wrapped = words::wrap(&line.text, room);
            let text_of = wrapped.first().map_or("", String::as_str);
            push(&mut text, &line.rails, rails, &name, names, text_of);
            for more in wrapped.iter().skip(1) {
                push(&mut text, &line.rails_below, rails, &below, names, more);
            }
        }
        text.push('\n');
        text.push_str(&self.legend());
        text
    }

    /// What the symbols mean, as far as there are any.
    fn legend(&self) -> String {
        let kinds: BTreeSet<NodeKind> = self.graph.nodes().iter().map(|node| node.kind).collect();
        let words = kinds.into_iter().map(|kind| {
            let word = match kind {
                NodeKind::Data => "data",
                NodeKind::Step => "step",
                NodeKind::Switch => "switch",
                NodeKind::Model => "model",
            };
            format!("{} {word}", self.characters.node(kind))
        });
        let mut words: Vec<String> = words.collect();
        if self.graph.edges().iter().any(|edge| !edge.kind.hands_on()) {
            let lane = self.characters.lane(false);
            words.push(format!("{lane} waits, takes nothing"));
        }
        format!("{}\n", words.join("  "))
    }
}

/// One line with its columns aligned.
fn push(text: &mut String, rails: &str, width: usize, name: &str, names: usize, rest: &str) {
    let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(words::width(text)));
    let mut line = format!("{rails}{}{name}", pad(rails, width));
    if !rest.is_empty() {
        let gap = pad(name, names);
        line.push_str(if gap.is_empty() { "  " } else { &gap });
        line.push_str(rest);
    }
    text.push_str(line.trim_end());
    text.push('\n');
}
