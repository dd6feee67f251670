//! A step's parameters on their way to the plugin.

use mlhost_sandbox::Plugin;
use serde_json::{Map, Value};

/// The key under which a parameter schema says what a parameter stands for.
const ROLE: &str = "x-mlhost-role";

/// The parameters as the plugin gets them: with the run's seed where the plugin
/// takes one and the pipeline leaves it out.
pub(crate) fn complete(plugin: &Plugin, with: &Value, seed: u64) -> Value {
    let mut params = with.as_object().cloned().unwrap_or_default();
    if properties(plugin).is_some_and(|known| known.contains_key("seed")) {
        params.entry("seed").or_insert_with(|| seed.into());
    }
    Value::Object(params)
}

/// The columns that parameters name as the target: those a model must not see
/// when it predicts.
pub(crate) fn targets(plugin: &Plugin, params: &Value) -> Vec<String> {
    target_parameters(plugin)
        .filter_map(|name| params.get(name)?.as_str().map(str::to_owned))
        .collect()
}

/// The names of the parameters whose value is the target column.
pub(crate) fn target_parameters(plugin: &Plugin) -> impl Iterator<Item = &str> {
    let is_target = |(_, schema): &(&String, &Value)| {
        schema.get(ROLE).and_then(Value::as_str) == Some("target")
    };
    properties(plugin)
        .into_iter()
        .flatten()
        .filter(is_target)
        .map(|(name, _)| name.as_str())
}

/// Parameters that the plugin does not take, each with the nearest that it does.
pub(crate) fn unknown<'a>(plugin: &'a Plugin, with: &'a Value) -> Vec<(&'a str, Option<&'a str>)> {
    let closed = plugin
        .description()
        .params_schema
        .get("additionalProperties")
        == Some(&Value::Bool(false));
    let (Some(known), Some(with), true) = (properties(plugin), with.as_object(), closed) else {
        return vec![];
    };
    let nearest = |name: &str| {
        let distance = |other: &&String| strsim::damerau_levenshtein(name, other);
        known
            .keys()
            .min_by_key(distance)
            .filter(|other| distance(other) <= 2)
    };
    with.keys()
        .filter(|name| !known.contains_key(*name))
        .map(|name| (name.as_str(), nearest(name).map(String::as_str)))
        .collect()
}

/// The names of the parameters that the plugin takes.
pub(crate) fn names(plugin: &Plugin) -> Vec<&str> {
    properties(plugin)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

/// The name of the parameter that has a role.
pub(crate) fn parameter_of_role<'a>(plugin: &'a Plugin, role: &str) -> Option<&'a str> {
    let has_role =
        |(_, schema): &(&String, &Value)| schema.get(ROLE).and_then(Value::as_str) == Some(role);
    let mut properties = properties(plugin)?.iter();
    properties.find(has_role).map(|(name, _)| name.as_str())
}

/// Gives the parameter of a role a value, where the plugin takes such and it has none.
pub(crate) fn fill(plugin: &Plugin, params: &mut Value, role: &str, value: Value) {
    let name = parameter_of_role(plugin, role);
    if let (Some(name), Some(params)) = (name, params.as_object_mut()) {
        let given = params.entry(name).or_insert(Value::Null);
        if given.is_null() {
            *given = value;
        }
    }
}

/// The value of a parameter that is left out, where the schema tells.
pub(crate) fn default_of<'a>(plugin: &'a Plugin, parameter: &str) -> Option<&'a Value> {
    properties(plugin)?.get(parameter)?.get("default")
}

fn properties(plugin: &Plugin) -> Option<&Map<String, Value>> {
    plugin
        .description()
        .params_schema
        .get("properties")?
        .as_object()
}
