//! What differs between two JSON values, each difference at its place.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value that is not the same on both sides; on one it may be missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueChange {
    /// Where it is: `max_depth`, `encode[0].columns`.
    pub at: String,
    /// What it was.
    pub before: Option<Value>,
    /// What it is.
    pub after: Option<Value>,
}

/// Where two values differ, as far down as objects and lists of equal length go.
pub fn value_changes(before: &Value, after: &Value) -> Vec<ValueChange> {
    let mut changes = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut changes);
    changes
}

fn compare(
    at: String,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<ValueChange>,
) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            let added = right.keys().filter(|key| !left.contains_key(*key));
            for key in left.keys().chain(added) {
                let at = match at.as_str() {
                    "" => key.clone(),
                    parent => format!("{parent}.{key}"),
                };
                compare(at, left.get(key), right.get(key), changes);
            }
        }
        (Some(Value::Array(left)), Some(Value::Array(right)))
            if left.len() == right.len() && left.iter().all(Value::is_object) =>
        {
            for (position, pair) in left.iter().zip(right).enumerate() {
                let at = format!("{at}[{position}]");
                compare(at, Some(pair.0), Some(pair.1), changes);
            }
        }
        (before, after) => changes.push(ValueChange {
            at,
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::value_changes;

    #[test]
    fn values_differ_where_they_differ() {
        let before = json!({ "depth": 12, "encode": [{ "as": "one_hot", "columns": ["a"] }] });
        let after = json!({ "encode": [{ "as": "one_hot", "columns": ["a", "b"] }], "seed": 1 });
        let changes = value_changes(&before, &after);
        let places: Vec<_> = changes.iter().map(|change| change.at.as_str()).collect();
        assert_eq!(places, ["depth", "encode[0].columns", "seed"]);
        assert_eq!(changes[0].after, None);
        assert_eq!(changes[2].before, None);
        assert!(value_changes(&after, &after).is_empty());
    }
}
