//! What is wrong with an expression, and where in its text.

use std::ops::Range;

use thiserror::Error;

/// One mistake in an expression.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Mistake {
    /// What is wrong: lower-case, without a full stop.
    pub message: String,
    /// Where it is wrong, in bytes of the text of the expression: on character boundaries, within
    /// the text, and empty only where something is missing.
    pub offset: Range<usize>,
    /// What the user can do about it.
    pub hint: Option<String>,
}

/// A text that shows in a message as it is written, on one line.
pub(super) fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}

impl Mistake {
    pub(super) fn new(message: impl Into<String>, offset: Range<usize>) -> Self {
        Self {
            message: message.into(),
            offset,
            hint: None,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
