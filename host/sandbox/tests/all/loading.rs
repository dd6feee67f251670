//! What loads, and what is refused with which words.

use mlhost_pipeline::Kind;
use mlhost_sandbox::{CONTRACT, Context, Error, Package, digest};

use crate::support::{STANDARD, component, sandbox, standard, table};

/// Why a component written as text is no plugin, and what to do about it.
fn refusal(text: &str) -> (String, Option<String>) {
    refusal_of_bytes(&wat::parse_str(text).unwrap())
}

fn refusal_of_bytes(bytes: &[u8]) -> (String, Option<String>) {
    match sandbox().load(bytes) {
        Err(Error::NotAPlugin { reason, hint }) => (reason, hint),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it loads"),
    }
}

#[test]
fn the_standard_packages_describe_themselves() {
    for name in STANDARD {
        let plugin = standard(name);
        let description = plugin.description();
        assert_eq!(description.name, name);
        assert_eq!(description.contract, CONTRACT);
        assert!(!description.summary.is_empty());
        assert_eq!(description.params_schema["type"], "object", "{name}");
        assert_eq!(plugin.package().name, Some(format!("mlhost:{name}")));
        assert_eq!(plugin.package().version.as_deref(), Some("0.1.0"));
        assert_eq!(plugin.name().to_string(), format!("mlhost:{name}@0.1.0"));
        let bytes = component(name);
        assert_eq!(plugin.digest(), digest(&bytes));
        assert_eq!(plugin.package(), &Package::of(&bytes));
    }
}

#[test]
fn the_standard_packages_are_of_their_kind() {
    for (name, kind) in [
        ("drift", Kind::DriftDetector),
        ("evaluate", Kind::Evaluator),
        ("linear", Kind::Trainer),
        ("preprocess", Kind::Preprocessor),
        ("tree", Kind::Trainer),
        ("validate", Kind::Validator),
    ] {
        assert_eq!(standard(name).kind(), kind);
    }
}

#[test]
fn the_standard_packages_import_the_contract_and_nothing_else() {
    for name in STANDARD {
        for import in standard(name).imports() {
            assert!(
                import.starts_with("mlhost:plugin/"),
                "{name} imports {import}"
            );
        }
    }
}

#[test]
fn bytes_that_are_no_component() {
    let module = wat::parse_str("(module)").unwrap();
    for bytes in [b"".as_slice(), b"hello", b"\0asm", &module] {
        assert_eq!(
            refusal_of_bytes(bytes).0,
            "it is not a WebAssembly component"
        );
    }
}

#[test]
fn a_component_that_ends_early() {
    let bytes = component("validate");
    let (_, hint) = refusal_of_bytes(&bytes[..bytes.len() / 2]);
    assert!(hint.unwrap().contains("host plugin inspect"));
}

#[test]
fn an_import_from_elsewhere_is_named() {
    for import in [
        "acme:clock/now@0.2.0",
        "wasi:cli/environment@0.3.0",
        "wasi:cli/environment",
        "wasi:nn/tensor@0.2.0-rc-2024-10-28",
    ] {
        let (reason, hint) = refusal(&format!(r#"(component (import "{import}" (instance)))"#));
        assert_eq!(
            reason,
            format!(
                "it imports `{import}`, which is part of neither `mlhost:plugin@0.1.0` nor WASI 0.2"
            )
        );
        assert!(hint.is_some());
    }
}

#[test]
fn every_version_of_wasi_is_linked() {
    for version in ["0.2.0", "0.2.3", "0.2.99"] {
        let component = format!(
            r#"(component
                (import "wasi:io/poll@{version}" (instance $poll
                    (export "pollable" (type (sub resource)))))
                (alias export $poll "pollable" (type $pollable))
                (import "wasi:clocks/monotonic-clock@{version}" (instance
                    (export "pollable" (type $own (eq $pollable)))
                    (export "subscribe-instant" (func (param "when" u64) (result (own $own))))))
                (import "wasi:http/types@{version}" (instance
                    (export "pollable" (type $own (eq $pollable)))
                    (export "fields" (type $fields (sub resource)))
                    (export "[constructor]fields" (func (result (own $fields))))))
                (import "wasi:sockets/network@{version}" (instance
                    (export "network" (type (sub resource))))))"#
        );
        let (reason, _) = refusal(&component);
        assert_eq!(reason, "it does not export `mlhost:plugin/describe`");
    }
}

#[test]
fn what_no_plugin_needs_of_webassembly_is_off() {
    let modules = [
        ("threads", "(memory 1 1 shared)"),
        (
            "atomics",
            "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))",
        ),
        ("exceptions", "(tag (param i32))"),
        ("garbage collection", "(type (struct (field i32)))"),
    ];
    let modules = modules.map(|(what, text)| (what, format!("(core module {text})")));
    let concurrency = [
        ("streams", "(type (stream u8))".to_owned()),
        ("futures", "(type (future u8))".to_owned()),
        ("tasks", "(core func (canon backpressure.inc))".to_owned()),
    ];
    for (what, content) in modules.into_iter().chain(concurrency) {
        let (reason, _) = refusal(&format!("(component {content})"));
        let words = ["not enabled", "must be enabled", "disabled", "requires"];
        let is_off = words.iter().any(|words| reason.contains(words));
        assert!(is_off, "{what}: {reason}");
    }
}

#[test]
fn an_import_from_another_version_of_the_contract_is_named() {
    let (reason, _) = refusal(r#"(component (import "mlhost:plugin/log@9.0.0" (instance)))"#);
    assert!(reason.contains("`mlhost:plugin/log@9.0.0`"), "{reason}");
}

#[test]
fn an_import_that_the_contract_does_not_have() {
    let (reason, _) = refusal(
        r#"(component (import "mlhost:plugin/log@0.1.0" (instance (export "shout" (func)))))"#,
    );
    assert!(reason.contains("shout"), "{reason}");
    let (reason, _) = refusal(
        r#"(component (import "mlhost:plugin/files@0.1.0" (instance (export "read" (func)))))"#,
    );
    assert!(reason.contains("mlhost:plugin/files@0.1.0"), "{reason}");
}

#[test]
fn an_import_with_another_signature() {
    let (reason, _) = refusal(
        r#"(component (import "mlhost:plugin/progress@0.1.0" (instance (export "report" (func (param "done" u32))))))"#,
    );
    assert!(reason.contains("mlhost:plugin/progress@0.1.0"), "{reason}");
}

#[test]
fn a_component_that_does_not_describe_itself() {
    let (reason, _) = refusal("(component)");
    assert_eq!(reason, "it does not export `mlhost:plugin/describe`");
}

#[test]
fn a_plugin_of_another_kind_is_named_with_what_it_lacks() {
    let (context, schema) = (Context::new("fit"), table(1).schema());
    let tree = standard("tree");
    let Err(error) = tree.folder(&context, "{}", &schema) else {
        panic!("a trainer folds");
    };
    assert_eq!(
        error.to_string(),
        "plugin mlhost:tree@0.1.0 is a trainer and has no `fold`"
    );
    let validate = standard("validate");
    assert!(matches!(
        validate.trainer(&context, "{}", &schema),
        Err(Error::WrongKind {
            interface: "fit",
            ..
        })
    ));
    assert!(matches!(
        validate.transformer(&context, "{}", &[], &schema),
        Err(Error::WrongKind {
            interface: "transform",
            ..
        })
    ));
    assert!(matches!(
        standard("preprocess").assess(&context, "{}", &[]),
        Err(Error::WrongKind {
            interface: "report",
            ..
        })
    ));
}

#[test]
fn parameters_that_are_wrong_are_pointed_at() {
    let schema = table(1).schema();
    let params = r#"{ "columns": { "n": { "between": { "min": "low" } } } }"#;
    let Err(error) = standard("validate").folder(&Context::new("check"), params, &schema) else {
        panic!("a word is taken for a number");
    };
    let reported = error.reported().unwrap();
    assert_eq!(reported.kind, "invalid-params");
    assert_eq!(reported.at.as_deref(), Some("/columns/n/between/min"));
    let text = error.to_string();
    assert!(
        text.starts_with("plugin mlhost:validate@0.1.0 in step `check`: "),
        "{text}"
    );
}
