//! `host models alias`, `rollback`, `history`, `tag`, `describe` and `delete`: what people do with
//! versions, and where aliases have been.

use std::collections::BTreeMap;

use comfy_table::CellAlignment::{Left, Right};
use mlhost_store::{AliasMove, ModelVersion, Selector, Store, VersionSelector};
use serde::Serialize;
use serde_json::json;

use crate::{
    arguments::VersionCommand,
    error::{Failure, INTERNAL},
    output::{self, Output},
};

/// Where an alias was, and is.
#[derive(Serialize)]
struct Moved<'a> {
    name: &'a str,
    alias: &'a str,
    from: Option<u32>,
    to: u32,
}

pub(super) fn versions(
    command: &VersionCommand,
    store: &Store,
    output: &mut Output,
) -> Result<(), Failure> {
    match command {
        VersionCommand::Alias {
            model,
            alias,
            reason,
        } => {
            let version = store.version(model)?;
            let (name, to) = (&version.name, version.version);
            let from = store.set_alias(name, alias, to, &user()?, reason)?;
            output.print(
                &Moved {
                    name,
                    alias,
                    from,
                    to,
                },
                moved,
            )
        }
        VersionCommand::Rollback {
            name,
            alias,
            reason,
        } => {
            let (from, to) = store.roll_back(name, alias, &user()?, reason)?;
            let from = Some(from);
            output.print(
                &Moved {
                    name,
                    alias,
                    from,
                    to,
                },
                moved,
            )
        }
        VersionCommand::History { name } => {
            output.print(&store.alias_history(name)?, |moves| history(moves))
        }
        VersionCommand::Tag {
            model,
            tags,
            remove,
        } => {
            let ModelVersion { name, version, .. } = store.version(model)?;
            store.set_tags(&name, version, &tags.iter().cloned().collect(), remove)?;
            told(store, &name, version, output)
        }
        VersionCommand::Describe { model, text } => {
            let ModelVersion { name, version, .. } = store.version(model)?;
            store.describe_version(&name, version, text)?;
            told(store, &name, version, output)
        }
        VersionCommand::Delete { model } => {
            let (name, version) = numbered(model)?;
            store.delete_version(name, version, &user()?)?;
            let result = json!({ "name": name, "deleted": version });
            output.print(&result, |_| {
                format!("deleted {name}@{version}; `host store gc` gives its space back")
            })
        }
    }
}

/// Tags in one line.
pub(super) fn tags(tags: &BTreeMap<String, String>) -> String {
    let tags = tags.iter().map(|(key, value)| format!("{key}={value}"));
    tags.collect::<Vec<_>>().join(" ")
}

fn moved(
    Moved {
        name,
        alias,
        from,
        to,
    }: &Moved<'_>,
) -> String {
    match from {
        Some(from) if from == to => format!("{name}@{alias} is version {to}, as it was"),
        Some(from) => format!("{name}@{alias} is version {to}; it was version {from}"),
        None => format!("{name}@{alias} is version {to}"),
    }
}

/// What is said of a version by now.
fn told(store: &Store, name: &str, version: u32, output: &mut Output) -> Result<(), Failure> {
    let selector = Selector {
        name: name.to_owned(),
        version: VersionSelector::Number(version),
    };
    output.print(&store.version(&selector)?, |found| {
        let mut words = format!("{}@{}", found.name, found.version);
        if !found.tags.is_empty() {
            words.push_str(&format!("  {}", tags(&found.tags)));
        }
        if let Some(description) = &found.description {
            words.push_str(&format!("\n  {description}"));
        }
        words
    })
}

/// A version by its number: what is to be deleted may not move while somebody types.
fn numbered(model: &Selector) -> Result<(&str, u32), Failure> {
    match model.version {
        VersionSelector::Number(version) => Ok((&model.name, version)),
        _ => Err(Failure::new(
            INTERNAL,
            format!("`{model}` does not say which version"),
            Some(format!("write its number: `{}@VERSION`", model.name)),
        )),
    }
}

fn history(moves: &[AliasMove]) -> String {
    if moves.is_empty() {
        return "no alias has stood for any version yet".to_owned();
    }
    let rows = moves.iter().map(|moved| {
        vec![
            moved.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            moved.alias.clone(),
            moved.from.map(|from| from.to_string()).unwrap_or_default(),
            moved.to.to_string(),
            moved.by.clone(),
        ]
    });
    let headings = [
        ("MOVED (UTC)", Left),
        ("ALIAS", Left),
        ("FROM", Right),
        ("TO", Right),
        ("BY", Left),
    ];
    // Reasons are sentences, too long for a column.
    let table = output::table(&headings, rows).to_string();
    let mut lines = table.lines();
    let mut words = format!("{}\n", lines.next().unwrap_or_default().trim_end());
    for (line, moved) in lines.zip(moves) {
        words.push_str(&format!("{}\n", line.trim_end()));
        let reasons = moved.reason.split("; ").filter(|reason| !reason.is_empty());
        words.extend(reasons.map(|reason| format!("  {reason}\n")));
    }
    words
}

/// Who is at the keyboard, as the system knows them.
pub(super) fn user() -> Result<String, Failure> {
    whoami::username()
        .map_err(|error| Failure::internal(format!("the system does not say who you are: {error}")))
}
