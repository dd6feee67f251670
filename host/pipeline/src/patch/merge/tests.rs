//! The algebra of merging, on trees of all shapes.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::merge;
use crate::node::{Content, Entry, Node};
use crate::patch::change::{Change, combined};
use crate::patch::{path, removal};

/// A tree of tables and values, with few names, so that two of them often meet.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0..3i64).prop_map(Value::from),
        Just(json!([1, 2])),
        Just(json!("text")),
    ];
    let table = |inner| prop::collection::btree_map("[a-d]", inner, 0..4);
    let tables = leaf.prop_recursive(3, 24, 4, move |inner| {
        table(inner).prop_map(|entries| Value::Object(entries.into_iter().collect()))
    });
    prop::collection::btree_map("[a-d]", tables, 0..4)
        .prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

/// The same, but what is a table is one in all of them: `a` and `b` are tables of `a` to `d`.
fn tree_of_one_shape() -> impl Strategy<Value = Value> {
    let values = || prop::collection::btree_map("[a-d]", (0..3i64).prop_map(Value::from), 0..4);
    let table = move || values().prop_map(|entries| Value::Object(entries.into_iter().collect()));
    let tables = prop::collection::btree_map("[ab]", table(), 0..3);
    (tables, prop::collection::btree_map("[cd]", 0..3i64, 0..3)).prop_map(|(tables, values)| {
        let values = values.into_iter().map(|(name, value)| (name, value.into()));
        Value::Object(tables.into_iter().chain(values).collect::<Map<_, _>>())
    })
}

fn entries(value: &Value) -> Vec<Entry> {
    let pairs = value.as_object().into_iter().flatten();
    pairs
        .map(|(name, value)| Entry {
            name: name.clone(),
            key_span: 0..0,
            node: node(value),
        })
        .collect()
}

fn node(value: &Value) -> Node {
    let content = match value {
        Value::Object(_) => Content::Table(entries(value)),
        Value::Array(items) => Content::Array(items.iter().map(node).collect()),
        Value::String(text) => Content::String(text.clone()),
        other => Content::Integer(other.as_i64().unwrap_or_default()),
    };
    Node::new(0..0, content)
}

fn json_of(entries: Vec<Entry>) -> Value {
    Node::new(0..0, Content::Table(entries)).to_json_or_text()
}

/// The merged tree, and what has changed.
fn merged(base: &Value, patch: &Value) -> (Value, Vec<Change>) {
    let mut root = entries(base);
    let mut changes = Vec::new();
    merge(&mut root, entries(patch), "", &mut changes);
    (json_of(root), combined(changes))
}

/// The tree without what is at these paths.
fn without(base: &Value, paths: &[String]) -> Value {
    let mut diagnostics = crate::Diagnostics::new(crate::Source::new("", ""));
    let (mut root, mut changes) = (entries(base), Vec::new());
    let remove = Entry {
        name: "remove".to_owned(),
        key_span: 0..0,
        node: node(&json!(paths)),
    };
    for removal in removal::read(&remove, "a patch", &mut diagnostics) {
        removal.apply(&mut root, false, &mut changes, &mut diagnostics);
    }
    assert!(diagnostics.is_empty(), "{diagnostics}");
    assert_eq!(changes.len(), paths.len());
    json_of(root)
}

/// The value at a path, if there is one.
fn at<'a>(tree: &'a Value, text: &str) -> Option<&'a Value> {
    let keys = path::parse(text).unwrap_or_default();
    keys.iter().try_fold(tree, |tree, key| tree.get(&key.name))
}

#[test]
fn tables_merge_and_everything_else_replaces() {
    let base = json!({ "a": { "x": 1, "y": [1, 2] }, "b": 1, "c": { "z": 1 }, "d": 4 });
    let patch = json!({ "a": { "y": [3], "n": 5 }, "b": { "t": 1 }, "c": 2 });
    let (tree, changes) = merged(&base, &patch);
    let expected = json!({ "a": { "x": 1, "y": [3], "n": 5 }, "b": { "t": 1 }, "c": 2, "d": 4 });
    assert_eq!(tree, expected);
    let paths: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["a.n", "a.y", "b", "c"]);
}

proptest! {
    #[test]
    fn an_empty_patch_changes_nothing(base in tree()) {
        let (tree, changes) = merged(&base, &json!({}));
        prop_assert_eq!(tree, base);
        prop_assert!(changes.is_empty());
    }

    #[test]
    fn a_patch_over_nothing_is_the_patch(patch in tree()) {
        prop_assert_eq!(merged(&json!({}), &patch).0, patch);
    }

    #[test]
    fn a_patch_changes_nothing_the_second_time(base in tree(), patch in tree()) {
        let (once, _) = merged(&base, &patch);
        let (twice, changes) = merged(&once, &patch);
        prop_assert_eq!(twice, once);
        prop_assert!(changes.is_empty());
    }

    #[test]
    fn patches_of_one_shape_can_be_merged_beforehand(
        base in tree_of_one_shape(), first in tree_of_one_shape(), second in tree_of_one_shape(),
    ) {
        let one_by_one = merged(&merged(&base, &first).0, &second).0;
        let together = merged(&base, &merged(&first, &second).0).0;
        prop_assert_eq!(one_by_one, together);
    }

    #[test]
    fn what_was_added_can_be_removed(base in tree(), patch in tree()) {
        let (tree, changes) = merged(&base, &patch);
        prop_assume!(changes.iter().all(|change| change.before.is_none()));
        let paths: Vec<_> = changes.into_iter().map(|change| change.path).collect();
        prop_assert_eq!(without(&tree, &paths), base);
    }

    #[test]
    fn the_changes_say_what_was_and_what_is(base in tree(), patch in tree()) {
        let (tree, changes) = merged(&base, &patch);
        prop_assert_eq!(changes.is_empty(), tree == base);
        for change in changes.iter().map(Change::to_public) {
            prop_assert_eq!(change.before.as_ref(), at(&base, &change.path));
            prop_assert_eq!(change.after.as_ref(), at(&tree, &change.path));
        }
    }
}
