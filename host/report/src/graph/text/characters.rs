//! The characters that lanes, nodes and groups are drawn with.

use crate::graph::model::NodeKind;

/// Which characters a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Characters {
    /// Those for drawing boxes as well.
    Unicode,
    /// Those of ASCII only; names and expressions stay as they are.
    Ascii,
}

/// Where a line across meets a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// The lane ends, and the line goes on to the right, or to the left.
    EndsRight,
    EndsLeft,
    /// The lane begins with the line that comes from the left, or from the right.
    BeginsLeft,
    BeginsRight,
    /// The lane goes on, and has the line to its right, or to its left.
    Right,
    Left,
    /// They have nothing to do with each other.
    Cross,
}

impl Characters {
    fn pick(self, unicode: char, ascii: char) -> char {
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }

    pub(super) fn node(self, kind: NodeKind) -> char {
        match kind {
            NodeKind::Data => self.pick('○', 'o'),
            NodeKind::Step => self.pick('●', '*'),
            NodeKind::Switch => self.pick('◆', '?'),
            NodeKind::Model => self.pick('■', '#'),
        }
    }

    /// A lane; solid if something is handed on along it.
    pub(super) fn lane(self, is_solid: bool) -> char {
        match is_solid {
            true => self.pick('│', '|'),
            false => self.pick('╎', ':'),
        }
    }

    /// A line across.
    pub(super) fn across(self, is_solid: bool) -> char {
        match is_solid {
            true => self.pick('─', '-'),
            false => self.pick('╌', '.'),
        }
    }

    pub(super) fn joint(self, joint: Joint) -> char {
        match joint {
            Joint::EndsRight => self.pick('╰', '`'),
            Joint::EndsLeft => self.pick('╯', '\''),
            Joint::BeginsLeft => self.pick('╮', '.'),
            Joint::BeginsRight => self.pick('╭', '.'),
            Joint::Right => self.pick('├', '|'),
            Joint::Left => self.pick('┤', '|'),
            Joint::Cross => self.pick('┼', '+'),
        }
    }

    /// The bracket beside a group: its first line, those between, its last.
    pub(super) fn bracket(self) -> [char; 3] {
        match self {
            Self::Unicode => ['┏', '┃', '┗'],
            Self::Ascii => ['[', '[', '['],
        }
    }

    /// A text that others have written. It has no characters that a terminal obeys; of those that
    /// are drawn here for the most part, none is left outside ASCII.
    pub(super) fn text(self, text: &str) -> String {
        let visible = crate::text::visible(text);
        match self {
            Self::Unicode => visible,
            Self::Ascii => visible.replace('×', "x").replace('\u{fffd}', "?"),
        }
    }
}
