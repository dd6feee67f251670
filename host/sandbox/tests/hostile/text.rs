//! Attacks as WebAssembly text: `tests/hostile/text` has a file for each family, with the plugin
//! that they all share in `shell.wat`.
//!
//! An attack begins with a line `;;; NAME at ENTRY`, followed by `within 50 ms` or `with 64 MiB`
//! where it needs other limits. Its definitions take the place of those of the same name in the
//! shell; imports and others come on top.

use std::{fs, path::Path};

use mlhost_sandbox::Limits;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::attack::{Attack, short, small};

/// The world of a plugin that exports everything.
const WORLD: &str = "
    package test:text;

    world everything {
        import mlhost:plugin/log@0.1.0;
        import mlhost:plugin/data@0.1.0;
        import mlhost:plugin/output@0.1.0;
        import wasi:cli/environment@0.2.12;
        import wasi:cli/exit@0.2.12;
        import wasi:clocks/monotonic-clock@0.2.12;
        import wasi:filesystem/preopens@0.2.12;
        import wasi:filesystem/types@0.2.12;
        import wasi:io/streams@0.2.12;

        export mlhost:plugin/describe@0.1.0;
        export mlhost:plugin/fold@0.1.0;
        export mlhost:plugin/fit@0.1.0;
        export mlhost:plugin/transform@0.1.0;
        export mlhost:plugin/report@0.1.0;
    }
";

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

/// The shell, with other definitions, as a component.
pub(crate) fn component(definitions: &str) -> Vec<u8> {
    let shell = read("shell");
    let (own, theirs) = (forms(definitions), forms(&shell));
    let is_replaced = |form: &&str| own.iter().any(|own| named(own) && head(own) == head(form));
    let kept = theirs.iter().filter(|form| !is_replaced(form));
    let mut all: Vec<_> = kept.chain(&own).copied().collect();
    // Imports have to come first, in a stable order.
    all.sort_by_key(|form| !form.starts_with("(import"));
    encoded(&format!("(module\n{}\n)", all.join("\n")))
}

fn encoded(module: &str) -> Vec<u8> {
    let mut module = wat::parse_str(module).unwrap_or_else(|error| panic!("{error}"));
    let mut resolve = Resolve::default();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for wit in ["../../wit/0.1.0", "wasi"] {
        resolve.push_path(here.join(wit)).unwrap();
    }
    let package = resolve.push_str("world.wit", WORLD).unwrap();
    let world = resolve
        .select_world(&[package], Some("everything"))
        .unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    let mut encoder = ComponentEncoder::default();
    let encoded = encoder.module(&module).unwrap().encode();
    encoded.unwrap_or_else(|error| panic!("{error:#}"))
}

fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/text");
    fs::read_to_string(folder.join(name).with_extension("wat")).unwrap()
}

/// The parentheses of a text, each with what is in it.
fn forms(text: &str) -> Vec<&str> {
    let (mut forms, mut depth, mut start) = (Vec::new(), 0, 0);
    let (mut in_text, mut in_comment, mut before) = (false, false, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '\n' => in_comment = false,
            _ if in_comment => {}
            ';' if before == ';' && !in_text => in_comment = true,
            '"' => in_text = !in_text,
            '(' if !in_text => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            ')' if !in_text => {
                depth -= 1;
                if depth == 0 {
                    forms.push(&text[start..=at]);
                }
            }
            _ => {}
        }
        before = c;
    }
    assert_eq!(depth, 0, "parentheses are left open");
    forms
}

/// What a form defines: its first two words.
fn head(form: &str) -> Vec<&str> {
    let words = form.split(|c: char| c.is_whitespace() || c == ')');
    words.take(2).collect()
}

fn named(form: &str) -> bool {
    head(form).get(1).is_some_and(|name| name.starts_with('$'))
}
