//! Sub-pipelines: a step with `pipeline = "features.toml"` stands for all the steps of another
//! file. They are put in its place before anything is read, under names such as
//! `features/preprocess`, so that one plan has them all.
//!
//! - Parameters go in: `params = { … }` sets those that the other file declares.
//! - Data goes in: `data = { flights = "train" }` puts a table of this file in the place of one of
//!   the other.
//! - Results come out: the other file says in `[outputs]` what its steps are called outside;
//!   `features.rows` is the output `rows`, and `features` the only one.
//! - `for_each`, `zip` and `repeat` make a loop over all its steps, whose variables go in as
//!   parameters.
//! - `when`, `after`, `on_failure` and `finally` hold for all its steps.
//!
//! What the other file says of `seed`, `retention`, `deadline` and `profiles` is for running it
//! alone. Its paths are relative to its own folder.

mod files;
mod governing;
mod inside;
mod looped;
mod outside;
mod rewrite;

use std::collections::HashMap;

pub use files::{included, path_from, profile_names};
pub(crate) use outside::{check_outputs, put_in};

use crate::node::{Content, Entry, Node};
use crate::source::Source;

/// The texts of the files that a pipeline includes, each with where it begins among all texts.
pub(crate) type Files = HashMap<String, (usize, Source)>;

/// What an output is called outside, and the step it is.
pub(crate) type Outputs = HashMap<String, String>;

fn table(node: &Node) -> &[Entry] {
    match &node.content {
        Content::Table(entries) => entries,
        _ => &[],
    }
}

fn table_mut(node: &mut Node) -> Option<&mut Vec<Entry>> {
    match &mut node.content {
        Content::Table(entries) => Some(entries),
        _ => None,
    }
}

fn text(node: &Node) -> Option<&str> {
    match &node.content {
        Content::String(text) => Some(text),
        _ => None,
    }
}

fn find<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.name == name)
}
