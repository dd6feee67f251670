//! The lineage of a model that no run of this store has made, from `model.json` alone: the steps of
//! its chain with their components and parameters, and the digests of what they were fitted on. A
//! pipeline of these is written down and read, so that the model can be made again like any other.
//! How text files are read (delimiter, null values, stated types) is not in there: it is taken to be
//! as it is by default.

use std::collections::BTreeMap;

use mlhost_pipeline::{Kind, Pipeline, Source, parse};
use mlhost_store::{Model, StoredModel};
use serde_json::{Value, json};

use crate::{
    Error, FileRecord, InputRecord, PluginRecord, Result, RunRecord, StateRecord, StepKey,
    StepRecord, StepStatus, opened::data_name,
};

/// What the file of the pipeline is called in messages.
const FILE: &str = "model.json";

/// The step that profiles the training data; the model does not say what it was called.
const PROFILE: &str = "reference-profile";

/// What a run would have recorded that did what `model.json` tells, in the folder `here`, and its
/// pipeline. Steps after those of the chain, such as evaluators, are not in there.
pub(super) fn lineage(stored: &StoredModel, here: String) -> Result<(RunRecord, Pipeline)> {
    let model = &stored.model;
    let lost = |reason: String| Error::NoLineage {
        model: format!("{}@{}", stored.name, stored.version),
        reason,
    };
    let [data] = model.data.as_slice() else {
        let tables = model.data.len();
        return Err(lost(format!(
            "it names {tables} tables of data, and not one"
        )));
    };
    let name = data_name(&data.name).to_owned();
    let profile = profile_name(model);
    let text = text(model, &name, &data.name, &profile);
    let text = text.map_err(|error| lost(format!("its parameters are no TOML: {error}")))?;
    let pipeline = parse(Source::new(FILE, text), &[])?;
    let files = data.files.iter().map(|file| FileRecord {
        path: file.name.clone(),
        digest: file.digest.to_string(),
        rows: file.rows,
        bytes: 0,
    });
    let versions = [("host", &model.host), ("contract", &model.contract)];
    let versions = versions.map(|(name, version)| (name.to_owned(), version.clone()));
    let record = RunRecord {
        pipeline: model.name.clone(),
        folder: here,
        file: FILE.to_owned(),
        seed: model.seed,
        versions: versions.into(),
        data: BTreeMap::from([(name, files.collect())]),
        steps: steps(model, &data.name, &profile),
        ..RunRecord::default()
    };
    Ok((record, pipeline))
}

/// A name that no step of the chain has.
fn profile_name(model: &Model) -> String {
    let mut name = PROFILE.to_owned();
    while model.chain.iter().any(|link| link.step == name) {
        name.push('-');
    }
    name
}

/// The pipeline in TOML.
fn text(model: &Model, data: &str, table: &str, profile: &str) -> Result<String, toml::ser::Error> {
    // Its files are given by name: the path only says by its ending what they are.
    let files = model.data.iter().flat_map(|data| &data.files);
    let path = files.map(|file| file.name.as_str()).next();
    let mut table_of_data = json!({ "path": path.unwrap_or(data) });
    if let Some(selection) = model.data.iter().find_map(|data| data.selection.as_ref())
        && let (Some(table), Some(selection)) =
            (table_of_data.as_object_mut(), selection.as_object())
    {
        table.extend(selection.clone());
    }
    let mut steps = serde_json::Map::new();
    let mut input = table;
    for link in &model.chain {
        let mut step = json!({
            // The component is at hand: this only says which it was.
            "plugin": reference(&link.package, &link.version),
            "input": input,
            "with": literal(&link.params),
        });
        if model.chain.last() == Some(link) {
            step["register"] = json!(model.name);
        }
        steps.insert(link.step.clone(), step);
        input = &link.step;
    }
    if let Some(reference_profile) = &model.reference {
        let mut read = json!({ "reference": table, "current": table });
        if let (false, Some(last)) = (reference_profile.predictions.is_empty(), model.chain.last())
        {
            read["model"] = json!(last.step);
        }
        let step = json!({
            "plugin": reference(&reference_profile.package, &reference_profile.version),
            "input": read,
            "with": literal(&reference_profile.params),
        });
        steps.insert(profile.to_owned(), step);
    }
    toml::to_string(&json!({
        "mlhost": 1,
        "name": model.name,
        "seed": model.seed,
        "data": { data: table_of_data },
        "steps": steps,
    }))
}

fn reference(package: &str, version: &str) -> String {
    match (package.contains(':'), version) {
        (true, "") => package.to_owned(),
        (true, version) => format!("{package}@{version}"),
        (false, _) => format!("./{package}.wasm"),
    }
}

/// Parameters whose texts stand for themselves.
fn literal(value: &Value) -> Value {
    match value {
        Value::String(text) => text.replace("${", "$${").into(),
        Value::Array(items) => items.iter().map(literal).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields
                .map(|(key, field)| (key.clone(), literal(field)))
                .collect()
        }
        other => other.clone(),
    }
}

/// What the model tells of the steps that have made it.
fn steps(model: &Model, table: &str, profile: &str) -> Vec<StepRecord> {
    let step = |name: &str, kind, plugin, params: &Value, state| StepRecord {
        name: name.to_owned(),
        kind,
        plugin,
        params: params.clone(),
        status: StepStatus::Done,
        cached: false,
        cached_from: None,
        again: false,
        // Where the rows come from is all that is known of what it has read.
        key: Some(StepKey {
            digest: String::new(),
            inputs: vec![InputRecord {
                name: "data".to_owned(),
                table: table.to_owned(),
                rows: String::new(),
                steps: vec![],
                model: None,
            }],
        }),
        rows: 0,
        bytes: 0,
        seconds: 0.0,
        states: vec![state],
        outcome: None,
        curves: vec![],
        gates: vec![],
        error: None,
        skipped: None,
        attempts: vec![],
        granted: {
            let mut chain = model.chain.iter();
            let link = chain.find(|link| link.step == name);
            link.map(|link| link.granted.clone()).unwrap_or_default()
        },
        each: serde_json::Map::new(),
        cached_rows: None,
    };
    let plugin = |package: &str, version: &str, component: &mlhost_store::Digest| PluginRecord {
        name: package.to_owned(),
        version: (!version.is_empty()).then(|| version.to_owned()),
        digest: component.to_string(),
    };
    let state = |name: &str, digest: &mlhost_store::Digest| StateRecord {
        name: name.to_owned(),
        digest: digest.to_string(),
        bytes: 0,
    };
    let last = model.chain.len().saturating_sub(1);
    let chain = model.chain.iter().enumerate().map(|(place, link)| {
        let kind = match place == last {
            true => Kind::Trainer,
            false => Kind::Preprocessor,
        };
        let plugin = plugin(&link.package, &link.version, &link.component);
        step(
            &link.step,
            kind,
            plugin,
            &link.params,
            state("data", &link.state),
        )
    });
    let reference = model.reference.iter().map(|reference| {
        let plugin = plugin(&reference.package, &reference.version, &reference.component);
        let state = state("reference", &reference.state);
        step(
            profile,
            Kind::DriftDetector,
            plugin,
            &reference.params,
            state,
        )
    });
    chain.chain(reference).collect()
}
