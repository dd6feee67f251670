//! Texts in lines of a known size. The letters are all of one width, so that it is known without the
//! font: six tenths of their height in every usual font of that sort.

use crate::graph::layout::{Place, Point, Size};
use crate::graph::model::Node;
use crate::graph::words;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    About,
    Note,
    Label,
    Group,
}

impl Kind {
    /// The class, the height of the letters in pixels, and the most letters on a line.
    fn style(self) -> (&'static str, f64, usize) {
        match self {
            Self::Name => ("name", 14.0, 32),
            Self::About => ("about", 12.0, 34),
            Self::Note => ("note", 11.0, 36),
            Self::Label => ("label", 11.0, 26),
            Self::Group => ("caption", 12.0, 48),
        }
    }
}

/// Lines under each other.
pub(super) struct Lines(Vec<(Kind, String)>);

impl Lines {
    pub(super) fn new<'a>(texts: impl IntoIterator<Item = (Kind, &'a str)>) -> Self {
        let lines = texts.into_iter().flat_map(|(kind, text)| {
            let (_, _, letters) = kind.style();
            let lines = words::wrap(text, letters);
            lines.into_iter().map(move |line| (kind, line))
        });
        Self(lines.filter(|(_, line)| !line.is_empty()).collect())
    }

    /// What is written of a node.
    pub(super) fn of_node(node: &Node) -> Self {
        let notes = node
            .notes
            .iter()
            .map(|note| (Kind::Note, note.text.as_str()));
        let lines = [
            (Kind::Name, node.name.as_str()),
            (Kind::About, node.about.as_str()),
        ];
        Self::new(lines.into_iter().chain(notes))
    }

    pub(super) fn size(&self) -> Size {
        let widths = self.0.iter().map(|(kind, line)| {
            let (_, letters, _) = kind.style();
            let columns = u16::try_from(words::width(line)).unwrap_or(u16::MAX);
            f64::from(columns) * letters * 0.6
        });
        Size {
            width: widths.fold(0.0, f64::max).ceil(),
            height: self.0.iter().map(|(kind, _)| height(*kind)).sum(),
        }
    }

    /// The size of a shape around them.
    pub(super) fn boxed(&self) -> Size {
        let size = self.size();
        Size {
            width: (size.width + 32.0).max(96.0),
            height: size.height + 20.0,
        }
    }

    /// Drawn from a corner on.
    pub(super) fn at(&self, corner: Point) -> String {
        self.draw(corner, "start")
    }

    /// Drawn in the middle of a place.
    pub(super) fn middle(&self, place: Place) -> String {
        let top = Point {
            x: place.corner.x + place.size.width / 2.0,
            y: place.corner.y + (place.size.height - self.size().height) / 2.0,
        };
        self.draw(top, "middle")
    }

    fn draw(&self, top: Point, anchor: &str) -> String {
        let mut y = top.y;
        let lines = self.0.iter().map(|(kind, line)| {
            let (class, letters, _) = kind.style();
            y += height(*kind);
            // Letters stand on a line that is a little above the end of theirs.
            let base = y - height(*kind) / 2.0 + letters * 0.35;
            format!(
                "<text class=\"{class}\" x=\"{:.1}\" y=\"{base:.1}\" text-anchor=\"{anchor}\">{}</text>",
                top.x,
                super::escape(line)
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The height of a line, in pixels.
fn height(kind: Kind) -> f64 {
    let (_, letters, _) = kind.style();
    (letters * 1.35).round()
}
