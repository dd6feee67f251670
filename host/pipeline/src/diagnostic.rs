//! What is wrong with a pipeline, where, and what to do about it. All that is found in one file
//! is collected in [`Diagnostics`], so that a user mends everything in one go.

use std::fmt;

use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::render;
use crate::source::{Source, Span};
use crate::sources::Sources;

/// One mistake in a pipeline file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: lower-case, without a full stop.
    pub message: String,
    /// Where it is wrong; `None` when it is about the file as a whole.
    pub span: Option<Span>,
    /// A few words that are shown beside the underlined place.
    pub label: Option<String>,
    /// What the user can do about it.
    pub hint: Option<String>,
    /// Other places that explain the mistake, such as the first of two definitions.
    pub related: Vec<Related>,
}

/// A second place that explains a [`Diagnostic`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub span: Span,
    /// What is to be seen there.
    pub label: String,
}

impl Diagnostic {
    /// A diagnostic about the file as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: None,
            label: None,
            hint: None,
            related: Vec::new(),
        }
    }

    /// Points at a place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// With all its places moved on by as much.
    #[must_use]
    pub(crate) fn moved(mut self, by: usize) -> Self {
        let related = self.related.iter_mut().map(|related| &mut related.span);
        for span in self.span.iter_mut().chain(related) {
            *span = span.start + by..span.end + by;
        }
        self
    }

    /// Adds words beside the underlined place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Shows another place that explains the mistake.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Related {
            span,
            label: label.into(),
        });
        self
    }
}

/// The mistakes found in one pipeline file and what is put over it.
///
/// `Display` renders them for a log: with source excerpts, without colour. Serialised, they are a
/// list of objects with `message`, `file`, `line`, `column` (null without a place) and `hint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    sources: Sources,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// An empty list for a file, or for several.
    pub fn new(sources: impl Into<Sources>) -> Self {
        Self {
            sources: sources.into(),
            list: Vec::new(),
        }
    }

    /// The file of the pipeline.
    pub fn source(&self) -> &Source {
        self.sources.first()
    }

    /// Adds one more mistake; nothing if it is known already, as one in a loop may be found in
    /// each iteration.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.list.contains(&diagnostic) {
            self.list.push(diagnostic);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many mistakes there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The mistakes, in the order they were pushed; those that come out of this crate are in the
    /// order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// The mistakes as text with source excerpts, with ANSI colours if `colour` is set.
    pub fn render(&self, colour: bool) -> String {
        render::render(&self.sources, &self.list, colour)
    }

    /// The mistakes without excerpts, in one line: `pipeline.toml:3:8: no step is named `tre``.
    pub fn in_a_line(&self) -> String {
        let place = |diagnostic: &Diagnostic| {
            let start = diagnostic.span.as_ref().map(|span| span.start);
            let Some((source, start)) = start.map(|start| self.sources.locate(start)) else {
                return String::new();
            };
            let position = source.position(start);
            format!("{}:{}:{}: ", source.name(), position.line, position.column)
        };
        let mistakes = self.list.iter();
        let mistakes = mistakes.map(|mistake| format!("{}{}", place(mistake), mistake.message));
        mistakes.collect::<Vec<_>>().join("; ")
    }

    /// `value` if nothing is wrong, else the mistakes in the order of the file.
    ///
    /// # Errors
    /// Itself, when it is not empty.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.list.is_empty() {
            Ok(value)
        } else {
            Err(self.sorted())
        }
    }

    /// In the order of the file and what is put over it; what has no place comes last.
    pub(crate) fn sorted(mut self) -> Self {
        self.list.sort_by_key(|diagnostic| {
            let start = diagnostic.span.as_ref().map(|span| span.start);
            (start.is_none(), start)
        });
        self
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

#[derive(serde::Serialize)]
struct Record<'a> {
    message: &'a str,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    hint: Option<&'a str>,
}

impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.list.len()))?;
        for diagnostic in &self.list {
            let start = diagnostic.span.as_ref().map(|span| span.start);
            let (source, start) = match start.map(|start| self.sources.locate(start)) {
                Some((source, start)) => (source, Some(start)),
                None => (self.source(), None),
            };
            let position = start.map(|start| source.position(start));
            list.serialize_element(&Record {
                message: &diagnostic.message,
                file: source.name(),
                line: position.map(|position| position.line),
                column: position.map(|position| position.column),
                hint: diagnostic.hint.as_deref(),
            })?;
        }
        list.end()
    }
}
