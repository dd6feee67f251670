//! `host validate suggest`: a pipeline with a suite of checks from the profile of a table, to be
//! edited. The table passes all of them.

use std::process::ExitCode;

use mlhost_data::Table;
use mlhost_sandbox::{Finding, Outcome};
use serde::Serialize;
use serde_json::{Value, json};

use super::{open_table, profile};
use crate::{
    arguments::{TableArguments, ValidateCommand},
    error::Failure,
    output::Output,
};

/// A column of texts with at most so many different ones may be a set.
const SET: u64 = 20;

/// The types of `validate`.
const FAMILIES: [&str; 7] = [
    "number",
    "integer",
    "float",
    "string",
    "boolean",
    "date",
    "timestamp",
];

/// Of fewer values, a mean says little.
const SAMPLE: u64 = 30;

/// A mean may move by as much of the standard deviation.
const MEAN_MOVES: f64 = 0.25;

/// What is printed as JSON.
#[derive(Serialize)]
struct Suggestion {
    rows: u64,
    /// A pipeline.
    toml: String,
}

pub(super) fn validate(
    command: &ValidateCommand,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let ValidateCommand::Suggest { table } = command;
    let params = json!({ "top": SET, "correlations": false });
    let outcome = profile::of_table(table, &params)?;
    // Words of a plugin are without what a terminal obeys; names of columns may not be.
    let schema = open_table(table)?.schema();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let suggestion = suggest(&outcome, &names.collect::<Vec<_>>(), table);
    output.print(&suggestion, |suggestion| suggestion.toml.clone())?;
    Ok(ExitCode::SUCCESS)
}

fn suggest(outcome: &Outcome, names: &[&str], table: &TableArguments) -> Suggestion {
    let rows = outcome
        .findings
        .iter()
        .filter_map(|finding| finding.details.get("rows")?.as_u64());
    let rows = rows.max().unwrap_or(0);
    let mut toml = format!(
        "# Checks that the data passes, as it was seen: widen what may change, drop what does not matter.\n\
         mlhost = 1\n\
         name = \"checks\"\n\n\
         [data.data]\n\
         path = {}\n{}\n\
         [steps.validate]\n\
         plugin = \"mlhost:validate\"\n\
         input = \"data\"\n\n\
         [steps.validate.with]\n\
         row_count = {{ min = {} }}\n\
         no_extra_columns = {{ severity = \"warn\" }}\n\n\
         [steps.validate.with.columns]\n",
        text(&table.data),
        null_values(&table.null_values),
        rows / 2
    );
    for (finding, name) in outcome.findings.iter().zip(names) {
        let name = key(name);
        toml.push_str(&format!(
            "{name} = {{ {} }}\n",
            checks(finding, rows).join(", ")
        ));
    }
    Suggestion { rows, toml }
}

/// The texts that stand for missing values, where they are not the usual ones.
fn null_values(texts: &[String]) -> String {
    if texts == [""] {
        return String::new();
    }
    let texts: Vec<_> = texts.iter().map(|one| text(one)).collect();
    format!("csv = {{ null_values = [{}] }}\n", texts.join(", "))
}

/// The checks of a column, in the order in which they are read.
fn checks(finding: &Finding, rows: u64) -> Vec<String> {
    let of = |name: &str| finding.details.get(name).unwrap_or(&Value::Null);
    // Types that `validate` has no word for are called by other names.
    let family = of("kind").as_str().filter(|kind| FAMILIES.contains(kind));
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
        Some("string") => match set(of("top"), distinct).filter(|_| is_set) {
            Some(set) => checks.push(format!("in_set = {set}")),
            None => {
                let length = of("length");
                checks.extend(range("length_between", &length["min"], &length["max"]));
            }
        },
        Some("number" | "integer" | "float") => {
            checks.extend(range("between", of("min"), of("max")));
            if present >= SAMPLE {
                checks.extend(mean_between(of("mean"), of("stdev")));
            }
        }
        Some("date" | "timestamp") => checks.extend(range("between", of("min"), of("max"))),
        _ => {}
    }
    if is_exact && distinct == present && present > 1 && family != Some("float") {
        checks.push("unique = true".to_owned());
    }
    checks
}

/// No nulls where there are none, or else a share that is rounded down.
fn not_null(present: u64, rows: u64) -> Option<String> {
    if present == rows {
        return Some("not_null = true".to_owned());
    }
    let percent = present * 100 / rows.max(1);
    (percent > 0).then(|| format!("not_null = {{ mostly = {} }}", percent as f64 / 100.0))
}

/// The values of a column of texts, where all of them are known as they are.
fn set(top: &Value, distinct: u64) -> Option<String> {
    let texts = top.as_array()?;
    let is_cut = texts.iter().any(|one| one["cut"] == json!(true));
    if is_cut || texts.is_empty() || texts.len() as u64 != distinct {
        return None;
    }
    // It stands for what a terminal would obey.
    let is_known = |one: &Value| {
        one["value"]
            .as_str()
            .is_some_and(|text| !text.contains('\u{fffd}'))
    };
    if !texts.iter().all(is_known) {
        return None;
    }
    let texts = texts.iter().map(|one| one["value"].as_str());
    let mut texts: Vec<&str> = texts.collect::<Option<_>>()?;
    texts.sort_unstable();
    let texts: Vec<_> = texts.into_iter().map(text).collect();
    Some(format!("[{}]", texts.join(", ")))
}

/// A range between two values, where there are such.
fn range(check: &str, min: &Value, max: &Value) -> Option<String> {
    let (min, max) = (end(min)?, end(max)?);
    Some(format!("{check} = {{ min = {min}, max = {max} }}"))
}

/// A number, or a date or time. An infinite number is a text that is neither.
fn end(value: &Value) -> Option<String> {
    match value {
        Value::Number(_) => value.as_f64().map(number),
        Value::String(written) if written.starts_with(|first: char| first.is_ascii_digit()) => {
            Some(text(written))
        }
        _ => None,
    }
}

/// A range about the mean in which that of as many other values is likely to be.
fn mean_between(mean: &Value, stdev: &Value) -> Option<String> {
    let (mean, stdev) = (mean.as_f64()?, stdev.as_f64()?);
    let margin = MEAN_MOVES * stdev;
    // Less would be lost among the digits of the mean.
    if !(margin.is_finite() && margin > 1e-9 * mean.abs()) {
        return None;
    }
    let step = 10_f64.powf(margin.log10().floor() - 1.0);
    let (min, max) = ((mean - margin) / step, (mean + margin) / step);
    let rounded = |steps: f64| {
        let decimals = (-step.log10().round()).clamp(0.0, 300.0) as usize;
        format!("{:.decimals$}", steps * step).parse::<f64>().ok()
    };
    let (min, max) = (rounded(min.floor())?, rounded(max.ceil())?);
    let holds = min.is_finite() && max.is_finite() && min < mean && mean < max;
    holds.then(|| {
        let (min, max) = (number(min), number(max));
        format!("mean_between = {{ min = {min}, max = {max} }}")
    })
}

/// A number of TOML: an integer of it has 64 bits.
fn number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 {
        return format!("{}", number as i64);
    }
    format!("{number:?}")
}

/// A basic string of TOML: that of JSON, but for one character that TOML wants to be escaped.
fn text(text: &str) -> String {
    json!(text).to_string().replace('\u{7f}', "\\u007F")
}

fn key(name: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    match !name.is_empty() && name.chars().all(is_bare) {
        true => name.to_owned(),
        false => text(name),
    }
}
