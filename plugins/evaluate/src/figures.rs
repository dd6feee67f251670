//! What is drawn of a model: where a regression is wrong, which classes are taken for which, and what
//! probabilities are worth.

use mlhost_plugin::Figure;
use serde_json::{Value, json};

use crate::classification::Classification;
use crate::ranking::Curve;
use crate::regression::Regression;
use crate::residuals::histogram;

/// A confusion matrix of more classes than this is not drawn.
const MOST_DRAWN_CLASSES: usize = 50;
/// Curves of more classes than this are not drawn.
const MOST_CURVES: usize = 10;

impl Regression {
    /// How often errors of each size occur, and how they depend on the prediction.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let histogram = histogram(&self.all.errors);
        let figures = histogram.into_iter().chain(self.residuals.by_prediction());
        figures.collect()
    }
}

impl Classification {
    /// The confusion matrix and the scores of each class, as tables, and the curves of each class
    /// that rows are ranked by.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let classes = self.all.classes();
        if classes.is_empty() || classes.len() > MOST_DRAWN_CLASSES {
            return vec![];
        }
        let head = ["target \\ prediction"].into_iter();
        let confusion = classes.iter().map(|target| {
            let cells = classes
                .iter()
                .map(|class| json!(self.all.cell(target, class)));
            [json!(target)].into_iter().chain(cells).collect()
        });
        let of_classes = classes.iter().map(|class| {
            let of_class = self.all.of_class(class);
            json!([
                class,
                of_class.precision(),
                of_class.recall(),
                of_class.f1(),
                of_class.support
            ])
        });
        let mut figures = vec![
            table(
                "confusion_matrix",
                "Confusion matrix",
                head.chain(classes.iter().copied()).collect(),
                confusion.collect(),
            ),
            table(
                "classes",
                "Scores by class",
                vec!["class", "precision", "recall", "f1", "rows"],
                of_classes.collect(),
            ),
        ];
        figures.extend(self.curves());
        figures
    }

    fn curves(&self) -> Vec<Figure> {
        let ranked = &self.all.ranked;
        if ranked.len() > MOST_CURVES {
            return vec![];
        }
        let mut figures = vec![];
        for (class, ranked_class) in ranked {
            let of_class = |name: &str, title: &str| {
                // Of two classes one is ranked, and it is the positive one.
                if ranked.len() == 1 {
                    (name.to_owned(), format!("{title} of class {class}"))
                } else {
                    (
                        format!("{name}_{class}"),
                        format!("{title} of class {class}"),
                    )
                }
            };
            let ranking = ranked_class.scores.ranking();
            if let Some(curve) = ranking.receiver_operating_characteristic() {
                let name = of_class("roc_curve", "Receiver operating characteristic");
                let axes = ("false positive rate", "true positive rate");
                figures.push(lines(name, axes, "model", curve, true));
            }
            if let Some(curve) = ranking.precision_and_recall() {
                let name = of_class("precision_recall_curve", "Precision and recall");
                figures.push(lines(name, ("recall", "precision"), "model", curve, false));
            }
            if self.all.improbable == 0 {
                let name = of_class("calibration_curve", "Calibration");
                figures.extend(self.calibration(class, name));
            }
        }
        figures
    }

    /// The share of a class over the mean probability that it was given, bin by bin.
    fn calibration(&self, class: &str, name: (String, String)) -> Option<Figure> {
        let bins: Vec<_> = self.all.ranked.get(class)?.calibration.bins().collect();
        let means = bins
            .iter()
            .map(|bin| bin.probabilities.value() / bin.rows as f64);
        let shares = bins.iter().map(|bin| bin.of_class as f64 / bin.rows as f64);
        let curve = (means.collect(), shares.collect());
        let axes = ("mean probability", "share of the class");
        let mut figure = lines(name, axes, "model", curve, true);
        let rows: Vec<u64> = bins.iter().map(|bin| bin.rows).collect();
        figure.data["rows"] = json!(rows);
        (!bins.is_empty()).then_some(figure)
    }
}

fn table(name: &str, title: &str, columns: Vec<&str>, rows: Vec<Value>) -> Figure {
    Figure {
        name: name.to_owned(),
        title: title.to_owned(),
        kind: "table".to_owned(),
        data: json!({ "columns": columns, "rows": rows }),
    }
}

/// One curve; with a diagonal to compare it with, where that means something.
fn lines(
    (name, title): (String, String),
    (x_label, y_label): (&str, &str),
    series: &str,
    (x, values): Curve,
    diagonal: bool,
) -> Figure {
    Figure {
        name,
        title,
        kind: "lines".to_owned(),
        data: json!({
            "x": x,
            "x_label": x_label,
            "y_label": y_label,
            "diagonal": diagonal,
            "series": [{ "name": series, "values": values }],
        }),
    }
}
