//! Canonical JSON: one text for one value, and no value that would become another one.

use mlhost_store::{Digest, Error, canonical_json};
use proptest::prelude::*;
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    String::from_utf8(canonical_json(value).unwrap()).unwrap()
}

#[test]
fn keys_are_sorted_and_numbers_have_one_form() {
    let value = json!({ "b": [1.0, 1e21, -0.0, 1.5], "a": { "é": null, "e": "\u{1f}/" } });
    assert_eq!(
        text(&value),
        r#"{"a":{"e":"\u001f/","é":null},"b":[1,1e+21,0,1.5]}"#
    );
}

#[test]
fn integers_that_would_change_are_refused_with_their_place() {
    for integer in [
        json!((1_u64 << 53) + 1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1_u64 << 60),
    ] {
        let value = json!({ "with": [{ "a/b": 1 }, { "a/b": integer }] });
        match canonical_json(&value).unwrap_err() {
            Error::InexactInteger {
                pointer,
                integer: named,
            } => {
                assert_eq!(pointer, "/with/1/a~1b");
                assert_eq!(value.pointer(&pointer).unwrap(), &integer);
                assert_eq!(named, integer.to_string());
            }
            other => panic!("{other}"),
        }
    }
    for integer in [json!(1_u64 << 53), json!(-(1_i64 << 53)), json!(0)] {
        assert_eq!(text(&integer), integer.to_string());
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

type Entries = Vec<(String, i32)>;

fn entries_and_shuffled() -> impl Strategy<Value = (Entries, Entries)> {
    proptest::collection::btree_map(any::<String>(), any::<i32>(), 0..8)
        .prop_map(|map| map.into_iter().collect::<Entries>())
        .prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle()))
}

/// The text of an object with its keys in the order given.
fn object(entries: &Entries) -> String {
    let entry = |(key, value): &(String, i32)| format!("{}: {value}", Value::from(key.as_str()));
    format!(
        "{{ {} }}",
        entries.iter().map(entry).collect::<Vec<_>>().join(", ")
    )
}

proptest! {
    #[test]
    fn the_order_of_keys_does_not_matter((sorted, shuffled) in entries_and_shuffled()) {
        let digest = |entries| {
            let value = serde_json::from_str(&object(entries)).unwrap();
            Digest::of(&canonical_json(&value).unwrap())
        };
        prop_assert_eq!(digest(&sorted), digest(&shuffled));
    }

    #[test]
    fn canonical_json_is_read_back_as_itself(value in any_json()) {
        if let Ok(bytes) = canonical_json(&value) {
            let read: Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(canonical_json(&read).unwrap(), bytes);
        }
    }

    #[test]
    fn an_integer_is_kept_or_refused(integer: u64) {
        if let Ok(bytes) = canonical_json(&integer.into()) {
            prop_assert_eq!(serde_json::from_slice::<u64>(&bytes).unwrap(), integer);
        }
    }
}
