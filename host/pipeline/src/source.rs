//! The text of a pipeline file together with the name it is shown under. It answers
//! where a byte offset lies, in the lines and columns that editors use.

use std::ops::Range;
use std::sync::Arc;

/// A place in the text of a [`Source`]: a range of byte offsets. Where there are several sources,
/// they are counted through; see [`Sources`](crate::Sources).
pub type Span = Range<usize>;

/// A pipeline file: its text, and the name that messages show. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
}

/// A position for people: both count from one, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, counted from one.
    pub line: usize,
    /// The column in characters, counted from one.
    pub column: usize,
}

impl Source {
    /// A source with the `name` to show in messages, usually the path as the user gave it.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The name that messages show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset. An offset past the end stands for the end, one inside a
    /// character for the start of that character.
    pub fn position(&self, offset: usize) -> Position {
        let before = &self.text[..self.floor(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The part of `span` that lies in the text and on its first line, so that a table over many
    /// lines is shown by where it begins.
    pub(crate) fn first_line(&self, span: &Span) -> Span {
        let start = self.floor(span.start);
        let end = self.floor(span.end).max(start);
        let line_end = self.text[start..end]
            .find(['\n', '\r'])
            .map_or(end, |newline| start + newline);
        start..line_end
    }

    /// The offset, or the nearest before it that is between two characters; the two bytes of a
    /// Windows line end count as one.
    fn floor(&self, offset: usize) -> usize {
        let floor = self.text.floor_char_boundary(offset);
        let (before, after) = self.text.split_at(floor);
        let inside_line_end = before.ends_with('\r') && after.starts_with('\n');
        floor - usize::from(inside_line_end)
    }
}
