//! Draws a graph as SVG: one file without scripts or references, whose colours follow the light or
//! dark scheme of whoever looks at it. What can be seen is there in words, too.

mod measure;
mod shapes;

use self::measure::{Kind, Lines};
use super::identifier;
use super::layout::{Layout, Place, Point, Sizes};
use super::model::{Edge, EdgeKind, Graph, NodeKind};

/// The room around everything, in pixels.
const MARGIN: f64 = 20.0;
const STYLE: &str = include_str!("style.css");

impl Graph {
    /// The graph as SVG.
    pub fn svg(&self) -> String {
        let texts = Texts::of(self);
        let layout = Layout::new(self, &texts.sizes(self));
        let mut picture = Picture {
            graph: self,
            name: format!("graph-{}", identifier::plain(self.title())),
            text: String::new(),
        };
        picture.draw(&layout, &texts);
        picture.text
    }
}

/// What is written on everything, in lines.
struct Texts {
    nodes: Vec<Lines>,
    labels: Vec<Option<Lines>>,
    groups: Vec<Lines>,
}

impl Texts {
    fn of(graph: &Graph) -> Self {
        let labels = graph.edges().iter().map(|edge| {
            let words = edge.words()?;
            Some(Lines::new([(Kind::Label, words.as_str())]))
        });
        let groups = graph.groups().iter().map(|group| {
            let lines = group.label.iter().map(|line| (Kind::Group, line.as_str()));
            Lines::new(lines)
        });
        Self {
            nodes: graph.nodes().iter().map(Lines::of_node).collect(),
            labels: labels.collect(),
            groups: groups.collect(),
        }
    }

    fn sizes(&self, graph: &Graph) -> Sizes {
        let nodes = graph.nodes().iter().zip(&self.nodes);
        let nodes = nodes.map(|(node, lines)| {
            let mut size = lines.boxed();
            size.height += lid(node.kind);
            size
        });
        let labels = self.labels.iter();
        Sizes {
            nodes: nodes.collect(),
            labels: labels.map(|label| Some(label.as_ref()?.size())).collect(),
            groups: self.groups.iter().map(Lines::size).collect(),
        }
    }
}

struct Picture<'a> {
    graph: &'a Graph,
    /// What the names in the file begin with, so that several pictures can be on one page.
    name: String,
    text: String,
}

impl Picture<'_> {
    fn draw(&mut self, layout: &Layout, texts: &Texts) {
        let width = layout.size.width + 2.0 * MARGIN;
        let height = layout.size.height + 2.0 * MARGIN;
        let name = self.name.clone();
        let (title, words) = (escape(self.graph.title()), escape(&self.words()));
        self.push(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mlhost-graph\" role=\"img\" \
             aria-labelledby=\"{name}-title {name}-words\" width=\"{width:.0}\" \
             height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">"
        ));
        self.push(format!("<title id=\"{name}-title\">{title}</title>"));
        self.push(format!("<desc id=\"{name}-words\">{words}</desc>"));
        self.push(format!("<style>\n{}</style>", STYLE.trim_start()));
        self.push("<defs>".to_owned());
        for kind in ["line", "failure"] {
            self.push(format!(
                "<marker id=\"{name}-{kind}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
                 markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" \
                 orient=\"auto\"><path class=\"tip {kind}\" d=\"M0 0.5 8 4 0 7.5z\"/></marker>"
            ));
        }
        self.push("</defs>".to_owned());
        self.push("<rect class=\"page\" width=\"100%\" height=\"100%\"/>".to_owned());
        self.push(format!("<g transform=\"translate({MARGIN} {MARGIN})\">"));
        for (group, place) in self.graph.groups().iter().zip(&layout.groups) {
            let depth =
                std::iter::successors(group.parent, |parent| self.graph.groups()[*parent].parent);
            let shade = if depth.count() % 2 == 0 {
                "odd"
            } else {
                "even"
            };
            self.push(shapes::rectangle(*place, 10.0, &format!("group {shade}")));
        }
        for (edge, pieces) in self.graph.edges().iter().zip(&layout.ways) {
            self.edge(edge, pieces);
        }
        for (lines, place) in texts.groups.iter().zip(&layout.groups) {
            let corner = Point {
                x: place.corner.x + 12.0,
                y: place.corner.y + 10.0,
            };
            self.push(lines.at(corner));
        }
        for (lines, place) in texts.labels.iter().zip(&layout.labels) {
            if let (Some(lines), Some(place)) = (lines, place) {
                self.push(lines.middle(*place));
            }
        }
        for (index, place) in layout.nodes.iter().enumerate() {
            self.node(index, *place, &texts.nodes[index]);
        }
        self.push("</g>".to_owned());
        self.push("</svg>".to_owned());
    }

    fn push(&mut self, line: String) {
        self.text.push_str(&line);
        self.text.push('\n');
    }

    fn node(&mut self, index: usize, place: Place, lines: &Lines) {
        let node = &self.graph.nodes()[index];
        let (class, shape) = match node.kind {
            NodeKind::Data => ("data", shapes::cylinder(place)),
            NodeKind::Step => ("step", shapes::rectangle(place, 6.0, "shape")),
            NodeKind::Switch => ("switch", shapes::hexagon(place)),
            NodeKind::Model => {
                let round = place.size.height / 2.0;
                ("model", shapes::rectangle(place, round, "shape"))
            }
        };
        self.push(format!("<g class=\"{class}\">"));
        self.push(shape);
        self.push(lines.middle(below_lid(place, node.kind)));
        self.push("</g>".to_owned());
    }

    fn edge(&mut self, edge: &Edge, pieces: &[Vec<Point>]) {
        let class = match edge.kind {
            EdgeKind::Input | EdgeKind::Pick => "line",
            EdgeKind::Failure => "failure dashed",
            EdgeKind::Condition | EdgeKind::After | EdgeKind::Finally => "line dashed",
        };
        let tip = match edge.kind {
            EdgeKind::Failure => "failure",
            _ => "line",
        };
        for (index, piece) in pieces.iter().enumerate() {
            let marker = match index + 1 == pieces.len() {
                true => format!(" marker-end=\"url(#{}-{tip})\"", self.name),
                false => String::new(),
            };
            let way = shapes::way(piece);
            self.push(format!("<path class=\"{class}\" d=\"{way}\"{marker}/>"));
        }
    }

    /// The picture in words: each node with what comes before it.
    fn words(&self) -> String {
        let nodes = self.graph.order().iter().map(|index| {
            let node = &self.graph.nodes()[*index];
            let into = self.graph.edges().iter().filter(|edge| edge.to == *index);
            let into = into.map(|edge| {
                let from = &self.graph.nodes()[edge.from].name;
                match edge.words() {
                    Some(words) => format!("{from} ({words})"),
                    None => from.clone(),
                }
            });
            let into: Vec<String> = into.collect();
            match into.is_empty() {
                true => format!("{}.", node.name),
                false => format!("{} comes after {}.", node.name, into.join(", ")),
            }
        });
        nodes.collect::<Vec<_>>().join(" ")
    }
}

/// The height of what is at the top of a shape and has no room for text.
fn lid(kind: NodeKind) -> f64 {
    match kind {
        NodeKind::Data => shapes::CURVE,
        NodeKind::Step | NodeKind::Switch | NodeKind::Model => 0.0,
    }
}

fn below_lid(mut place: Place, kind: NodeKind) -> Place {
    place.corner.y += lid(kind);
    place.size.height -= lid(kind);
    place
}

/// A text in which nothing means anything to XML, on one line.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in crate::text::visible(&super::words::one_line(text)).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // No character of XML.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
