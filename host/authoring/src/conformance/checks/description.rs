//! Whether a plugin describes itself so that a host can use what it says.

use mlhost_sandbox::{CONTRACT, Description};
use serde_json::Value;

use crate::conformance::{
    report::{Found, good, wrong},
    schema::ParamsSchema,
};

/// The roles that the contract knows.
const ROLES: [&str; 8] = [
    "target",
    "column",
    "prediction",
    "probability-prefix",
    "permutations",
    "permuted-columns",
    "importances",
    "predictions",
];

/// `again` is what it says in another instance.
pub(in crate::conformance) fn description(
    said: &Description,
    again: &Description,
    schema: &Result<ParamsSchema, String>,
) -> Found {
    if said != again {
        return wrong("it describes itself in another way the second time");
    }
    if !is_name(&said.name) {
        let name = &said.name;
        return wrong(format!(
            "its name `{name}` is not lower-case words joined by `-`"
        ));
    }
    if said.summary.trim().is_empty() {
        return wrong("its summary says nothing");
    }
    if said.contract != CONTRACT {
        let own = &said.contract;
        return wrong(format!(
            "it says that it was built for contract {own}, and exports {CONTRACT}"
        ));
    }
    let schema = match schema {
        Ok(schema) => schema,
        Err(reason) => {
            return wrong(format!(
                "its parameters have no valid JSON Schema: {reason}"
            ));
        }
    };
    if schema
        .value()
        .get("type")
        .is_some_and(|word| word != "object")
    {
        return wrong("the schema of its parameters is not that of an object");
    }
    if let Some((name, role)) = schema
        .roles()
        .into_iter()
        .find(|(_, role)| !ROLES.contains(role))
    {
        return wrong(format!(
            "its parameter `{name}` has the unknown role `{role}`"
        ));
    }
    let properties = schema.value().get("properties").and_then(Value::as_object);
    let count = properties.map_or(0, |all| all.len());
    let silent = properties
        .into_iter()
        .flatten()
        .find(|(_, property)| property.get("description").is_none());
    match silent {
        Some((name, _)) => wrong(format!("its parameter `{name}` has no description")),
        None => {
            let plural = if count == 1 { "" } else { "s" };
            good(format!("`{}`, with {count} parameter{plural}", said.name))
        }
    }
}

/// Lower-case words joined by `-`.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .split('-')
            .all(|word| !word.is_empty() && word.chars().all(fits))
}
