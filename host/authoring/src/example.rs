//! Examples: parameters, rows, and what the author of a plugin expects to come of them, each a TOML
//! file in the folder `examples` of a project.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use arrow::{compute::cast, record_batch::RecordBatch};
use mlhost_pipeline::Kind;
use mlhost_sandbox::{Outcome, Reported};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Error, Result,
    conformance::{self, Bench, Case, Check, Consequence, Status, Trouble},
    table::read_rows,
};

/// What a file in `examples` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    with: toml::Table,
    /// The rows that are learned from.
    input: Option<String>,
    reference: Option<String>,
    current: Option<String>,
    #[serde(default)]
    models: BTreeMap<String, String>,
    /// The rows that what was learned is applied to.
    apply: Option<String>,
    expect: Option<Expectation>,
}

/// What must come of an example. What is not mentioned may be anything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    output: Option<String>,
    verdict: Option<String>,
    #[serde(default)]
    metrics: BTreeMap<String, f64>,
    #[serde(default)]
    findings: Vec<ExpectedFinding>,
    error: Option<ExpectedError>,
    /// By how much numbers may differ, as a share of the larger or of 1.
    #[serde(default = "tolerance")]
    tolerance: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFinding {
    check: String,
    column: Option<String>,
    passed: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedError {
    kind: String,
    at: Option<String>,
    message: Option<String>,
}

fn tolerance() -> f64 {
    1e-9
}

/// Parameters and rows with what must come of them.
#[derive(Clone, Debug)]
pub struct Example {
    case: Case,
    models: Vec<(String, RecordBatch)>,
    expectation: Option<Expectation>,
    output: Option<RecordBatch>,
}

impl Example {
    /// Reads all examples in a folder, by name; none, if it is not there.
    ///
    /// # Errors
    /// When one has a mistake, or its rows cannot be read.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
            Err(error) => return Err(Error::read(folder, error)),
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        });
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// Reads one example; the paths in it are relative to its folder.
    ///
    /// # Errors
    /// When it has a mistake, or its rows cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let wrong = |message: String| Error::Text {
            path: path.to_path_buf(),
            message,
        };
        let text = fs::read_to_string(path).map_err(|error| Error::read(path, error))?;
        let text: Text = toml::from_str(&text)
            .map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        let base = path.parent().unwrap_or(Path::new("."));
        let rows = |file: &String| read_rows(file, base);
        let models = text
            .models
            .iter()
            .map(|(name, file)| Ok((name.clone(), rows(file)?)));
        let models: Vec<_> = models.collect::<Result<_>>()?;
        let (input, second) = match (
            &text.input,
            &text.reference,
            &text.current,
            models.as_slice(),
        ) {
            (Some(input), None, None, []) => (rows(input)?, None),
            (None, Some(reference), Some(current), []) => (rows(reference)?, Some(rows(current)?)),
            (None, None, None, [first, rest @ ..]) => {
                (first.1.clone(), rest.first().map(|(_, rows)| rows.clone()))
            }
            _ => {
                return Err(wrong(
                    "an example has `input`; of a drift detector `reference` and `current`; of an \
                     evaluator `input` or `models`"
                        .to_owned(),
                ));
            }
        };
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let output = text
            .expect
            .as_ref()
            .and_then(|expect| expect.output.as_ref());
        Ok(Self {
            case: Case {
                name: name.into_owned(),
                params: json(text.with)?,
                input,
                second,
                apply: text.apply.as_ref().map(rows).transpose()?,
            },
            models,
            output: output.map(rows).transpose()?,
            expectation: text.expect,
        })
    }

    /// What the conformance suite can use: not what is expected to fail.
    pub fn case(&self) -> Option<&Case> {
        let fails = self
            .expectation
            .as_ref()
            .is_some_and(|expect| expect.error.is_some());
        (!fails).then_some(&self.case)
    }

    /// The same parameters with other rows.
    #[must_use]
    pub fn case_with(&self, rows: &RecordBatch) -> Option<Case> {
        Some(self.case()?.with_input(rows.clone()))
    }
}

/// Parameters from a TOML file that holds nothing else.
///
/// # Errors
/// When it cannot be read, or is no TOML.
pub fn read_params(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).map_err(|error| Error::read(path, error))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| Error::Text {
        path: path.to_path_buf(),
        message: error.to_string().trim_end().to_owned(),
    })?;
    json(table)
}

fn json(table: toml::Table) -> Result<Value> {
    serde_json::to_value(table).map_err(|error| Error::Text {
        path: PathBuf::from("with"),
        message: error.to_string(),
    })
}

/// Whether what comes of an example is what its author expects.
pub(crate) fn check(bench: &Bench, example: &Example) -> Check {
    let found = match &example.expectation {
        None => consequence(bench, example)
            .map(|_| "it works".to_owned())
            .map_err(|trouble| format!("it {}", trouble.words())),
        Some(expectation) => compare(bench, example, expectation),
    };
    let (status, reason) = match found {
        Ok(reason) => (Status::Passed, reason),
        Err(reason) => (Status::Failed, reason),
    };
    Check {
        name: example.case.name.clone(),
        status,
        reason,
        hint: None,
    }
}

fn consequence(bench: &Bench, example: &Example) -> Result<Consequence, Trouble> {
    let Example { case, models, .. } = example;
    let params = case.params.to_string();
    if models.is_empty() || bench.kind() != Kind::Evaluator {
        let input = std::slice::from_ref(&case.input);
        let state = bench.learn(&params, input, &case.input.schema())?;
        return bench.consequence(case, &state);
    }
    let state = |(name, rows): &(String, RecordBatch)| {
        let state = bench.learn(&params, std::slice::from_ref(rows), &rows.schema())?;
        Ok((name.clone(), state))
    };
    let states = models
        .iter()
        .map(state)
        .collect::<Result<Vec<_>, Trouble>>()?;
    Ok(Consequence::Judged(bench.assess(&params, &states)?))
}

fn compare(bench: &Bench, example: &Example, expectation: &Expectation) -> Result<String, String> {
    let ended = consequence(bench, example);
    if let Some(expected) = &expectation.error {
        return match ended {
            Ok(_) => Err(format!("it works, and `{}` is expected", expected.kind)),
            Err(Trouble::Refused(reported)) => same_error(&reported, expected),
            Err(trouble) => Err(format!("it {}", trouble.words())),
        };
    }
    match ended.map_err(|trouble| format!("it {}", trouble.words()))? {
        Consequence::Judged(outcome) => {
            same_outcome(&outcome, expectation)?;
            Ok(outcome.summary)
        }
        Consequence::Rows(applied) => {
            let asks_of_report = expectation.verdict.is_some()
                || !expectation.metrics.is_empty()
                || !expectation.findings.is_empty();
            match &applied.told {
                Some(outcome) => same_outcome(outcome, expectation)?,
                None if asks_of_report => {
                    return Err("it gives no report, and one is expected".to_owned());
                }
                None => {}
            }
            let Some(expected) = &example.output else {
                return Ok("it works".to_owned());
            };
            let actual = conformance::whole(&applied.schema, &applied.all())?;
            let expected = like(expected, &actual)?;
            let tolerance = Some(expectation.tolerance);
            conformance::rows(&applied.schema, &[actual], &[expected], tolerance).map_err(
                |difference| format!("what it makes and what is expected: {difference}"),
            )?;
            Ok("it makes the rows that are expected".to_owned())
        }
    }
}

/// The expected rows in the types of those that were made: a CSV file has types of its own.
fn like(expected: &RecordBatch, actual: &RecordBatch) -> Result<RecordBatch, String> {
    let names = |batch: &RecordBatch| {
        let schema = batch.schema();
        let names = schema
            .fields()
            .iter()
            .map(|field| format!("`{}`", field.name()));
        names.collect::<Vec<_>>().join(", ")
    };
    if names(expected) != names(actual) {
        return Err(format!(
            "it makes the columns {}, and {} are expected",
            names(actual),
            names(expected)
        ));
    }
    let pairs = expected.columns().iter().zip(actual.columns());
    let columns = pairs.map(|(expected, actual)| cast(expected, actual.data_type()));
    columns
        .collect::<Result<Vec<_>, _>>()
        .and_then(|columns| RecordBatch::try_new(actual.schema(), columns))
        .map_err(|error| format!("the expected rows do not fit those that it makes: {error}"))
}

fn same_error(reported: &Reported, expected: &ExpectedError) -> Result<String, String> {
    let Reported { kind, message, at } = reported;
    let shown = |at: &Option<String>| at.as_ref().map_or(String::new(), |at| format!(" at {at}"));
    let said = format!("`{kind}`{}: {message}", shown(at));
    let is_same = *kind == expected.kind
        && (expected.at.is_none() || *at == expected.at)
        && expected
            .message
            .as_ref()
            .is_none_or(|expected| message.contains(expected));
    match is_same {
        true => Ok(format!("it says {said}")),
        false => {
            let text = expected
                .message
                .as_ref()
                .map_or(String::new(), |text| format!(": … {text} …"));
            Err(format!(
                "it says {said}, and `{}`{}{text} is expected",
                expected.kind,
                shown(&expected.at)
            ))
        }
    }
}

fn same_outcome(outcome: &Outcome, expected: &Expectation) -> Result<(), String> {
    let verdict = format!("{:?}", outcome.verdict).to_lowercase();
    if let Some(expected) = &expected.verdict
        && *expected != verdict
    {
        return Err(format!(
            "its verdict is `{verdict}` ({}), and `{expected}` is expected",
            outcome.summary
        ));
    }
    for (name, value) in &expected.metrics {
        let found = outcome.headline(name).and_then(|metric| metric.value);
        match found {
            None => return Err(format!("it has no metric `{name}`")),
            Some(found) if !conformance::close(found, *value, expected.tolerance) => {
                return Err(format!(
                    "its metric `{name}` is {found}, and {value} is expected"
                ));
            }
            Some(_) => {}
        }
    }
    for ExpectedFinding {
        check,
        column,
        passed,
    } in &expected.findings
    {
        let fits = outcome.findings.iter().any(|finding| {
            finding.check == *check
                && column
                    .as_ref()
                    .is_none_or(|column| finding.column.as_ref() == Some(column))
                && passed.is_none_or(|passed| finding.passed == passed)
        });
        if !fits {
            let column = column
                .as_ref()
                .map_or(String::new(), |column| format!(" of `{column}`"));
            let passed = match passed {
                Some(true) => " that has passed",
                Some(false) => " that has not passed",
                None => "",
            };
            return Err(format!("it has no finding {check}{column}{passed}"));
        }
    }
    Ok(())
}
