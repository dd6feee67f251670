//! What an evaluator says beside its scores: which of two models is better, how sure scores are, and
//! on which rows a model is worst. Metrics with a label `statistic`, and `model` and `than` for two
//! models, are what the contract of evaluators has for it; worst slices are in findings.

use std::collections::BTreeMap;

use mlhost_sandbox::{Finding, Metric, Outcome};
use serde_json::Value;

use super::table::{Cell, Table};
use crate::text;

/// Statistics and their headings, in the order of columns. Those that are not here come after them,
/// under their own names.
const STATISTICS: [(&str, &str); 8] = [
    ("difference", "difference"),
    ("lower", "from"),
    ("upper", "to"),
    ("probability", "probability of better"),
    ("p_value", "p"),
    ("p_value_holm", "p by Holm"),
    ("statistic", "statistic"),
    ("standard_error", "standard error"),
];

/// What evaluators say beside their scores, of one step or several.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    certain: Vec<Certain>,
    worst: Vec<Worst>,
}

/// How sure a score is, or the difference of two models in it.
#[derive(Debug, Clone, PartialEq)]
struct Certain {
    step: Option<String>,
    metric: String,
    model: Option<String>,
    than: Option<String>,
    /// The score, where it is of one model.
    value: Option<f64>,
    statistics: BTreeMap<String, Option<f64>>,
    /// The same in a sentence of the plugin, if it has one.
    sentence: Option<String>,
}

/// The slice with the worst score.
#[derive(Debug, Clone, PartialEq)]
struct Worst {
    step: Option<String>,
    model: Option<String>,
    by: String,
    slices: Option<f64>,
    slice: String,
    score: Option<(String, f64)>,
    rows: Option<f64>,
    sentence: String,
}

impl Evaluation {
    /// What an outcome says, and the step that it is of where a reader cannot know it.
    pub fn of(step: Option<&str>, outcome: &Outcome) -> Self {
        let mut certain: Vec<Certain> = Vec::new();
        for metric in &outcome.metrics {
            let Some((statistic, of)) = statistic(step, metric) else {
                continue;
            };
            let is_same = |other: &&mut Certain| {
                (&other.metric, &other.model, &other.than) == (&of.metric, &of.model, &of.than)
            };
            match certain.iter_mut().find(is_same) {
                Some(other) => drop(other.statistics.insert(statistic, metric.value)),
                None => {
                    let mut of = of.told_by(outcome);
                    of.statistics.insert(statistic, metric.value);
                    certain.push(of);
                }
            }
        }
        let worst = outcome.findings.iter();
        let worst = worst.filter_map(|finding| Worst::of(step, finding));
        Self {
            certain,
            worst: worst.collect(),
        }
    }

    /// Adds what another step says.
    pub fn extend(&mut self, other: Self) {
        self.certain.extend(other.certain);
        self.worst.extend(other.worst);
    }

    /// A line for each comparison, interval and worst slice.
    pub fn lines(&self) -> Vec<String> {
        let certain = self.certain.iter().map(Certain::line);
        let worst = self.worst.iter().map(|worst| worst.sentence.clone());
        certain.chain(worst).collect()
    }

    /// The same as tables.
    pub fn tables(&self) -> Vec<Table> {
        let (compared, sure): (Vec<&Certain>, Vec<&Certain>) =
            self.certain.iter().partition(|one| one.than.is_some());
        let tables = [
            certain(&compared).titled("Models compared on the same rows"),
            certain(&sure).titled("How sure the scores are"),
            worst(&self.worst).titled("Worst slices"),
        ];
        let tables = tables.into_iter();
        tables.filter(|table| !table.rows.is_empty()).collect()
    }
}

/// Which statistic a metric is, and of what.
fn statistic(step: Option<&str>, metric: &Metric) -> Option<(String, Certain)> {
    let mut labels = metric.labels.clone();
    let statistic = labels.remove("statistic")?;
    let (model, than) = (labels.remove("model"), labels.remove("than"));
    // One by column or class is among the numbers.
    labels.is_empty().then(|| {
        let of = Certain {
            step: step.map(str::to_owned),
            metric: metric.name.clone(),
            model,
            than,
            value: None,
            statistics: BTreeMap::new(),
            sentence: None,
        };
        (statistic, of)
    })
}

impl Certain {
    /// With the score of its model, and what the plugin says of the comparison.
    fn told_by(mut self, outcome: &Outcome) -> Self {
        let Some(than) = &self.than else {
            let labels = self.model.as_deref().map(|model| ("model", model));
            let labels: Vec<(&str, &str)> = labels.into_iter().collect();
            let score = outcome.labelled(&self.metric, &labels);
            self.value = score.and_then(|score| score.value);
            return self;
        };
        let is_of = |finding: &&Finding| {
            finding.check == self.metric
                && finding.details.get("model").and_then(Value::as_str) == self.model.as_deref()
                && finding.details.get("than").and_then(Value::as_str) == Some(than)
        };
        let finding = outcome.findings.iter().find(is_of);
        self.sentence = finding.map(|finding| finding.message.clone());
        self
    }

    fn of(&self, statistic: &str) -> Option<f64> {
        self.statistics.get(statistic).copied().flatten()
    }

    fn line(&self) -> String {
        let metric = &self.metric;
        if let Some(sentence) = &self.sentence {
            return format!("{metric}, {sentence}");
        }
        let number = |value: f64| text::metric(Some(value));
        let model = self.model.as_deref().unwrap_or_default();
        let mut line = match (&self.than, self.of("difference")) {
            (Some(than), Some(difference)) => {
                format!("{metric} of {model} minus {than}: {}", number(difference))
            }
            (Some(than), None) => format!("{metric} of {model} against {than}"),
            (None, _) if model.is_empty() => format!("{metric} {}", text::metric(self.value)),
            (None, _) => format!("{metric} of {model} {}", text::metric(self.value)),
        };
        if let Some((lower, upper)) = self.of("lower").zip(self.of("upper")) {
            line.push_str(&format!(
                ", interval {} to {}",
                number(lower),
                number(upper)
            ));
        }
        for (statistic, words) in [("probability", "better with probability"), ("p_value", "p")] {
            if let Some(value) = self.of(statistic) {
                line.push_str(&format!(", {words} {}", number(value)));
            }
        }
        line
    }
}

impl Worst {
    fn of(step: Option<&str>, finding: &Finding) -> Option<Self> {
        let details = &finding.details;
        let word = |name: &str| Some(details.get(name)?.as_str()?.to_owned());
        let number = |name: &str| details.get(name)?.as_f64();
        let score = word("score").and_then(|name| Some((name.clone(), number(&name)?)));
        (finding.check == "slices").then_some(())?;
        Some(Self {
            step: step.map(str::to_owned),
            model: word("model"),
            by: finding.column.clone().unwrap_or_default(),
            slices: number("slices"),
            slice: word("worst")?,
            score,
            rows: number("rows"),
            sentence: finding.message.clone(),
        })
    }
}

/// A column that is only there if a row has something in it.
type Column<'a, T> = (String, Box<dyn Fn(&T) -> Option<Cell> + 'a>);

/// Rows under those headings that any of them has something for.
fn table<'a, T>(rows: &[T], columns: Vec<Column<'a, T>>) -> Table {
    let used = columns
        .into_iter()
        .filter(|(_, cell)| rows.iter().any(|row| cell(row).is_some()));
    let used: Vec<Column<'a, T>> = used.collect();
    let mut table = Table::new(used.iter().map(|(heading, _)| heading.clone()));
    for row in rows {
        let cells = used.iter().map(|(_, cell)| cell(row));
        table.push(cells.map(|cell| cell.unwrap_or(Cell::Number(None))));
    }
    table
}

fn words(words: Option<&String>) -> Option<Cell> {
    words.map(Cell::text)
}

fn number(number: Option<f64>) -> Option<Cell> {
    number.map(|number| Cell::Number(Some(number)))
}

fn certain(rows: &[&Certain]) -> Table {
    let known = STATISTICS.iter().map(|(name, heading)| (*name, *heading));
    let mut statistics: Vec<(&str, &str)> = known.collect();
    for name in rows.iter().flat_map(|row| row.statistics.keys()) {
        if !statistics.iter().any(|(known, _)| known == name) {
            statistics.push((name, name));
        }
    }
    let compared = |row: &&Certain| match (&row.model, &row.than) {
        (Some(model), Some(than)) => Some(Cell::text(format!("{model} against {than}"))),
        (model, _) => words(model.as_ref()),
    };
    let mut columns: Vec<Column<'_, &Certain>> = vec![
        (
            "metric or test".to_owned(),
            Box::new(|row| words(Some(&row.metric))),
        ),
        ("model".to_owned(), Box::new(compared)),
        ("value".to_owned(), Box::new(|row| number(row.value))),
    ];
    for (name, heading) in statistics {
        columns.push((
            heading.to_owned(),
            Box::new(move |row| number(row.of(name))),
        ));
    }
    let sentence = |row: &&Certain| words(row.sentence.as_ref());
    columns.push(("in words".to_owned(), Box::new(sentence)));
    columns.push(("step".to_owned(), Box::new(|row| words(row.step.as_ref()))));
    table(rows, columns)
}

fn worst(rows: &[Worst]) -> Table {
    table(
        rows,
        vec![
            (
                "model".to_owned(),
                Box::new(|row| words(row.model.as_ref())),
            ),
            ("slices by".to_owned(), Box::new(|row| words(Some(&row.by)))),
            ("worst".to_owned(), Box::new(|row| words(Some(&row.slice)))),
            (
                "score".to_owned(),
                Box::new(|row| words(row.score.as_ref().map(|(name, _)| name))),
            ),
            (
                "value".to_owned(),
                Box::new(|row| number(row.score.as_ref().map(|(_, value)| *value))),
            ),
            ("rows".to_owned(), Box::new(|row| number(row.rows))),
            ("of slices".to_owned(), Box::new(|row| number(row.slices))),
            ("step".to_owned(), Box::new(|row| words(row.step.as_ref()))),
        ],
    )
}
