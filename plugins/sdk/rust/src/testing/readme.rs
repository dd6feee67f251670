//! Keeps what a README says of a plugin's parameters true: a part of the file between two markers
//! is made from the plugin itself, and a test fails when it is out of date.
//!
//! ```text
//! <!-- generated: parameters -->
//! …
//! <!-- end of generated -->
//! ```

use std::fmt::Write;
use std::path::Path;

use schemars::JsonSchema;
use serde_json::{Map, Value};

use crate::{Error, Result, testing::params_schema};

const END: &str = "<!-- end of generated -->";

/// Checks that the README in this folder has the parameters of a plugin in its part `parameters`.
/// With the environment variable `BLESS` it is written.
///
/// ```no_run
/// # #[derive(schemars::JsonSchema)] struct Params {}
/// mlhost_plugin::testing::readme_has_parameters::<Params>(env!("CARGO_MANIFEST_DIR"))?;
/// # Ok::<(), mlhost_plugin::Error>(())
/// ```
///
/// # Errors
/// Where the file or the part is missing, or the part is out of date.
pub fn readme_has_parameters<P: JsonSchema>(folder: impl AsRef<Path>) -> Result<()> {
    generated_part(
        folder.as_ref().join("README.md"),
        "parameters",
        &parameters::<P>(),
    )
}

/// Checks that a part of a file, between `<!-- generated: NAME -->` and `<!-- end of generated -->`,
/// is what was made. With the environment variable `BLESS` it is written.
///
/// # Errors
/// Where the file or the part is missing, or the part is out of date.
pub fn generated_part(file: impl AsRef<Path>, name: &str, made: &str) -> Result<()> {
    let file = file.as_ref();
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::failed(format!("cannot read {shown}: {error}")))?;
    let begin = format!("<!-- generated: {name} -->");
    let parts = text.split_once(&begin).and_then(|(before, rest)| {
        let (part, after) = rest.split_once(END)?;
        Some((before, part, after))
    });
    let Some((before, part, after)) = parts else {
        return Err(Error::failed(format!(
            "{shown} has no part between `{begin}` and `{END}`"
        )));
    };
    let made = format!("\n\n{}\n\n", made.trim());
    if part == made {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_none() {
        return Err(Error::failed(format!(
            "the part `{name}` of {shown} is out of date: run `cargo xtask reference`"
        )));
    }
    std::fs::write(file, format!("{before}{begin}{made}{END}{after}"))
        .map_err(|error| Error::failed(format!("cannot write {shown}: {error}")))
}

/// The parameters of a plugin as a table of Markdown: every entry of the tables in them by its path,
/// in which `*` stands for any name, and `[]` for each entry of a list.
pub fn parameters<P: JsonSchema>() -> String {
    let schema: Value = serde_json::from_str(&params_schema::<P>()).unwrap_or_default();
    let mut table =
        String::from("| parameter | what it takes | default | what it is |\n|---|---|---|---|\n");
    add_entries(&mut table, "", &schema);
    table
}

fn add_entries(table: &mut String, path: &str, schema: &Value) {
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let none = Map::new();
    for (name, property) in schema["properties"].as_object().unwrap_or(&none) {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let default = match property.get("default") {
            Some(default) if is_worth_telling(default) => format!("`{default}`"),
            _ if required.contains(&name.as_str()) => "required".to_owned(),
            _ => String::new(),
        };
        let description = property["description"].as_str().unwrap_or_default();
        let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| `{path}` | {} | {default} | {} |",
            kind(property).replace('|', "\\|"),
            description.replace('|', "\\|")
        );
        add_inner(table, &path, property);
    }
}

/// The entries of the tables that a parameter may hold.
fn add_inner(table: &mut String, path: &str, property: &Value) {
    for alternative in alternatives(property) {
        if alternative.get("properties").is_some() {
            add_entries(table, path, alternative);
        }
        if let Some(inner) = alternative
            .get("additionalProperties")
            .filter(|inner| inner.is_object())
        {
            add_inner(table, &format!("{path}.*"), inner);
        }
        if let Some(items) = alternative.get("items").filter(|items| items.is_object()) {
            add_inner(table, &format!("{path}[]"), items);
        }
    }
}

fn is_worth_telling(default: &Value) -> bool {
    match default {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(table) => !table.is_empty(),
        _ => true,
    }
}

/// The forms that a parameter may take, one by one.
fn alternatives(property: &Value) -> Vec<&Value> {
    match property.get("anyOf").or_else(|| property.get("oneOf")) {
        Some(Value::Array(forms)) => forms.iter().flat_map(alternatives).collect(),
        _ => vec![property],
    }
}

/// The type of a parameter in few words.
fn kind(property: &Value) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for form in alternatives(property) {
        for kind in kinds_of(form) {
            if kind != "null" && !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    kinds.join(" or ")
}

fn kinds_of(form: &Value) -> Vec<String> {
    if let Some(constant) = form.get("const") {
        return vec![format!("`{constant}`")];
    }
    if let Some(values) = form["enum"].as_array() {
        let values = values.iter().filter(|value| !value.is_null());
        return values.map(|value| format!("`{value}`")).collect();
    }
    let named = |word: &str| match word {
        "array" if form.get("items").is_some() => format!("list of {}", kind(&form["items"])),
        "array" => "list".to_owned(),
        "object" => "table".to_owned(),
        "string" => "text".to_owned(),
        word => word.to_owned(),
    };
    match &form["type"] {
        Value::String(word) => vec![named(word)],
        Value::Array(words) => words.iter().filter_map(Value::as_str).map(named).collect(),
        _ => vec!["anything".to_owned()],
    }
}
