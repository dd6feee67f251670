//! Components that are none, import what there is not, or are too much of anything.

use mlhost_sandbox::Limits;

use crate::{attack::Attack, entry::Entry, support::hostile_bytes, text};

/// Bytes of what makes a component too large.
const HUGE: usize = 100 << 20;

pub(crate) fn attacks() -> Vec<Attack> {
    let mut attacks = vec![
        load("nothing", Vec::new),
        load("words", || b"#!/bin/sh\nrm -rf /\n".to_vec()),
        load("first-bytes-only", || HEAD.to_vec()),
        load("noise-after-the-first-bytes", || noise(HEAD, 4096)),
        load("core-module", || compiled("(module)")),
        load("half-of-a-component", || {
            let whole = hostile_bytes();
            whole[..whole.len() / 2].to_vec()
        }),
        load("all-but-the-last-byte", || {
            let whole = hostile_bytes();
            whole[..whole.len() - 1].to_vec()
        }),
        load("more-after-the-end", || {
            let mut whole = hostile_bytes();
            whole.extend(b"more");
            whole
        }),
        load("two-in-one", || hostile_bytes().repeat(2)),
        load("huge-custom-section", || {
            custom_section(text::component(""), "huge", &vec![0; HUGE])
        }),
        load("section-longer-than-the-file", || {
            let mut component = text::component("");
            component.extend([0, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, b'x']);
            component
        }),
        Attack::component("name-with-codes", Entry::Update, Limits::default(), || {
            named("evil\u{1b}[2J:\u{202e}name\n\nerror: all is lost")
        }),
        Attack::component("huge-name", Entry::Update, Limits::default(), || {
            named(&"n".repeat(HUGE))
        }),
        load("huge-function", || core(&huge_function())),
        load("many-locals", || {
            core(&format!("(func $many (local{}))", " i64".repeat(50_001)))
        }),
        load("deep-blocks", || {
            let (open, close) = ("(block ".repeat(50_000), ")".repeat(50_000));
            core(&format!("(func $deep {open}{close})"))
        }),
        load("many-functions", || core(&"(func)".repeat(1_000_001))),
    ];
    attacks.extend(TEXTS.map(|(name, text)| load(name, move || compiled(text))));
    attacks.extend([
        load("components-in-components", || nested_components(1000)),
        load("types-in-types", || compiled(&nested_types(10_000))),
        load("many-instances", || {
            compiled(&many_instances(20_000, "(func)"))
        }),
        load("many-memories", || {
            compiled(&many_instances(1000, "(memory 1000)"))
        }),
        load("many-tables", || {
            compiled(&many_instances(1000, "(table 90000 funcref)"))
        }),
    ]);
    attacks
}

/// The first bytes of every component.
const HEAD: &[u8] = b"\0asm\x0d\0\x01\0";

/// Short components with the wrong imports or exports.
const TEXTS: [(&str, &str); 10] = [
    ("no-exports", "(component)"),
    (
        "another-world",
        r#"(component
            (core module $m (func (export "run") (result i32) (i32.const 0)))
            (core instance $i (instantiate $m))
            (func $run (result (result)) (canon lift (core func $i "run")))
            (instance $run (export "run" (func $run)))
            (export "wasi:cli/run@0.2.0" (instance $run)))"#,
    ),
    (
        "another-version",
        r#"(component
            (instance $describe)
            (export "mlhost:plugin/describe@0.2.0" (instance $describe)))"#,
    ),
    (
        "describe-that-is-empty",
        r#"(component
            (instance $describe)
            (export "mlhost:plugin/describe@0.1.0" (instance $describe)))"#,
    ),
    (
        "describe-of-another-type",
        r#"(component
            (core module $m (func (export "describe") (result i32) (i32.const 0)))
            (core instance $i (instantiate $m))
            (func $describe (result u32) (canon lift (core func $i "describe")))
            (instance $all (export "describe" (func $describe)))
            (export "mlhost:plugin/describe@0.1.0" (instance $all)))"#,
    ),
    (
        "import-of-a-host-that-is-not",
        r#"(component (import "evil:host/shell@1.0.0" (instance (export "run" (func)))))"#,
    ),
    (
        "import-of-a-bare-function",
        r#"(component (import "system" (func (param "command" string))))"#,
    ),
    (
        "import-of-a-module",
        r#"(component (import "libc" (core module)))"#,
    ),
    (
        "import-that-the-contract-lacks",
        r#"(component
            (import "mlhost:plugin/log@0.1.0" (instance (export "shell" (func)))))"#,
    ),
    (
        "import-of-another-type",
        r#"(component
            (import "mlhost:plugin/progress@0.1.0"
                (instance (export "report" (func (param "done" string))))))"#,
    ),
];

fn load(name: &str, bytes: impl Fn() -> Vec<u8> + 'static) -> Attack {
    Attack::component(name, Entry::Load, Limits::default(), bytes)
}

fn compiled(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Bytes that look like chance, and are always the same.
fn noise(head: &[u8], length: usize) -> Vec<u8> {
    let next = |state: &u64| {
        Some(
            state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1),
        )
    };
    let states = std::iter::successors(Some(1_u64), next);
    let bytes = states.map(|state| (state >> 56) as u8);
    head.iter().copied().chain(bytes.take(length)).collect()
}

/// A component with a custom section at its end.
fn custom_section(mut component: Vec<u8>, name: &str, content: &[u8]) -> Vec<u8> {
    let name_length = leb128(name.len());
    component.push(0);
    component.extend(leb128(name_length.len() + name.len() + content.len()));
    component.extend(name_length);
    component.extend(name.as_bytes());
    component.extend(content);
    component
}

/// A component whose metadata has this name.
fn named(name: &str) -> Vec<u8> {
    // A subsection for the component's name: see the component model's binary format.
    let mut section = vec![0];
    section.extend(leb128(leb128(name.len()).len() + name.len()));
    section.extend(leb128(name.len()));
    section.extend(name.as_bytes());
    // It fails, so that its name is told.
    let component = text::component_of("machine", "unreachable");
    custom_section(component, "component-name", &section)
}

/// A number as WebAssembly writes it.
fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A component with a core module in it.
fn core(content: &str) -> Vec<u8> {
    compiled(&format!("(component (core module {content}))"))
}

/// A function of more bytes than one may have.
fn huge_function() -> String {
    format!("(func{})", " nop".repeat(8_000_000))
}

fn nested_components(levels: usize) -> Vec<u8> {
    let mut component = HEAD.to_vec();
    for _ in 0..levels {
        let mut outer = HEAD.to_vec();
        outer.push(4);
        outer.extend(leb128(component.len()));
        outer.extend(component);
        component = outer;
    }
    component
}

/// A list of a list of a list.
fn nested_types(levels: usize) -> String {
    let list = |level| format!("(type $t{} (list $t{level}))", level + 1);
    let lists: String = (0..levels).map(list).collect();
    format!("(component (type $t0 (list u8)) {lists})")
}

/// A component with many instances of a core module.
fn many_instances(count: usize, content: &str) -> String {
    let instances = "(core instance (instantiate $m))".repeat(count);
    format!("(component (core module $m {content}) {instances})")
}
