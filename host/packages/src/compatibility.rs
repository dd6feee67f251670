//! Whether a version of a plugin can stand in for an earlier one: what broke between two
//! descriptions. A pipeline that the earlier one took must be taken, and mean the same.

use mlhost_sandbox::Description;
use serde_json::Value;

use crate::schema::{Allowance, Alternative, DEPTH, Schema, type_of};

/// The bounds of numbers, texts and lists, and whether a greater one takes less.
const BOUNDS: [(&str, bool); 8] = [
    ("minimum", true),
    ("exclusiveMinimum", true),
    ("minLength", true),
    ("minItems", true),
    ("maximum", false),
    ("exclusiveMaximum", false),
    ("maxLength", false),
    ("maxItems", false),
];

/// What says more than this can weigh: whatever of it changes counts as broken.
const OTHER_RULES: [&str; 11] = [
    "pattern",
    "multipleOf",
    "uniqueItems",
    "not",
    "if",
    "dependentRequired",
    "patternProperties",
    "propertyNames",
    "prefixItems",
    "contains",
    "allOf",
];

/// Everything that a pipeline made for `before` may stumble over in `after`, in words.
pub fn breaks(before: &Description, after: &Description) -> Vec<String> {
    let mut broken = vec![];
    if before.kind != after.kind {
        let (before, after) = (before.kind.described(), after.kind.described());
        broken.push(format!("it was {before}, and is {after}"));
    }
    if before.contract != after.contract {
        broken.push(format!(
            "it needed version {} of the contract with plugins, and needs {}",
            before.contract, after.contract
        ));
    }
    let (before, after) = (&before.params_schema, &after.params_schema);
    if before != after {
        let (place, allowance) = (Place::default(), Allowance::new());
        let [before, after] = [before, after].map(|schema| Schema::root(schema, &allowance));
        narrowed(before, after, &place, &mut broken);
        if allowance.is_used_up() {
            broken.push("the schema of its parameters is too large to be compared".to_owned());
        }
    }
    broken
}

/// Where in the parameters something is.
#[derive(Clone, Default)]
struct Place {
    name: String,
    depth: usize,
}

impl Place {
    /// A key of a table.
    fn key(&self, key: &str) -> Self {
        let dot = if self.name.is_empty() { "" } else { "." };
        self.inner(&format!("{dot}{key}"))
    }

    fn inner(&self, suffix: &str) -> Self {
        Self {
            name: format!("{}{suffix}", self.name),
            depth: self.depth + 1,
        }
    }

    fn quoted(&self) -> String {
        match self.name.as_str() {
            "" => "the table of parameters".to_owned(),
            name => format!("`{name}`"),
        }
    }
}

/// Notes what `before` takes and `after` does not.
fn narrowed(before: Schema<'_>, after: Schema<'_>, place: &Place, broken: &mut Vec<String>) {
    let allowance = before.allowance();
    allowance.take(place.name.len());
    if place.depth > DEPTH {
        return;
    }
    let now = after.alternatives();
    for alternative in before.alternatives() {
        allowance.take(now.len());
        if allowance.is_used_up() {
            return;
        }
        match alternative {
            Alternative::Anything => {
                if !now.iter().any(|one| matches!(one, Alternative::Anything)) {
                    broken.push(format!("{} took anything, and does not", place.quoted()));
                }
            }
            Alternative::Value(value) => {
                allowance.take_value(value);
                if !now.iter().any(|one| takes_value(*one, value)) {
                    broken.push(format!("{} no longer takes {value}", place.quoted()));
                }
            }
            Alternative::Typed(word, table) => typed(word, table, &now, place, broken),
        }
    }
}

fn takes_value(alternative: Alternative<'_>, value: &Value) -> bool {
    match alternative {
        Alternative::Anything => true,
        Alternative::Value(other) => other == value,
        Alternative::Typed(word, _) => takes_type(word, type_of(value)),
    }
}

fn takes_type(word: &str, wanted: &str) -> bool {
    word == wanted || (word == "number" && wanted == "integer")
}

/// Compares what was taken of a type with the alternative that comes closest to it.
fn typed(
    word: &str,
    before: Schema<'_>,
    now: &[Alternative<'_>],
    place: &Place,
    broken: &mut Vec<String>,
) {
    if now.iter().any(|one| matches!(one, Alternative::Anything)) {
        return;
    }
    let mut least: Option<Vec<String>> = None;
    for alternative in now {
        let Alternative::Typed(other, after) = alternative else {
            continue;
        };
        if !takes_type(other, word) {
            continue;
        }
        let mut differences = vec![];
        bounds(before, *after, place, &mut differences);
        match word {
            "object" => tables(before, *after, place, &mut differences),
            "array" => lists(before, *after, place, &mut differences),
            _ => {}
        }
        if least
            .as_ref()
            .is_none_or(|least| differences.len() < least.len())
        {
            least = Some(differences);
        }
    }
    match least {
        Some(differences) => broken.extend(differences),
        None if word == "null" => {
            broken.push(format!("{} can no longer be left empty", place.quoted()));
        }
        None => {
            let article = match word {
                "integer" | "array" | "object" => "an",
                _ => "a",
            };
            let text = format!("{} no longer takes {article} {word}", place.quoted());
            broken.push(text);
        }
    }
}

fn bounds(before: Schema<'_>, after: Schema<'_>, place: &Place, broken: &mut Vec<String>) {
    for (bound, greater_takes_less) in BOUNDS {
        let number = |schema: Schema<'_>| schema.keyword(bound).and_then(Value::as_f64);
        let takes_less = match (number(before), number(after)) {
            (Some(before), Some(after)) if greater_takes_less => after > before,
            (Some(before), Some(after)) => after < before,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if takes_less {
            let was = match before.keyword(bound) {
                Some(was) => format!(", and was {was}"),
                None => ", and there was none".to_owned(),
            };
            let is = after.keyword(bound).unwrap_or(&Value::Null);
            broken.push(format!("`{bound}` of {} is {is}{was}", place.quoted()));
        }
    }
    for rule in OTHER_RULES {
        let (was, is) = (before.keyword(rule), after.keyword(rule));
        was.iter()
            .for_each(|was| before.allowance().take_value(was));
        if was != is && is.is_some() {
            broken.push(format!("`{rule}` of {} has changed", place.quoted()));
        }
    }
}

fn lists(before: Schema<'_>, after: Schema<'_>, place: &Place, broken: &mut Vec<String>) {
    let place = place.inner("[]");
    match (before.items(), after.items()) {
        (Some(before), Some(after)) => narrowed(before, after, &place, broken),
        (None, Some(_)) => broken.push(format!("{} took anything, and does not", place.quoted())),
        (_, None) => {}
    }
}

fn tables(before: Schema<'_>, after: Schema<'_>, place: &Place, broken: &mut Vec<String>) {
    for (name, was) in before.properties() {
        let place = place.key(name);
        let Some(is) = after.property(name) else {
            match after.other_values() {
                Some(is) => narrowed(was, is, &place, broken),
                None => broken.push(format!("{} is gone", place.quoted())),
            }
            continue;
        };
        if after.requires(name) && !before.requires(name) {
            broken.push(format!(
                "{} must be given, and could be left out",
                place.quoted()
            ));
        } else if !after.requires(name) {
            defaults(was, is, &place, broken);
        }
        let role = |schema: Schema<'_>| schema.get("x-mlhost-role").cloned();
        if role(was) != role(is) {
            broken.push(format!("{} has another role", place.quoted()));
        }
        narrowed(was, is, &place, broken);
    }
    for name in after.required() {
        if before.property(name).is_none() {
            broken.push(format!(
                "{} is new, and must be given",
                place.key(name).quoted()
            ));
        }
    }
    match (before.other_values(), after.other_values()) {
        (Some(was), Some(is)) => narrowed(was, is, &place.inner(".*"), broken),
        (Some(_), None) if after.is_closed() => {
            broken.push(format!("{} takes no other keys any more", place.quoted()));
        }
        // Of keys that no parameter has, hosts warn at the top in any case.
        (None, None) if place.depth > 0 && after.is_closed() && !before.is_closed() => {
            broken.push(format!("{} takes no other keys any more", place.quoted()));
        }
        _ => {}
    }
}

/// What a parameter means that is left out.
fn defaults(before: Schema<'_>, after: Schema<'_>, place: &Place, broken: &mut Vec<String>) {
    let (was, is) = (before.get("default"), after.get("default"));
    let both = was.iter().chain(&is);
    both.for_each(|value| before.allowance().take_value(value));
    // A default that was not written down before may be the one that there was.
    if was.is_none() || was.filter(|was| !was.is_null()) == is.filter(|is| !is.is_null()) {
        return;
    }
    let word = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    let (was, is) = (word(before.default()), word(after.default()));
    broken.push(format!(
        "{} is {is} when it is left out, and was {was}",
        place.quoted()
    ));
}

#[cfg(test)]
mod tests {
    use mlhost_pipeline::Kind;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn described(params_schema: Value) -> Description {
        Description {
            name: "clip".to_owned(),
            kind: Kind::Preprocessor,
            summary: "Clips.".to_owned(),
            params_schema,
            contract: "0.1.0".to_owned(),
        }
    }

    fn between(before: Value, after: Value) -> Vec<String> {
        breaks(&described(before), &described(after))
    }

    /// Both as the one parameter `x`.
    fn of_x(before: Value, after: Value) -> Vec<String> {
        let table = |x: Value| json!({ "type": "object", "properties": { "x": x } });
        between(table(before), table(after))
    }

    #[test]
    fn what_a_plugin_is_must_stay() {
        let before = described(json!({}));
        let after = Description {
            kind: Kind::Validator,
            contract: "0.2.0".to_owned(),
            ..before.clone()
        };
        assert_eq!(
            breaks(&before, &after),
            [
                "it was a preprocessor, and is a validator",
                "it needed version 0.1.0 of the contract with plugins, and needs 0.2.0",
            ]
        );
    }

    #[test]
    fn what_unfolds_without_end_is_not_compared() {
        let schema = |word: &str| {
            let itself = json!({ "type": word, "items": { "$ref": "#" } });
            let all: Vec<_> = (0..50).map(|_| itself.clone()).collect();
            json!({ "oneOf": all })
        };
        let broken = between(schema("array"), schema("array"));
        assert!(broken.is_empty(), "they are the same: {broken:?}");
        let after = json!({ "oneOf": schema("array")["oneOf"], "description": "Which." });
        assert_eq!(
            between(schema("array"), after),
            ["the schema of its parameters is too large to be compared"]
        );
    }

    #[test]
    fn parameters_must_stay() {
        let before = json!({
            "type": "object",
            "properties": {
                "gone": { "type": "integer" },
                "optional": { "type": "integer" },
                "limit": { "type": "number", "default": 3.0 },
                "target": { "type": "string", "x-mlhost-role": "target" },
            },
        });
        let after = json!({
            "type": "object",
            "properties": {
                "added": { "type": "integer" },
                "demanded": { "type": "integer" },
                "optional": { "type": "integer" },
                "limit": { "type": "number", "default": 4.0 },
                "target": { "type": "string", "x-mlhost-role": "column" },
            },
            "required": ["demanded", "optional"],
        });
        assert_eq!(
            between(before, after),
            [
                "`gone` is gone",
                "`limit` is 4.0 when it is left out, and was 3.0",
                "`optional` must be given, and could be left out",
                "`target` has another role",
                "`demanded` is new, and must be given",
            ]
        );
    }

    #[test]
    fn a_type_may_widen_and_not_narrow() {
        let none: [&str; 0] = [];
        let (integer, number) = (json!({ "type": "integer" }), json!({ "type": "number" }));
        assert_eq!(of_x(integer.clone(), number.clone()), none);
        assert_eq!(
            of_x(number, integer.clone()),
            ["`x` no longer takes a number"]
        );
        let or_null = json!({ "type": ["integer", "null"] });
        assert_eq!(of_x(integer.clone(), or_null.clone()), none);
        assert_eq!(
            of_x(or_null, integer.clone()),
            ["`x` can no longer be left empty"]
        );
        assert_eq!(
            of_x(json!({}), integer.clone()),
            ["`x` took anything, and does not"]
        );
        assert_eq!(of_x(integer.clone(), json!({})), none);
        let any_of = json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] });
        assert_eq!(of_x(integer.clone(), any_of.clone()), none);
        assert_eq!(of_x(any_of, integer), ["`x` no longer takes a string"]);
    }

    #[test]
    fn values_and_bounds_may_widen_and_not_narrow() {
        let none: [&str; 0] = [];
        let three = json!({ "enum": ["mean", "median", "none"] });
        let two = json!({ "oneOf": [{ "const": "mean" }, { "enum": ["median"] }] });
        assert_eq!(of_x(two.clone(), three.clone()), none);
        assert_eq!(of_x(three.clone(), two), ["`x` no longer takes \"none\""]);
        assert_eq!(of_x(three, json!({ "type": "string" })), none);
        let bounded = json!({ "type": "integer", "minimum": 1, "maximum": 9 });
        let narrow = json!({ "type": "integer", "minimum": 2, "maximum": 8, "multipleOf": 2 });
        assert_eq!(of_x(narrow.clone(), bounded.clone()), none);
        assert_eq!(
            of_x(bounded, narrow),
            [
                "`minimum` of `x` is 2, and was 1",
                "`maximum` of `x` is 8, and was 9",
                "`multipleOf` of `x` has changed",
            ]
        );
    }

    #[test]
    fn what_is_nested_is_compared_as_well() {
        let rules = |rule: Value| {
            json!({
                "type": "object",
                "properties": { "encode": { "type": "array", "items": { "$ref": "#/$defs/Rule" } } },
                "$defs": { "Rule": rule },
            })
        };
        let before = rules(json!({
            "type": "object",
            "properties": {
                "as": { "enum": ["number", "ordinal"] },
                "inner": { "$ref": "#/$defs/Rule" },
            },
        }));
        let after = rules(json!({
            "type": "object",
            "properties": { "as": { "enum": ["number"] } },
            "additionalProperties": false,
        }));
        assert_eq!(
            between(before, after),
            [
                "`encode[].as` no longer takes \"ordinal\"",
                "`encode[].inner` is gone",
                "`encode[]` takes no other keys any more",
            ]
        );
    }

    #[test]
    fn a_table_is_compared_with_the_variant_that_is_nearest() {
        let variant = |name: &str, key: &str| {
            json!({
                "type": "object",
                "properties": { name: { "type": "object", "properties": { key: { "type": "number" } } } },
                "required": [name],
                "additionalProperties": false,
            })
        };
        let before = json!({ "oneOf": [variant("range", "low"), variant("share", "least")] });
        let after = json!({ "oneOf": [variant("share", "most"), variant("range", "low")] });
        assert_eq!(of_x(before.clone(), before.clone()), [""; 0]);
        assert_eq!(of_x(before, after), ["`x.share.least` is gone"]);
    }

    fn schema() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!({})),
            Just(json!({ "type": "integer", "minimum": 1 })),
            Just(json!({ "type": ["string", "null"], "maxLength": 4 })),
            Just(json!({ "enum": ["a", "b", 3] })),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                inner
                    .clone()
                    .prop_map(|items| json!({ "type": "array", "items": items })),
                prop::collection::vec(inner.clone(), 1..3)
                    .prop_map(|parts| json!({ "anyOf": parts })),
                (
                    prop::collection::btree_map("[a-c]", inner, 0..3),
                    any::<bool>()
                )
                    .prop_map(|(properties, closed)| {
                        let required: Vec<_> = properties.keys().take(1).cloned().collect();
                        json!({
                            "type": "object",
                            "properties": properties,
                            "required": required,
                            "additionalProperties": !closed,
                        })
                    }),
            ]
        })
    }

    proptest! {
        #[test]
        fn nothing_breaks_where_nothing_changes(schema in schema()) {
            prop_assert_eq!(of_x(schema.clone(), schema), Vec::<String>::new());
        }

        #[test]
        fn one_alternative_more_breaks_nothing(schema in schema(), other in schema()) {
            let more = json!({ "anyOf": [schema.clone(), other] });
            prop_assert_eq!(of_x(schema, more), Vec::<String>::new());
        }
    }
}
