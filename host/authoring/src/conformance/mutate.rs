//! Parameters that are one step away from right ones, each with the place of the step.

use serde_json::{Map, Value, json};

/// A name that no plugin has a parameter of, and a word that none knows.
pub(crate) const UNKNOWN: &str = "conformance-unknown";

/// Parameters with one change.
pub(crate) struct Mutant {
    /// Where it is, as a JSON Pointer.
    pub(crate) at: String,
    pub(crate) params: Value,
}

/// Each parameter left out in turn, at any depth.
pub(crate) fn left_out(params: &Value) -> Vec<Mutant> {
    let mut mutants = vec![];
    for place in places(params) {
        let Some((parent, key)) = place.rsplit_once('/') else {
            continue;
        };
        let mut changed = params.clone();
        if let Some(Value::Object(object)) = changed.pointer_mut(parent) {
            object.remove(&unescape(key));
            mutants.push(Mutant {
                at: place,
                params: changed,
            });
        }
    }
    mutants
}

/// Each value replaced by one of every other type, and texts by an unknown word.
pub(crate) fn mistyped(params: &Value) -> Vec<Mutant> {
    let others = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(0.5),
        json!(UNKNOWN),
        // A list of what fits nothing: serde takes a list for a struct, member by member.
        json!([{ UNKNOWN: 1 }]),
        json!({}),
    ];
    let mut mutants = vec![];
    for place in places(params) {
        let own = params.pointer(&place);
        for other in others.iter().filter(|other| Some(*other) != own) {
            let mut changed = params.clone();
            if let Some(value) = changed.pointer_mut(&place) {
                *value = other.clone();
                mutants.push(Mutant {
                    at: place.clone(),
                    params: changed,
                });
            }
        }
    }
    mutants
}

/// A parameter of an unknown name in each object in turn, the outermost first.
pub(crate) fn with_unknown(params: &Value) -> Vec<Mutant> {
    let mut mutants = vec![];
    for place in [String::new()].into_iter().chain(places(params)) {
        let mut changed = params.clone();
        if let Some(Value::Object(object)) = changed.pointer_mut(&place) {
            object.insert(UNKNOWN.to_owned(), json!(1));
            mutants.push(Mutant {
                at: format!("{place}/{UNKNOWN}"),
                params: changed,
            });
        }
    }
    mutants
}

/// Whether an error at `told` is about a change at `at`: it names the place, one that holds it or
/// one inside.
pub(crate) fn is_about(told: &str, at: &str) -> bool {
    let below = |outer: &str, inner: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below(told, at) || below(at, told)
}

/// The places of all values below the outermost, as JSON Pointers.
fn places(params: &Value) -> Vec<String> {
    let mut places = vec![];
    collect(params, "", &mut places);
    places
}

fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut add = |key: &str, value: &Value| {
        let place = format!("{at}/{key}");
        places.push(place.clone());
        collect(value, &place, places);
    };
    match value {
        Value::Object(object) => pairs(object).for_each(|(key, value)| add(&key, value)),
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                add(&index.to_string(), value);
            }
        }
        _ => {}
    }
}

fn pairs(object: &Map<String, Value>) -> impl Iterator<Item = (String, &Value)> {
    object
        .iter()
        .map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value))
}

fn unescape(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_changed() {
        let params = json!({ "a": { "b/c": [1] } });
        let places = |mutants: Vec<Mutant>| {
            mutants
                .into_iter()
                .map(|mutant| mutant.at)
                .collect::<Vec<_>>()
        };
        assert_eq!(places(left_out(&params)), ["/a", "/a/b~1c"]);
        assert_eq!(
            places(with_unknown(&params)),
            ["/conformance-unknown", "/a/conformance-unknown"]
        );
        let mistyped = mistyped(&params);
        let at_the_number = mistyped.iter().filter(|mutant| mutant.at == "/a/b~1c/0");
        assert_eq!(at_the_number.count(), 7);
    }

    #[test]
    fn an_error_is_about_what_it_names_holds_or_is_inside_of() {
        assert!(is_about("/a", "/a/b") && is_about("/a/b", "/a") && is_about("", "/a"));
        assert!(!is_about("/a", "/ab") && !is_about("/b", "/a"));
    }
}
