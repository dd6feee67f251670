//! `host validate suggest`: a suite of checks from the profile of a table, to be edited.

use std::process::ExitCode;

use mlhost_sandbox::{Finding, Outcome};
use serde::Serialize;
use serde_json::{Value, json};

use super::profile;
use crate::{arguments::ValidateCommand, error::Failure, output::Output};

/// A column of texts with at most so many different ones may be a set.
const SET: u64 = 20;

/// What is printed as JSON.
#[derive(Serialize)]
struct Suggestion {
    rows: u64,
    /// A part of a pipeline.
    toml: String,
}

pub(super) fn validate(
    command: &ValidateCommand,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let ValidateCommand::Suggest { table } = command;
    let params = json!({ "top": SET, "correlations": false });
    let outcome = profile::of_table(table, &params)?;
    let suggestion = suggest(&outcome, &table.data);
    output.print(&suggestion, |suggestion| suggestion.toml.clone())?;
    Ok(ExitCode::SUCCESS)
}

fn suggest(outcome: &Outcome, path: &str) -> Suggestion {
    let rows = outcome
        .findings
        .iter()
        .filter_map(|finding| finding.details.get("rows")?.as_u64());
    let rows = rows.max().unwrap_or(0);
    let mut toml = format!(
        "# Checks that `{}` passes, as it was seen: widen what may change, drop what does not matter.\n\
         [steps.validate]\n\
         plugin = \"mlhost:validate\"\n\
         input = \"data\"\n\n\
         [steps.validate.with]\n\
         row_count = {{ min = {} }}\n\
         no_extra_columns = {{ severity = \"warn\" }}\n\n\
         [steps.validate.with.columns]\n",
        path.replace(char::is_control, " "),
        rows / 2
    );
    for finding in &outcome.findings {
        let name = key(finding.column.as_deref().unwrap_or_default());
        toml.push_str(&format!(
            "{name} = {{ {} }}\n",
            checks(finding, rows).join(", ")
        ));
    }
    Suggestion { rows, toml }
}

/// The checks of a column, in the order in which they are read.
fn checks(finding: &Finding, rows: u64) -> Vec<String> {
    let of = |name: &str| finding.details.get(name).unwrap_or(&Value::Null);
    let data_type = of("type").as_str().unwrap_or_default();
    let family = family(data_type);
    let mut checks: Vec<String> = family
        .iter()
        .map(|family| format!("type = {}", json!(family)))
        .collect();
    let nulls = of("nulls").as_u64().unwrap_or(0);
    let present = rows - nulls.min(rows);
    checks.extend(not_null(present, rows));
    let distinct = of("distinct").as_u64().unwrap_or(0);
    let is_exact = !finding.details.contains_key("distinct_relative_error");
    let is_set = is_exact && distinct <= SET && distinct * 10 <= present;
    match family {
        Some("string") if is_set && distinct > 0 => {
            checks.push(format!("in_set = {}", set(of("top"))))
        }
        Some("string") => {
            let length = of("length");
            if let (Some(min), Some(max)) = (length["min"].as_f64(), length["max"].as_f64()) {
                checks.push(format!("length_between = {{ min = {min}, max = {max} }}"));
            }
        }
        Some("number" | "integer" | "float") => {
            if let (Some(min), Some(max)) = (of("min").as_f64(), of("max").as_f64()) {
                checks.push(format!("between = {{ min = {min}, max = {max} }}"));
            }
        }
        _ => {}
    }
    if is_exact && distinct == present && present > 1 && family != Some("float") {
        checks.push("unique = true".to_owned());
    }
    checks
}

/// The type as `validate` calls it.
fn family(data_type: &str) -> Option<&'static str> {
    let starts = |names: &[&str]| names.iter().any(|name| data_type.starts_with(name));
    match data_type {
        _ if starts(&["Int", "UInt"]) => Some("integer"),
        _ if starts(&["Float"]) => Some("float"),
        _ if starts(&["Decimal"]) => Some("number"),
        _ if starts(&["Utf8", "LargeUtf8"]) => Some("string"),
        _ if starts(&["Dictionary"]) && data_type.contains("Utf8") => Some("string"),
        "Boolean" => Some("boolean"),
        _ if starts(&["Date"]) => Some("date"),
        _ if starts(&["Timestamp"]) => Some("timestamp"),
        _ => None,
    }
}

/// No nulls where there are none, or else a share that is rounded down.
fn not_null(present: u64, rows: u64) -> Option<String> {
    if present == rows {
        return Some("not_null = true".to_owned());
    }
    let percent = present * 100 / rows.max(1);
    (percent > 0).then(|| format!("not_null = {{ mostly = {} }}", percent as f64 / 100.0))
}

fn set(top: &Value) -> String {
    let texts = top.as_array().into_iter().flatten();
    let mut texts: Vec<&str> = texts.filter_map(|one| one["value"].as_str()).collect();
    texts.sort_unstable();
    let texts = texts.into_iter().map(text);
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

/// A basic string of TOML.
fn text(text: &str) -> String {
    json!(text).to_string()
}

fn key(name: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    match !name.is_empty() && name.chars().all(is_bare) {
        true => name.to_owned(),
        false => json!(name).to_string(),
    }
}
