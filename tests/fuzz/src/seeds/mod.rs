//! Inputs to begin with, one step from everything that can go wrong: batches of every type, reports,
//! descriptions, pipelines and files that are as they should be. They are made, so that they follow
//! the contract as it is.

mod archives;
mod batches;
mod files;
mod memory;
mod reports;

use crate::image;

pub(crate) use reports::SCHEMA;

/// One input: the name of its target, its own name, and its bytes.
pub type Seed = (&'static str, String, Vec<u8>);

/// An input of a target, with its name.
type Named = (String, Vec<u8>);

/// All inputs.
pub fn all() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for (name, batch) in batches::batches() {
        let Some(wire) = memory::wire(&batch) else {
            continue;
        };
        if let Ok(bytes) = postcard::to_allocvec(&wire) {
            seeds.push(("arrow_batch", name.clone(), bytes));
        }
        seeds.push(("emitted_batch", name, memory::emitted(&wire)));
    }
    for (name, told) in reports::REPORTS {
        seeds.push(("returned_report", name.to_owned(), memory::report(&told)));
    }
    seeds.push(("returned_report", "error".to_owned(), memory::failure()));
    for (name, kind, schema) in reports::DESCRIPTIONS {
        let description = image::description(kind, schema);
        seeds.push(("described", name.to_owned(), description));
    }
    let all: [(&str, Vec<Named>); 6] = [
        ("described", reports::schemas()),
        ("package", archives::packages()),
        ("model_archive", archives::models()),
        ("pipeline", files::pipelines()),
        ("csv", files::csv()),
        ("json_lines", files::json_lines()),
    ];
    for (target, inputs) in all {
        let inputs = inputs.into_iter();
        seeds.extend(inputs.map(|(name, bytes)| (target, name, bytes)));
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_batch_is_left_out() {
        for (name, batch) in batches::batches() {
            assert!(memory::wire(&batch).is_some(), "{name}");
        }
    }
}
