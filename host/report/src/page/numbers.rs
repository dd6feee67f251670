//! Metrics laid out: those that stand for the whole, and those of columns, classes or models as tables
//! with a row for each of these.

use std::collections::BTreeMap;

use mlhost_sandbox::Metric;

use super::table::{Cell, Table};

/// The metrics without labels.
pub(super) fn headline(metrics: &[Metric]) -> Vec<&Metric> {
    let all = metrics.iter();
    all.filter(|metric| metric.labels.is_empty()).collect()
}

/// Metrics with the same labels, a row for each combination of their values, a column for each name.
pub(super) struct Pivot {
    pub(super) table: Table,
}

impl Pivot {
    /// How many numbers there are in it.
    pub(super) fn numbers(&self) -> usize {
        let cells = self.table.rows.iter().flatten();
        let numbers = cells.filter(|cell| matches!(cell, Cell::Number(Some(_))));
        numbers.count()
    }
}

/// The metrics with labels, a table for each set of them, in the order in which they first come.
pub(super) fn labelled(metrics: &[Metric]) -> Vec<Pivot> {
    let mut groups: Vec<(Vec<&String>, Vec<&Metric>)> = Vec::new();
    for metric in metrics.iter().filter(|metric| !metric.labels.is_empty()) {
        let labels: Vec<&String> = metric.labels.keys().collect();
        match groups.iter_mut().find(|(other, _)| *other == labels) {
            Some((_, members)) => members.push(metric),
            None => groups.push((labels, vec![metric])),
        }
    }
    let pivots = groups
        .iter()
        .map(|(labels, members)| pivot(labels, members));
    pivots.collect()
}

fn pivot(labels: &[&String], metrics: &[&Metric]) -> Pivot {
    let mut names: Vec<&str> = Vec::new();
    let mut rows: Vec<Vec<&str>> = Vec::new();
    let mut places: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let mut values: BTreeMap<(usize, &str), Option<f64>> = BTreeMap::new();
    for metric in metrics {
        if !names.contains(&metric.name.as_str()) {
            names.push(&metric.name);
        }
        let of: Vec<&str> = metric.labels.values().map(String::as_str).collect();
        let row = *places.entry(of.clone()).or_insert_with(|| {
            rows.push(of);
            rows.len() - 1
        });
        values.insert((row, &metric.name), metric.value);
    }
    let headings = labels.iter().map(|label| label.as_str());
    let mut table = Table::new(headings.chain(names.iter().copied()));
    for (index, row) in rows.iter().enumerate() {
        let words = row.iter().map(|word| Cell::text(*word));
        let numbers = names.iter().map(|name| {
            let value = values.get(&(index, *name)).copied().flatten();
            Cell::Number(value)
        });
        table.push(words.chain(numbers));
    }
    Pivot { table }
}
