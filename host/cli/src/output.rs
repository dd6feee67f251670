//! Standard output: text for people, JSON for programs.

use std::{fmt::Display, io::Write};

use comfy_table::{Cell, CellAlignment, Table};
use serde::Serialize;

use crate::{arguments::Format, error::Failure};

/// Where results go.
pub(crate) struct Output {
    format: Format,
}

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Prints a result: as JSON, or with the words of `text`.
    pub(crate) fn print<T: Serialize, D: Display>(
        &mut self,
        result: &T,
        text: impl FnOnce(&T) -> D,
    ) -> Result<(), Failure> {
        let mut stdout = anstream::stdout().lock();
        match self.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut stdout, result).map_err(std::io::Error::from)?;
                writeln!(stdout)?;
            }
            _ => writeln!(stdout, "{}", text(result).to_string().trim_end())?,
        }
        Ok(stdout.flush()?)
    }

    /// Prints one of many results, in one line.
    pub(crate) fn line<T: Serialize>(
        &mut self,
        result: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        let mut stdout = anstream::stdout().lock();
        match self.format {
            Format::Json => {
                serde_json::to_writer(&mut stdout, result).map_err(std::io::Error::from)?;
                writeln!(stdout)?;
            }
            _ => writeln!(stdout, "{}", text(result))?,
        }
        Ok(stdout.flush()?)
    }
}

/// Columns for a [`table`]: a heading, and whether numbers stand under it.
pub(crate) type Heading<'a> = (&'a str, CellAlignment);

/// A table with these headings, without lines.
pub(crate) fn table(
    headings: &[Heading<'_>],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(headings.iter().map(|(name, _)| Cell::new(name)));
    for row in rows {
        let cells = row.into_iter().zip(headings);
        table
            .add_row(cells.map(|(text, (_, alignment))| Cell::new(text).set_alignment(*alignment)));
    }
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    table
}
