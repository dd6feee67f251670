//! What is read from the memory of a plugin: every address and every length in it may be wrong.

use std::{sync::LazyLock, time::Duration};

use arrow::datatypes::Schema;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use mlhost_packages::{breaks, parameters};
use mlhost_report::page::{Report, Section, State};
use mlhost_sandbox::{Context, Description, Limits, Outcome, Plugin, Sandbox, Silent};

use crate::{
    archive::SANDBOX,
    batch::show,
    image::{self, Puppet},
    seeds::SCHEMA,
};

/// The most bytes of memory that an input stands for: the room that the puppets have for it.
const MOST: usize = 50_000;

static VALIDATOR: LazyLock<Option<Plugin>> = LazyLock::new(|| puppet("validator"));
static DESCRIBED: LazyLock<Option<Puppet>> = LazyLock::new(|| Puppet::new("validator"));
static PREPROCESSOR: LazyLock<Option<Plugin>> = LazyLock::new(|| puppet("preprocessor"));

fn puppet(kind: &str) -> Option<Plugin> {
    let component = image::component(kind, &image::description(kind, SCHEMA));
    sandbox()?.load(&component).ok()
}

fn sandbox() -> Option<&'static Sandbox> {
    SANDBOX.as_ref()
}

fn context() -> Context {
    let limits = Limits {
        memory_bytes: 16 << 20,
        returned_bytes: 16 << 20,
        time: Duration::from_secs(20),
        ..Limits::default()
    };
    Context::with("puppet", limits, std::sync::Arc::new(Silent))
}

/// The bytes are the memory from which the result of `report.assess` is read.
pub fn returned_report(bytes: &[u8]) {
    let Some(plugin) = VALIDATOR.as_ref().filter(|_| bytes.len() <= MOST) else {
        return;
    };
    match reported(plugin, bytes) {
        Ok(outcome) => show_report(&outcome),
        Err(error) => drop((error.to_string(), error.hint())),
    }
}

/// It is kept as JSON, and shown on a page and in a comment.
fn show_report(outcome: &Outcome) {
    drop(serde_json::to_string(outcome));
    let section = Section::of_outcome("puppet", outcome);
    let report = Report::new("puppet", State::Passed, "done").with(section);
    drop((report.html(), report.markdown()));
}

fn reported(plugin: &Plugin, bytes: &[u8]) -> Result<Outcome, mlhost_sandbox::Error> {
    let state = [("data".to_owned(), bytes.to_vec())];
    plugin.assess(&context(), "{}", &state)
}

/// The bytes are the memory from which the announced output of a transform is read, and the batch
/// that it emits.
pub fn emitted_batch(bytes: &[u8]) {
    let Some(plugin) = PREPROCESSOR.as_ref().filter(|_| bytes.len() <= MOST) else {
        return;
    };
    match emitted(plugin, bytes) {
        Ok(batches) => batches.iter().for_each(|batch| drop(show(batch))),
        Err(error) => drop((error.to_string(), error.hint())),
    }
}

fn emitted(plugin: &Plugin, bytes: &[u8]) -> Result<Vec<RecordBatch>, mlhost_sandbox::Error> {
    let schema = Schema::empty();
    let mut transformer = plugin.transformer(&context(), "{}", bytes, &schema)?;
    let options = RecordBatchOptions::new().with_row_count(Some(2));
    let rows = RecordBatch::try_new_with_options(schema.into(), vec![], &options);
    match rows {
        Ok(rows) => transformer.apply(&rows),
        Err(_) => Ok(vec![]),
    }
}

/// The bytes are the memory from which the result of `describe` is read or, where they begin with `{`,
/// a schema of parameters and, behind a zero, that of another version: a puppet has to be compiled for
/// each description, and a hundred schemas are looked at in the same time.
pub fn described(bytes: &[u8]) {
    if bytes.starts_with(b"{") {
        schemas(bytes);
        return;
    }
    let (Some(sandbox), Some(puppet)) = (sandbox(), DESCRIBED.as_ref()) else {
        return;
    };
    let Some(component) = puppet.with(bytes) else {
        return;
    };
    let plugin = match sandbox.load(&component) {
        Ok(plugin) => plugin,
        Err(error) => return drop((error.to_string(), error.hint())),
    };
    let description = plugin.description();
    drop(serde_json::to_string(&description));
    drop(parameters(&description.params_schema));
}

/// Shows parameters as `host plugin inspect` does, and compares them as `host plugin publish` does.
fn schemas(bytes: &[u8]) {
    let Some(usual) = VALIDATOR.as_ref().map(Plugin::description) else {
        return;
    };
    let described = |text: &[u8]| {
        Some(Description {
            params_schema: serde_json::from_slice(text).ok()?,
            ..usual.clone()
        })
    };
    let all: Option<Vec<_>> = bytes.splitn(2, |byte| *byte == 0).map(described).collect();
    let Some([first, others @ ..]) = all.as_deref() else {
        return;
    };
    drop(parameters(&first.params_schema));
    let other = others.first().unwrap_or(usual);
    drop((breaks(first, other), breaks(other, first)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds;

    fn inputs(target: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
        let seeds = seeds::all().into_iter();
        let of = target.to_owned();
        seeds
            .filter(move |(target, ..)| *target == of)
            .map(|(_, name, bytes)| (name, bytes))
    }

    #[test]
    fn what_is_as_it_should_be_is_accepted() {
        let plugin = PREPROCESSOR.as_ref().unwrap();
        for (name, bytes) in inputs("emitted_batch") {
            let batches = emitted(plugin, &bytes);
            assert!(
                batches.as_ref().is_ok_and(|batches| batches.len() == 1),
                "{name}: {batches:?}"
            );
        }
        let plugin = VALIDATOR.as_ref().unwrap();
        for (name, bytes) in inputs("returned_report") {
            let outcome = reported(plugin, &bytes);
            match name.as_str() {
                "error" => assert!(outcome.unwrap_err().to_string().contains("it is wrong")),
                _ => assert_eq!(outcome.unwrap().findings[0].details["share"], 0.5),
            }
        }
    }
}
