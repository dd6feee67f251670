//! Scores of predicted classes, from the confusion matrix and the ranking.
//!
//! Definitions follow scikit-learn's `metrics` module: what would divide by zero
//! is zero.

use std::collections::BTreeSet;

use mlhost_plugin::{Error, Figure, Result};
use serde_json::{Value, json};

use crate::Params;
use crate::classification::Classification;
use crate::scores::Scores;

/// A confusion matrix of more classes than this is not drawn.
const MOST_DRAWN_CLASSES: usize = 50;

/// What the scores of one class follow from, in rows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OfClass {
    /// Those of the class that were taken for it.
    pub(crate) right: u64,
    /// Those that were taken for it.
    pub(crate) predicted: u64,
    /// Those of the class.
    pub(crate) support: u64,
}

/// A score of one class.
pub(crate) type OfClassScore = fn(&OfClass) -> f64;

/// Which classes precision, recall and F1 are about. The names are those of scikit-learn's scorers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Average {
    /// `precision`, `recall`, `f1`: of the positive class.
    Binary(String),
    /// `precision_macro`, `recall_macro`, `f1_macro`: the mean over all classes, each of which
    /// counts the same.
    Macro,
}

impl OfClass {
    pub(crate) fn precision(&self) -> f64 {
        share(self.right, self.predicted)
    }

    pub(crate) fn recall(&self) -> f64 {
        share(self.right, self.support)
    }

    pub(crate) fn f1(&self) -> f64 {
        share(2 * self.right, self.predicted + self.support)
    }
}

impl Average {
    /// The scores by their names.
    fn scores(&self) -> [(&'static str, OfClassScore); 3] {
        let names = match self {
            Self::Binary(_) => ["precision", "recall", "f1"],
            Self::Macro => ["precision_macro", "recall_macro", "f1_macro"],
        };
        let scores: [OfClassScore; 3] = [OfClass::precision, OfClass::recall, OfClass::f1];
        std::array::from_fn(|place| (names[place], scores[place]))
    }

    /// The score of this name, if it is one of them.
    pub(crate) fn score(&self, name: &str) -> Option<OfClassScore> {
        let mut scores = self.scores().into_iter();
        scores
            .find(|(other, _)| *other == name)
            .map(|(_, score)| score)
    }
}

impl Classification {
    /// The numbers of the model.
    ///
    /// # Errors
    /// Invalid parameters where the positive class does not exist.
    pub(crate) fn scores(&self, params: &Params) -> Result<Scores> {
        let classes = self.classes();
        let averages = self.averages(params)?;
        let mut scores = Scores::default();
        if classes.is_empty() {
            return Ok(scores);
        }
        let rows: u64 = self.confusion.values().flat_map(|row| row.values()).sum();
        let right: u64 = classes.iter().map(|class| self.cell(class, class)).sum();
        scores.add("accuracy", Some(share(right, rows)));
        for average in averages {
            let of_classes: Vec<_> = match &average {
                Average::Binary(positive) => vec![self.of_class(positive)],
                Average::Macro => classes.iter().map(|class| self.of_class(class)).collect(),
            };
            for (name, score) in average.scores() {
                let values: Vec<f64> = of_classes.iter().map(score).collect();
                scores.add(name, Some(mean(&values)));
            }
        }
        scores.add("log_loss", self.losses.mean());
        scores.add("roc_auc", self.area());
        Ok(scores)
    }

    /// Which precision, recall and F1 there are: those of the positive class where there is one, and
    /// those of all classes. The latter are there for two classes as well, as the first rows of data
    /// may hold fewer classes than the rest.
    ///
    /// # Errors
    /// Invalid parameters where the positive class does not exist.
    pub(crate) fn averages(&self, params: &Params) -> Result<Vec<Average>> {
        let mut known = self.classes();
        known.extend(self.with_probability.iter().map(String::as_str));
        let positive = positive(params, &known)?.map(Average::Binary);
        Ok(positive.into_iter().chain([Average::Macro]).collect())
    }

    /// The confusion matrix and the scores of each class, as tables.
    pub(crate) fn figures(&self, model: Option<&str>) -> Vec<Figure> {
        let classes = self.classes();
        if classes.len() > MOST_DRAWN_CLASSES {
            return vec![];
        }
        let suffix = model.map_or_else(String::new, |model| format!("_{model}"));
        let of_model = model.map_or_else(String::new, |model| format!(" of {model}"));
        let figure = |name, title, columns: Vec<&str>, rows: Vec<Value>| Figure {
            name: format!("{name}{suffix}"),
            title: format!("{title}{of_model}"),
            kind: "table".to_owned(),
            data: json!({ "columns": columns, "rows": rows }),
        };
        let head = ["target \\ prediction"].into_iter();
        let confusion = classes.iter().map(|target| {
            let cells = classes.iter().map(|class| json!(self.cell(target, class)));
            [json!(target)].into_iter().chain(cells).collect()
        });
        let of_classes = classes.iter().map(|class| {
            let of_class = self.of_class(class);
            json!([
                class,
                of_class.precision(),
                of_class.recall(),
                of_class.f1(),
                of_class.support
            ])
        });
        vec![
            figure(
                "confusion_matrix",
                "Confusion matrix",
                head.chain(classes.iter().copied()).collect(),
                confusion.collect(),
            ),
            figure(
                "classes",
                "Scores by class",
                vec!["class", "precision", "recall", "f1", "rows"],
                of_classes.collect(),
            ),
        ]
    }

    /// The classes that occur as target or prediction.
    fn classes(&self) -> BTreeSet<&str> {
        let predictions = self.confusion.values().flat_map(|row| row.keys());
        let all = self.confusion.keys().chain(predictions);
        all.map(String::as_str).collect()
    }

    fn cell(&self, target: &str, prediction: &str) -> u64 {
        let row = self.confusion.get(target);
        row.and_then(|row| row.get(prediction))
            .copied()
            .unwrap_or(0)
    }

    fn of_class(&self, class: &str) -> OfClass {
        let of_class = self.confusion.get(class);
        OfClass {
            right: self.cell(class, class),
            predicted: self.confusion.keys().map(|row| self.cell(row, class)).sum(),
            support: of_class.map_or(0, |row| row.values().sum()),
        }
    }

    /// The area of the one class that rows are ranked by, or the mean of those that
    /// exist of every class against the rest.
    fn area(&self) -> Option<f64> {
        let areas = self.scores.values().filter_map(|scores| scores.area());
        let areas: Vec<f64> = areas.collect();
        (!areas.is_empty()).then(|| mean(&areas))
    }
}

/// The positive class: the one that was named, or the last of two.
fn positive(params: &Params, known: &BTreeSet<&str>) -> Result<Option<String>> {
    let Some(named) = &params.positive else {
        let last = known.last().filter(|_| known.len() <= 2);
        return Ok(last.map(|&class| class.to_owned()));
    };
    let named = named.to_string();
    if known.is_empty() || known.contains(named.as_str()) {
        return Ok(Some(named));
    }
    let classes: Vec<_> = known
        .iter()
        .take(10)
        .map(|name| format!("`{name}`"))
        .collect();
    let classes = classes.join(", ");
    Err(Error::params(
        "/positive",
        format!("the positive class `{named}` is none of those that occur: {classes}"),
    ))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
