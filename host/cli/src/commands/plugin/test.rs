//! `host plugin test`: does a plugin do what every plugin must, and what its author expects?

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use comfy_table::CellAlignment::Left;
use mlhost_authoring::{
    Example, Project, RecordBatch,
    conformance::{Case, Check, Report, Status, Suite},
    read_params, read_rows,
};
use mlhost_pipeline::PluginReference;
use mlhost_sandbox::Sandbox;

use super::{engine, sandbox_options};
use crate::{
    arguments::TestArguments,
    error::{Failure, INTERNAL, REFUSED},
    output::{self, Output},
};

pub(super) fn test(arguments: &TestArguments, output: &mut Output) -> Result<ExitCode, Failure> {
    let (component, own_examples) = component(&arguments.plugin)?;
    let examples = arguments.examples.as_ref().or(own_examples.as_ref());
    let examples = examples.map(|folder| Example::read_all(folder));
    let examples = examples.transpose()?.unwrap_or_default();
    let rows = arguments
        .data
        .as_ref()
        .map(|path| read_rows(&path.to_string_lossy(), Path::new(".")));
    let rows = rows.transpose()?;
    let suite = Suite {
        cases: cases(arguments, &examples, rows.as_ref())?,
        examples,
        rows,
        seed: arguments.seed,
        ..Suite::default()
    };
    let sandbox = Sandbox::new(sandbox_options()?).map_err(mlhost_engine::Error::from)?;
    let report = suite.run(&sandbox, &component)?;
    output.print(&report, words)?;
    Ok(match report.passed {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(REFUSED),
    })
}

/// The component that was named, and where its examples are if it is a project's.
fn component(named: &str) -> Result<(Vec<u8>, Option<PathBuf>), Failure> {
    if !Path::new(named).is_dir() {
        let reference: PluginReference =
            named.parse().map_err(|error: mlhost_pipeline::Error| {
                Failure::new(INTERNAL, error.to_string(), None)
            })?;
        let found = engine()?.packages().find(&reference, Path::new("."))?;
        return Ok((found.component.to_vec(), None));
    }
    let project = Project::open(Path::new(named))?;
    let path = project.component();
    let component = fs::read(&path).map_err(|error| {
        let hint = "`host plugin build` makes it".to_owned();
        Failure::new(
            INTERNAL,
            format!("cannot read `{}`: {error}", path.display()),
            Some(hint),
        )
    })?;
    Ok((component, Some(project.folder.join("examples"))))
}

/// What was named, or what the examples have; none, if the suite is to find parameters.
fn cases(
    arguments: &TestArguments,
    examples: &[Example],
    rows: Option<&RecordBatch>,
) -> Result<Vec<Case>, Failure> {
    let Some(path) = &arguments.with else {
        let with_rows = |example: &Example| match rows {
            Some(rows) => example.case_with(rows),
            None => example.case().cloned(),
        };
        return Ok(examples.iter().filter_map(with_rows).collect());
    };
    let params = read_params(path)?;
    Ok(vec![Suite::case_of(
        &path.display().to_string(),
        params,
        rows,
        arguments.seed,
    )])
}

fn words(report: &Report) -> String {
    let Report {
        plugin,
        checks,
        examples,
        ..
    } = report;
    let count = |status| report.count(status);
    let mut words = format!(
        "{plugin}: {} passed, {} failed, {} not applicable\n\n",
        count(Status::Passed),
        count(Status::Failed),
        count(Status::NotApplicable)
    );
    words.push_str(&table("CHECK", checks));
    if !examples.is_empty() {
        words.push('\n');
        words.push_str(&table("EXAMPLE", examples));
    }
    for check in checks.iter().chain(examples) {
        if let Some(hint) = &check.hint {
            let _ = write!(words, "\nhint: {}: {hint}\n", check.name);
        }
    }
    words
}

fn table(heading: &str, checks: &[Check]) -> String {
    let rows = checks.iter().map(|check| {
        vec![
            check.name.clone(),
            check.status.as_str().to_owned(),
            check.reason.replace('\n', " "),
        ]
    });
    let headings = [(heading, Left), ("RESULT", Left), ("SEEN", Left)];
    format!("{}\n", output::table(&headings, rows))
}
