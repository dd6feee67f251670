//! A condition as it is written in the file: an expression and its place.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::{Expression, Mistake};
use crate::node::Node;
use crate::reader;
use crate::source::Span;

/// An expression of the pipeline file, such as `drift.share_drifted > 0.3`.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What it says.
    pub expression: Expression,
    pub(crate) span: Span,
}

impl Condition {
    /// Where it is written.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// A diagnostic about a part of it.
    pub fn diagnostic(&self, mistake: &Mistake) -> Diagnostic {
        at(&self.span, self.expression.text(), mistake)
    }
}

/// Reads an expression; `what` is named in messages.
pub(crate) fn read(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Condition> {
    let hint =
        "write an expression as a text, such as `\"params.retrain && drift.share_drifted > 0.3\"`";
    let text = reader::string_or(node, what, hint, diagnostics)?;
    match Expression::parse(text) {
        Ok(expression) => Some(Condition {
            expression,
            span: node.span.clone(),
        }),
        Err(mistake) => {
            diagnostics.push(at(&node.span, text, &mistake));
            None
        }
    }
}

/// The place of a mistake in the file: that of the part of the text where the text is written as
/// it is, between one quotation mark on each side.
fn at(span: &Span, text: &str, mistake: &Mistake) -> Diagnostic {
    let is_plain = span.len() == text.len() + 2;
    let (start, end) = (
        span.start + 1,
        mistake.offset.end.max(mistake.offset.start + 1),
    );
    let place = if is_plain && mistake.offset.end <= text.len() {
        start + mistake.offset.start..start + end
    } else {
        span.clone()
    };
    let diagnostic = Diagnostic::new(mistake.message.clone()).at(place);
    match &mistake.hint {
        Some(hint) => diagnostic.hint(hint.clone()),
        None => diagnostic,
    }
}
