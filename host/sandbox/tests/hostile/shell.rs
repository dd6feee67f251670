//! Components from WebAssembly text: the plugin in `tests/hostile/text/shell.wat`, with other
//! definitions in the place of some of its own.

use std::{fs, path::Path};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

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

/// A file of the folder of texts.
pub(crate) fn read(name: &str) -> String {
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
