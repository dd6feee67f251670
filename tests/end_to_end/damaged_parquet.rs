//! Parquet files that were damaged on the way: cut off, or with other bytes than were written.

use std::fs;

use crate::{
    bad_input::{parquet, refusal, scene, snapshot},
    support::Scene,
};

/// More than one row group, so that the second is read by the run alone.
const ROWS: usize = 140_000;

/// The length of the footer, with what stands behind it.
fn footer(bytes: &[u8]) -> usize {
    let (_, end) = bytes
        .split_last_chunk::<8>()
        .map(|(start, end)| (start, *end))
        .expect("an end");
    let [a, b, c, d, ..] = end;
    u32::from_le_bytes([a, b, c, d]) as usize + 8
}

fn damaged(damage: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Scene {
    let scene = scene("table.parquet", "");
    let bytes = parquet(&scene, "table.parquet", ROWS);
    fs::write(scene.path("table.parquet"), damage(bytes)).expect("the file can be written");
    scene
}

#[test]
fn a_file_that_is_cut_in_its_footer() {
    let scene = damaged(|mut bytes| {
        bytes.truncate(bytes.len() - footer(&bytes) / 2);
        bytes
    });
    snapshot("parquet-cut-in-the-footer", &refusal(&scene));
}

#[test]
fn a_file_that_is_cut_in_its_rows() {
    let scene = damaged(|mut bytes| {
        bytes.truncate(bytes.len() / 2);
        bytes
    });
    snapshot("parquet-cut-in-the-rows", &refusal(&scene));
}

#[test]
fn a_file_that_lacks_its_middle() {
    let scene = damaged(|bytes| {
        let (rows, footer) = bytes.split_at(bytes.len() - footer(&bytes));
        [&rows[..rows.len() / 2], footer].concat()
    });
    snapshot("parquet-without-its-middle", &refusal(&scene));
}

#[test]
fn a_file_of_which_the_last_row_group_is_damaged() {
    let scene = damaged(|mut bytes| {
        let end = bytes.len() - footer(&bytes);
        bytes[end - 2000..end].fill(0xff);
        bytes
    });
    snapshot("parquet-with-a-damaged-row-group", &refusal(&scene));
}

#[test]
fn a_page_with_another_byte() {
    let scene = damaged(|mut bytes| {
        // The first byte of the header of the first page, behind the four of the format.
        bytes[4] ^= 0x40;
        bytes
    });
    snapshot("parquet-with-another-byte", &refusal(&scene));
}
