//! The sections of a card.

use std::fmt::Write as _;

use mlhost_store::{Column, Digest, Model, StoredModel};
use serde_json::Value;

use super::{
    Facts,
    markdown::{json, metric_name, plain, table},
};

pub(super) fn text(facts: &Facts<'_>) -> String {
    let (stored, model) = (facts.stored, &facts.stored.model);
    let sections = [
        title(stored),
        facts.description.map(intended_use).unwrap_or_default(),
        columns(model),
        data(model),
        steps(model),
        metrics(model),
        facts.record.map(gates).unwrap_or_default(),
        reference(model),
        origin(stored),
        usage(stored),
    ];
    let sections = sections.iter().filter(|section| !section.is_empty());
    let sections: Vec<_> = sections.map(|section| section.trim_end()).collect();
    format!("{}\n", sections.join("\n\n"))
}

fn title(stored: &StoredModel) -> String {
    let model = &stored.model;
    let what = match &model.target {
        Some(target) => format!("Predicts {}", plain(target)),
        None => "Transforms tables".to_owned(),
    };
    format!(
        "# {}\n\n{what}. Every step of it is a WebAssembly component that is kept with the model, \
         from the raw columns to the prediction.",
        plain(&stored.name)
    )
}

fn intended_use(description: &str) -> String {
    // Words of people: shown as they are, and as markup in nothing.
    let lines = description
        .lines()
        .map(|line| format!("> {}", plain(line.trim_start())));
    format!(
        "## Intended use\n\n{}",
        lines.collect::<Vec<_>>().join("\n")
    )
}

fn columns(model: &Model) -> String {
    let part = |title: &str, columns: &[Column]| {
        let rows = columns.iter().map(|column| {
            let required = if column.required {
                "yes"
            } else {
                "may be null"
            };
            vec![
                plain(&column.name),
                plain(&column.kind),
                required.to_owned(),
            ]
        });
        format!(
            "## {title}\n\n{}",
            table(&["column", "type", "required"], rows)
        )
    };
    let signature = &model.signature;
    format!(
        "{}\n{}",
        part("Inputs", &signature.inputs),
        part("Outputs", &signature.outputs)
    )
}

fn data(model: &Model) -> String {
    let mut text = "## Training data\n\nThe data itself is not part of the model.\n\n".to_owned();
    let rows = model.data.iter().flat_map(|data| {
        data.files.iter().map(|file| {
            let rows = file.rows.map(|rows| rows.to_string());
            vec![
                plain(&data.name),
                plain(&file.name),
                rows.unwrap_or_else(|| "not stated".to_owned()),
                code(&file.digest),
            ]
        })
    });
    text.push_str(&table(
        &["data", "file", "rows of the file", "digest"],
        rows,
    ));
    for data in &model.data {
        if let Some(selection) = &data.selection {
            let _ = write!(
                text,
                "\nOf {} it has seen:\n\n{}",
                plain(&data.name),
                json(selection)
            );
        }
    }
    text
}

fn steps(model: &Model) -> String {
    let rows = model.chain.iter().map(|step| {
        vec![
            plain(&step.step),
            package(&step.package, &step.version),
            code(&step.component),
            code(&step.state),
        ]
    });
    let table = table(&["step", "package", "component", "state"], rows);
    let mut text = format!("## Steps\n\nIn the order in which rows pass them.\n\n{table}");
    for step in &model.chain {
        let _ = write!(
            text,
            "\nParameters of {}:\n\n{}",
            plain(&step.step),
            json(&step.params)
        );
    }
    text
}

fn metrics(model: &Model) -> String {
    if model.metrics.is_empty() {
        return String::new();
    }
    let rows = model.metrics.iter().map(|metric| {
        vec![
            plain(&metric.step),
            plain(&metric_name(metric)),
            metric.value.to_string(),
        ]
    });
    format!(
        "## Metrics\n\n{}",
        table(&["measured by", "metric", "value"], rows)
    )
}

/// What the gates of the run decided. A record may be of another version of the host, so it is
/// read as it comes.
fn gates(record: &Value) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for step in list(&record["steps"]) {
        for gate in list(&step["gates"]) {
            let number = |key: &str| gate[key].as_f64().map(|number| number.to_string());
            let outcome = if gate["passed"] == true {
                "passed"
            } else {
                "not passed"
            };
            rows.push(vec![
                plain(step["name"].as_str().unwrap_or_default()),
                plain(gate["metric"].as_str().unwrap_or_default()),
                number("minimum").unwrap_or_default(),
                number("maximum").unwrap_or_default(),
                number("value").unwrap_or_default(),
                plain(gate["comparison"]["summary"].as_str().unwrap_or_default()),
                outcome.to_owned(),
            ]);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let headings = [
        "step", "metric", "minimum", "maximum", "value", "compared", "outcome",
    ];
    format!("## Gates\n\n{}", table(&headings, rows))
}

fn reference(model: &Model) -> String {
    let Some(reference) = &model.reference else {
        return String::new();
    };
    format!(
        "## Drift reference\n\nLater data can be compared with a profile of the training data, \
         made by {} with the component {}: {}.",
        package(&reference.package, &reference.version),
        code(&reference.component),
        code(&reference.state)
    )
}

fn origin(stored: &StoredModel) -> String {
    let model = &stored.model;
    let how = match (&stored.imported, stored.run) {
        (Some(import), _) => format!("Imported from {}", plain(&import.from.source)),
        (None, Some(run)) => format!("Registered by run {run}"),
        (None, None) => "Registered".to_owned(),
    };
    format!(
        "## Origin\n\n{how} on {}. Made with mlhost {}, contract {}, seed {}.",
        stored.created_at.strftime("%Y-%m-%d"),
        plain(&model.host),
        plain(&model.contract),
        model.seed
    )
}

/// The name of a version is safe in a shell: the store takes no other.
fn usage(stored: &StoredModel) -> String {
    let (name, version, digest) = (&stored.name, stored.version, stored.digest);
    format!(
        "## Use and verify\n\n\
         ```sh\n\
         # Where it is registered, and then anywhere: this checks every digest.\n\
         host models export {name}@{version} -o {name}.tar\n\
         host models import {name}.tar\n\n\
         host predict {name} rows.parquet -o predictions.parquet\n\
         host drift {name} rows.parquet\n\
         ```\n\n\
         The identity of the model is the SHA-256 of its `model.json`, which names everything it \
         is made of by digest:\n\n\
         ```text\n{digest}\n```"
    )
}

fn package(name: &str, version: &str) -> String {
    match version.is_empty() {
        true => plain(name),
        false => format!("{} {}", plain(name), plain(version)),
    }
}

fn code(digest: &Digest) -> String {
    format!("`{digest}`")
}
