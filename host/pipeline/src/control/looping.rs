//! Reads the keys that make a step run several times: `for_each`, `zip`, `repeat`, `select` and
//! `max_parallel`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::condition::{self, Condition};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::interpolate;
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::params::Params;
use crate::reader::{self, Section};
use crate::source::Span;

/// The most iterations that a loop may have.
const MOST_ITERATIONS: usize = 10_000;

/// How a step is to be run several times, as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Looping {
    /// Shared by all iterations, of which there may be many.
    pub(crate) items: Arc<Items>,
    pub(crate) select: Option<Select>,
    pub(crate) max_parallel: Option<u32>,
    /// The group that it is of, if it is not of the step alone.
    pub(crate) group: Option<String>,
    /// Whether `select` is there, also if something is wrong with it.
    pub(crate) is_to_select: bool,
    /// The key that makes it a loop.
    pub(crate) key_span: Span,
}

/// What the iterations of a loop are.
#[derive(Debug, Clone)]
pub enum Items {
    /// One for each of these, which say the values of the variables of the loop.
    Known(Vec<Map<String, Value>>),
    /// One for each item of a list that is known when the run comes to it.
    Listed {
        /// The variable of the loop.
        variable: String,
        /// The list.
        list: Condition,
        /// The most items that it may have.
        limit: usize,
    },
    /// One after the other until a condition is true of the last one, at most so many.
    Until {
        /// The condition.
        until: Condition,
        /// The most iterations.
        limit: usize,
    },
}

/// By what the best iteration of a loop is found.
#[derive(Debug, Clone)]
pub struct Select {
    /// The step that reports the metric.
    pub step: String,
    /// The metric.
    pub metric: String,
    /// Which value is the best; the report says it if this does not.
    pub best: Option<Best>,
    pub(crate) span: Span,
}

/// Which value of a metric is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Best {
    /// The highest.
    Max,
    /// The lowest.
    Min,
}

impl Items {
    /// The number of iterations, or the most that there may be.
    pub fn most(&self) -> usize {
        match self {
            Self::Known(items) => items.len(),
            Self::Listed { limit, .. } | Self::Until { limit, .. } => *limit,
        }
    }

    /// Whether they are the same, wherever that is written.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(items), Self::Known(others)) => items == others,
            (
                Self::Listed {
                    variable,
                    list,
                    limit,
                },
                Self::Listed {
                    variable: other,
                    list: others,
                    limit: most,
                },
            ) => {
                variable == other
                    && list.expression.text() == others.expression.text()
                    && limit == most
            }
            (
                Self::Until { until, limit },
                Self::Until {
                    until: other,
                    limit: most,
                },
            ) => until.expression.text() == other.expression.text() && limit == most,
            _ => false,
        }
    }

    /// The expression that they depend on.
    pub fn condition(&self) -> Option<&Condition> {
        match self {
            Self::Known(_) => None,
            Self::Listed { list, .. } => Some(list),
            Self::Until { until, .. } => Some(until),
        }
    }

    /// The names of the variables.
    pub fn variables(&self) -> Vec<&str> {
        match self {
            Self::Known(items) => items
                .iter()
                .take(1)
                .flat_map(Map::keys)
                .map(String::as_str)
                .collect(),
            Self::Listed { variable, .. } => vec![variable],
            Self::Until { .. } => vec![ITERATION],
        }
    }

    /// The values of the variables in an iteration, counted from zero, if they are known.
    pub fn values(&self, iteration: usize) -> Option<Map<String, Value>> {
        match self {
            Self::Known(items) => items.get(iteration).cloned(),
            Self::Listed { .. } => None,
            Self::Until { .. } => Some(Map::from_iter([(
                ITERATION.to_owned(),
                Value::from(iteration + 1),
            )])),
        }
    }
}

/// The variable of `repeat`.
pub(crate) const ITERATION: &str = "iteration";

impl Select {
    /// Where the metric is named.
    pub fn span(&self) -> Span {
        self.span.clone()
    }
}

/// Reads the loop of a step, if it has one.
pub(crate) fn read(
    section: Section<'_>,
    params: &Params,
    diagnostics: &mut Diagnostics,
) -> Option<Looping> {
    let forms = ["for_each", "zip", "repeat"];
    let mut given = forms.iter().filter_map(|form| section.optional(form));
    let Some(entry) = given.next() else {
        for key in ["select", "max_parallel"] {
            if let Some(lonely) = section.optional(key) {
                diagnostics.push(
                    Diagnostic::new(format!("{} without a loop", section.key(key)))
                        .at(lonely.key_span.clone())
                        .hint("add `for_each = { … }`, or take it away"),
                );
            }
        }
        return None;
    };
    if let Some(second) = given.next() {
        diagnostics.push(
            Diagnostic::new(format!(
                "`{}` and `{}` exclude each other in {}",
                entry.name, second.name, section.title
            ))
            .at(second.key_span.clone())
            .related(entry.key_span.clone(), "the other one")
            .hint("`for_each` takes every combination, `zip` the first of each, then the second"),
        );
    }
    let items = match entry.name.as_str() {
        "repeat" => read_repeat(entry, section.title, diagnostics),
        _ => read_items(entry, section.title, params, diagnostics),
    };
    let select = section
        .optional("select")
        .and_then(|entry| read_select(entry, section.title, diagnostics));
    let max_parallel = section.optional("max_parallel").and_then(|entry| {
        let what = section.key("max_parallel");
        reader::integer_in(&entry.node, &what, 1..=10_000, diagnostics)
    });
    if let ("repeat", Some(entry)) = (
        entry.name.as_str(),
        section
            .optional("select")
            .or(section.optional("max_parallel")),
    ) {
        diagnostics.push(
            Diagnostic::new(format!(
                "{} has `{}` and `repeat`",
                section.title, entry.name
            ))
            .at(entry.key_span.clone())
            .hint("a repetition goes on one by one, and its last iteration is handed on"),
        );
    }
    Some(Looping {
        items: Arc::new(items?),
        select,
        max_parallel: max_parallel.and_then(|most| u32::try_from(most).ok()),
        group: None,
        is_to_select: section.optional("select").is_some(),
        key_span: entry.key_span.clone(),
    })
}

fn read_repeat(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Option<Items> {
    let title = format!("`repeat` in {title}");
    let section = Section::open(entry, &title, &["until", "limit"], diagnostics)?;
    let until = section.required("until", "add `until = \"evaluate.r2 > 0.4\"`", diagnostics);
    let limit = section.required(
        "limit",
        "add `limit = 10`, the most iterations",
        diagnostics,
    );
    let until =
        until.and_then(|entry| condition::read(&entry.node, &section.key("until"), diagnostics));
    let limit = limit.and_then(|entry| read_limit(entry, section, diagnostics));
    Some(Items::Until {
        until: until?,
        limit: limit?,
    })
}

fn read_limit(entry: &Entry, section: Section<'_>, diagnostics: &mut Diagnostics) -> Option<usize> {
    let range = 1..=MOST_ITERATIONS as i64;
    let limit = reader::integer_in(&entry.node, &section.key("limit"), range, diagnostics)?;
    usize::try_from(limit).ok()
}

/// Reads `{ max_depth = [4, 8], … }`, or `{ column = { in = "…", limit = 20 } }`.
fn read_items(
    entry: &Entry,
    title: &str,
    params: &Params,
    diagnostics: &mut Diagnostics,
) -> Option<Items> {
    let entry = interpolate::entry(entry, params, diagnostics);
    let (entry, key) = (&entry, entry.name.as_str());
    let what = format!("`{key}` in {title}");
    let hint = format!("write `{key} = {{ max_depth = [4, 8, 12] }}`, for example");
    let variables = reader::table_or(&entry.node, &what, hint.as_str(), diagnostics)?;
    if variables.is_empty() {
        reader::report(
            &entry.node,
            format!("{what} is empty"),
            Some(hint),
            diagnostics,
        );
        return None;
    }
    for variable in variables {
        let of = "the name of a variable";
        names::check(of, &variable.name, &variable.key_span, diagnostics);
    }
    let listed = variables
        .iter()
        .find(|variable| matches!(variable.node.content, Content::Table(_)));
    if let Some(listed) = listed {
        if variables.len() > 1 {
            let message = format!("{what} has a list that is not known yet, and something else");
            let hint = "one list of a report can be looped over at a time";
            reader::report(&listed.node, message, Some(hint.to_owned()), diagnostics);
            return None;
        }
        return read_listed(listed, &what, diagnostics);
    }
    let lists = variables
        .iter()
        .map(|variable| read_values(variable, &what, diagnostics));
    let lists: Vec<(String, Vec<Value>)> = lists.collect::<Option<_>>()?;
    let items = match key {
        "zip" => zip(&lists).or_else(|| {
            let lengths = lists
                .iter()
                .map(|(name, values)| format!("`{name}` has {}", values.len()));
            let message = format!("the lists of {what} are not of one length");
            let hint = lengths.collect::<Vec<_>>().join(", ");
            reader::report(&entry.node, message, Some(hint), diagnostics);
            None
        })?,
        _ => product(&lists).or_else(|| {
            let message = format!("{what} has more than {MOST_ITERATIONS} combinations");
            reader::report(&entry.node, message, None, diagnostics);
            None
        })?,
    };
    Some(Items::Known(items))
}

fn read_listed(variable: &Entry, what: &str, diagnostics: &mut Diagnostics) -> Option<Items> {
    let title = format!("`{}` of {what}", variable.name);
    let section = Section::open(variable, &title, &["in", "limit"], diagnostics)?;
    let list = section.required(
        "in",
        "add `in = \"…\"`, an expression that gives a list",
        diagnostics,
    );
    let limit = section.required(
        "limit",
        "add `limit = 20`, the most items of the list",
        diagnostics,
    );
    let list = list.and_then(|entry| condition::read(&entry.node, &section.key("in"), diagnostics));
    let limit = limit.and_then(|entry| read_limit(entry, section, diagnostics));
    Some(Items::Listed {
        variable: variable.name.clone(),
        list: list?,
        limit: limit?,
    })
}

fn read_values(
    variable: &Entry,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<(String, Vec<Value>)> {
    let what = format!("`{}` of {what}", variable.name);
    let items = reader::array(&variable.node, &what, diagnostics)?;
    if items.is_empty() {
        let hint = "write the values that it is to have, such as `[4, 8, 12]`".to_owned();
        reader::report(
            &variable.node,
            format!("{what} is empty"),
            Some(hint),
            diagnostics,
        );
        return None;
    }
    let mut value = |item: &Node| match (&item.content, item.to_json()) {
        (Content::Table(_) | Content::Array(_) | Content::Invalid, _) | (_, Err(_)) => {
            let hint =
                "what is no single value stays in `with`, where `${each.…}` may be a part of it";
            let expected = "a boolean, a finite number or a string";
            reader::mismatch_with(item, expected, &what, Some(hint.to_owned()), diagnostics)
        }
        (_, Ok(value)) => Some(value),
    };
    let values = items.iter().map(&mut value).collect::<Option<_>>()?;
    Some((variable.name.clone(), values))
}

/// Every combination; the last variable changes first.
fn product(lists: &[(String, Vec<Value>)]) -> Option<Vec<Map<String, Value>>> {
    let mut sizes = lists.iter().map(|(_, values)| values.len());
    let size = sizes.try_fold(1usize, usize::checked_mul)?;
    if size > MOST_ITERATIONS {
        return None;
    }
    let mut items = vec![Map::new()];
    for (name, values) in lists {
        let with = |item: &Map<String, Value>, value: &Value| {
            let mut item = item.clone();
            item.insert(name.clone(), value.clone());
            item
        };
        let longer = items
            .iter()
            .flat_map(|item| values.iter().map(move |value| with(item, value)));
        items = longer.collect();
    }
    Some(items)
}

/// The first of each, the second of each, …; none if one list is longer than another.
fn zip(lists: &[(String, Vec<Value>)]) -> Option<Vec<Map<String, Value>>> {
    let (_, first) = lists.first()?;
    let even = lists.iter().all(|(_, values)| values.len() == first.len());
    let item = |index: usize| {
        let values = lists
            .iter()
            .map(|(name, values)| (name.clone(), values[index].clone()));
        values.collect()
    };
    (even && first.len() <= MOST_ITERATIONS).then(|| (0..first.len()).map(item).collect())
}

fn read_select(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Option<Select> {
    let title = format!("`select` in {title}");
    let section = Section::open(entry, &title, &["metric", "best"], diagnostics)?;
    let remedy = "add `metric = \"evaluate.r2\"`, a step and a metric of its report";
    let metric = section.required("metric", remedy, diagnostics);
    let best = section.optional("best").and_then(|entry| {
        let known = [("max", Best::Max), ("min", Best::Min)];
        reader::one_of(&entry.node, &section.key("best"), &known, diagnostics)
    });
    let node = &metric?.node;
    let text = reader::string(node, &section.key("metric"), diagnostics)?;
    let Some((step, metric)) = text
        .split_once('.')
        .filter(|(step, metric)| step.split('/').all(names::is_name) && !metric.is_empty())
    else {
        let message = format!(
            "{} is not a metric of a step: `{}`",
            section.key("metric"),
            text.escape_debug()
        );
        let hint = "write the step, a dot, and the metric: `metric = \"evaluate.r2\"`";
        reader::report(node, message, Some(hint.to_owned()), diagnostics);
        return None;
    };
    Some(Select {
        step: step.to_owned(),
        metric: metric.to_owned(),
        best,
        span: node.span.clone(),
    })
}
