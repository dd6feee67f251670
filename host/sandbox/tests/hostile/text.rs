//! Attacks as WebAssembly text: `tests/hostile/text` has a file for each family, with the plugin
//! that they all share in `shell.wat`.
//!
//! An attack begins with a line `;;; NAME at ENTRY`, followed by `within 50 ms` or `with 64 MiB`
//! where it needs other limits. Its definitions take the place of those of the same name in the
//! shell; imports and others come on top.

use mlhost_sandbox::Limits;

pub(crate) use crate::shell::component;
use crate::{
    attack::{Attack, short, small},
    shell::read,
};

/// The attacks of a family.
pub(crate) fn attacks(family: &str) -> Vec<Attack> {
    let text = read(family);
    let mut parts = text.split("\n;;; ");
    parts.next();
    parts.map(attack).collect()
}

/// One attack of a family, as a component.
pub(crate) fn component_of(family: &str, name: &str) -> Vec<u8> {
    let text = read(family);
    let mut parts = text.split("\n;;; ");
    let part = parts.find(|part| part.split(' ').next() == Some(name));
    let (_, definitions) = part.unwrap().split_once('\n').unwrap();
    component(definitions)
}

fn attack(part: &str) -> Attack {
    let (head, definitions) = part.split_once('\n').unwrap();
    let words: Vec<_> = head.split(' ').collect();
    let (name, entry, limits) = match words.as_slice() {
        [name, "at", entry] => (name, entry, Limits::default()),
        [name, "at", entry, "within", "50", "ms"] => (name, entry, short()),
        [name, "at", entry, "with", number, "MiB"] => (name, entry, small(number.parse().unwrap())),
        _ => panic!("`{head}` is not the head of an attack"),
    };
    let definitions = definitions.to_owned();
    Attack::component(name, entry.parse().unwrap(), limits, move || {
        component(&definitions)
    })
}
