//! Rows and columns, as they are laid out on a page and in Markdown.

use serde::Serialize;

use crate::text;

/// Rows under headings.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Table {
    /// What it shows, if its section does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The headings.
    pub columns: Vec<String>,
    /// As many cells each as there are headings.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number; none where there is no value.
    Number(Option<f64>),
    /// A duration in seconds, drawn as a bar beside those of the other rows.
    Seconds(f64),
}

impl Table {
    /// A table without rows.
    pub fn new(columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            title: None,
            columns: columns.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// The table with a title.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Self {
        Self {
            title: Some(title.into()),
            ..self
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        self.rows.push(row.into_iter().collect());
    }

    /// Whether numbers stand in a column, and nothing else.
    pub(super) fn is_numeric(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(column));
        !self.rows.is_empty() && cells.all(|cell| !matches!(cell, Cell::Text(_)))
    }

    /// The longest duration in it.
    pub(super) fn longest(&self) -> f64 {
        let cells = self.rows.iter().flatten();
        let seconds = cells.filter_map(|cell| match cell {
            Cell::Seconds(seconds) => Some(*seconds),
            _ => None,
        });
        seconds.fold(0.0, f64::max)
    }
}

impl Cell {
    /// Words, as they are shown.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// What is written in the cell.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Text(words) => words.clone(),
            Self::Number(Some(number)) => text::number(*number),
            Self::Number(None) => String::new(),
            Self::Seconds(seconds) => text::seconds(*seconds),
        }
    }
}
