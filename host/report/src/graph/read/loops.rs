//! A loop in words.

use mlhost_pipeline::{Best, Items, Loop};
use serde_json::{Map, Value};

use crate::graph::words;

/// The most values of a variable that are listed.
const LISTED: usize = 6;

/// What it loops over, and what it hands on, a line each.
pub(super) fn label(found: &Loop) -> Vec<String> {
    let mut label = match &found.items {
        Items::Known(items) => known(items),
        Items::Listed {
            variable,
            list,
            limit,
        } => vec![format!(
            "for each {variable} in {}, at most {limit}",
            words::one_line(list.expression.text())
        )],
        Items::Until { until, limit } => vec![format!(
            "repeat until {}, at most {}",
            words::one_line(until.expression.text()),
            words::times(*limit)
        )],
    };
    if let Some(most) = found.max_parallel {
        let last = label.last_mut();
        last.into_iter()
            .for_each(|line| line.push_str(&format!(", {most} at once")));
    }
    if let Some(select) = &found.select {
        let best = match select.best {
            Some(Best::Max) => "highest",
            Some(Best::Min) => "lowest",
            None => "best",
        };
        label.push(format!(
            "select the {best} {}.{}",
            select.step, select.metric
        ));
    }
    label
}

/// The variables with their values, and how many iterations they make together.
fn known(items: &[Map<String, Value>]) -> Vec<String> {
    let names: Vec<&String> = items.iter().take(1).flat_map(Map::keys).collect();
    let values = |name: &str| {
        let mut distinct: Vec<&Value> = Vec::new();
        for value in items.iter().filter_map(|item| item.get(name)) {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        distinct
    };
    let lists: Vec<Vec<&Value>> = names.iter().map(|name| values(name)).collect();
    let is_product = lists.iter().map(Vec::len).product::<usize>() == items.len();
    let variables = names.iter().zip(&lists).map(|(name, values)| {
        // Of values that go together, each has its own place in its list.
        if !is_product {
            return (*name).clone();
        }
        match values.len() {
            0..=LISTED => format!("{name} in {}", listed(values)),
            many => format!("{name} of {many} values"),
        }
    });
    let joiner = if is_product { " × " } else { " with " };
    let variables: Vec<String> = variables.collect();
    let mut line = format!("for each {}", variables.join(joiner));
    if names.len() > 1 || lists.iter().any(|values| values.len() > LISTED) || !is_product {
        line.push_str(&format!(": {}", words::times(items.len())));
    }
    vec![line]
}

fn listed(values: &[&Value]) -> String {
    let values = values.iter().map(|value| value.to_string());
    values.collect::<Vec<_>>().join(", ")
}
