//! Reads what `[data.<name>]` says of text files: how they are compressed, and which types their
//! columns have.

use indexmap::IndexMap;

use crate::column_type::ColumnType;
use crate::compression::Compression;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::format::Format;
use crate::names;
use crate::node::Entry;
use crate::reader::{self, Section};

/// The value of the key `compression`.
pub(crate) fn compression(
    section: Section<'_>,
    format: Option<Format>,
    diagnostics: &mut Diagnostics,
) -> Option<Compression> {
    let entry = section.optional("compression")?;
    refuse_unless_text(section, entry, format, diagnostics);
    let name = reader::string(&entry.node, &section.key("compression"), diagnostics)?;
    let compression = Compression::from_name(name);
    if compression.is_none() {
        let message = format!(
            "unknown compression `{}` in {}",
            name.escape_debug(),
            section.title
        );
        let hint = names::hint(name, "compressions", Compression::NAMES);
        reader::report(&entry.node, message, Some(hint), diagnostics);
    }
    compression
}

/// The columns and types of the table `schema`.
pub(crate) fn schema(
    section: Section<'_>,
    format: Option<Format>,
    diagnostics: &mut Diagnostics,
) -> Option<IndexMap<String, ColumnType>> {
    let entry = section.optional("schema")?;
    refuse_unless_text(section, entry, format, diagnostics);
    let columns = reader::table(&entry.node, &section.key("schema"), diagnostics)?;
    if columns.is_empty() {
        let message = format!("{} names no column", section.key("schema"));
        let hint = "write each column with its type, or leave `schema` out".to_owned();
        reader::report(&entry.node, message, Some(hint), diagnostics);
    }
    let types = columns.iter().filter_map(|column| {
        let column_type = column_type(column, section.title, diagnostics)?;
        Some((column.name.clone(), column_type))
    });
    Some(types.collect())
}

fn column_type(column: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Option<ColumnType> {
    let what = format!("column `{}` in `schema` of {title}", column.name);
    let name = reader::string(&column.node, &what, diagnostics)?;
    let column_type = ColumnType::from_name(name);
    if column_type.is_none() {
        let message = format!("unknown type `{}` for {what}", name.escape_debug());
        let hint = names::hint(name, "types", ColumnType::NAMES);
        reader::report(&column.node, message, Some(hint), diagnostics);
    }
    column_type
}

fn refuse_unless_text(
    section: Section<'_>,
    entry: &Entry,
    format: Option<Format>,
    diagnostics: &mut Diagnostics,
) {
    let Some(format) = format.filter(|format| !format.is_text()) else {
        return;
    };
    let message = format!(
        "key `{}` in {} does not fit its format, {format}",
        entry.name, section.title
    );
    let hint = "remove it: such files say it themselves";
    diagnostics.push(
        Diagnostic::new(message)
            .at(entry.key_span.clone())
            .hint(hint),
    );
}
