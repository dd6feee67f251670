//! `host plugin list`: the packages inside this executable.

use comfy_table::CellAlignment::{Left, Right};

use super::engine;
use crate::{
    error::Failure,
    output::{self, Output},
    text,
};

pub(super) fn list(output: &mut Output) -> Result<(), Failure> {
    let engine = engine()?;
    output.print(&engine.packages().standard(), |packages| {
        let rows = packages.iter().map(|package| {
            let bytes = text::bytes(package.component.len() as u64);
            vec![
                package.name.clone(),
                package.version.clone(),
                bytes,
                package.description.clone(),
            ]
        });
        let headings = [
            ("PACKAGE", Left),
            ("VERSION", Left),
            ("SIZE", Right),
            ("DESCRIPTION", Left),
        ];
        output::table(&headings, rows)
    })
}
