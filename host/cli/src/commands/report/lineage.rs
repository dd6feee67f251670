//! What a model version is made of, as a drawing and as tables: the data, the steps that a row passes,
//! and the profile that later data is compared with.

use mlhost_report::graph::{Edge, EdgeKind, Graph, Node, NodeKind, Note, Topic};
use mlhost_report::page::{Block, Cell, Section, State, Table};
use mlhost_store::{DataFingerprint, StoredModel};

use crate::text;

/// The most files of a dataset that are named in the drawing.
const MOST_FILES: usize = 2;

pub(super) fn section(stored: &StoredModel) -> Section {
    let mut section = Section::new("Lineage", State::Neutral);
    if let Some(graph) = graph(stored) {
        section = section.with(Block::Graph(Box::new(graph)));
    }
    section
        .with(Block::Table(steps(stored)))
        .with(Block::Table(data(stored)))
}

/// From the data over the steps to the model.
fn graph(stored: &StoredModel) -> Option<Graph> {
    let model = &stored.model;
    let node = |name: String, kind, about: String, notes: Vec<Note>| Node {
        name,
        kind,
        about,
        notes,
        group: None,
    };
    let edge = |from, to| Edge {
        from,
        to,
        kind: EdgeKind::Input,
        label: None,
        part: None,
    };
    let mut nodes: Vec<Node> = Vec::new();
    let mut edges = Vec::new();
    for data in &model.data {
        let notes = rows(data).into_iter().collect();
        nodes.push(node(data.name.clone(), NodeKind::Data, files(data), notes));
    }
    let sources = nodes.len();
    for step in &model.chain {
        let at = nodes.len();
        let package = format!("{}@{}", step.package, step.version);
        let state = outcome(format!("state {}", step.state.short()));
        nodes.push(node(
            step.step.clone(),
            NodeKind::Step,
            package,
            vec![state],
        ));
        match at == sources {
            true => edges.extend((0..sources).map(|source| edge(source, at))),
            false => edges.push(edge(at - 1, at)),
        }
    }
    let last = nodes.len().checked_sub(1)?;
    let predicts = model.target.as_ref();
    let predicts = predicts.map(|target| format!("predicts {target}"));
    let digest = outcome(text::short(&stored.digest.to_string()).to_owned());
    let name = format!("{}@{}", stored.name, stored.version);
    let at = nodes.len();
    nodes.push(node(
        name.clone(),
        NodeKind::Model,
        predicts.unwrap_or_default(),
        vec![digest],
    ));
    edges.push(edge(last, at));
    if let Some(profile) = &model.reference {
        let package = format!("{}@{}", profile.package, profile.version);
        let state = outcome(format!("state {}", profile.state.short()));
        let beside = nodes.len();
        let name = "reference profile".to_owned();
        nodes.push(node(name, NodeKind::Step, package, vec![state]));
        edges.extend((0..sources).map(|source| edge(source, beside)));
        edges.push(edge(beside, at));
    }
    Graph::new(format!("lineage of {name}"), nodes, edges, vec![]).ok()
}

fn outcome(text: String) -> Note {
    Note {
        topic: Topic::Outcome,
        text,
    }
}

fn files(data: &DataFingerprint) -> String {
    let names = data.files.iter().take(MOST_FILES);
    let mut names: Vec<String> = names.map(|file| file.name.clone()).collect();
    if let more @ 1.. = data.files.len().saturating_sub(MOST_FILES) {
        names.push(format!("{} more", text::count(more as u64)));
    }
    names.join(", ")
}

/// How many rows its files have, where all of them tell.
fn rows(data: &DataFingerprint) -> Option<Note> {
    let rows = data.files.iter().map(|file| file.rows);
    let rows: u64 = rows.sum::<Option<u64>>()?;
    let taken = match data.selection {
        Some(_) => "some of ",
        None => "",
    };
    Some(Note {
        topic: Topic::Rows,
        text: format!("{taken}{} rows", text::count(rows)),
    })
}

/// What a row passes.
fn steps(stored: &StoredModel) -> Table {
    let mut steps = Table::new(["step", "package", "component", "state", "parameters"])
        .titled("What a row passes");
    for step in &stored.model.chain {
        steps.push([
            Cell::text(&step.step),
            Cell::text(format!("{}@{}", step.package, step.version)),
            Cell::text(step.component.short()),
            Cell::text(step.state.short()),
            Cell::text(step.params.to_string()),
        ]);
    }
    steps
}

/// What all of it was made from.
fn data(stored: &StoredModel) -> Table {
    let mut data = Table::new(["data", "file", "rows", "SHA-256"]).titled("What it was made from");
    for fingerprint in &stored.model.data {
        for file in &fingerprint.files {
            data.push([
                Cell::text(&fingerprint.name),
                Cell::text(&file.name),
                Cell::Number(file.rows.map(|rows| rows as f64)),
                Cell::text(file.digest.short()),
            ]);
        }
    }
    data
}
