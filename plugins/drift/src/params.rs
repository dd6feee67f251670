//! The parameters, as the pipeline's author writes them.

use std::collections::BTreeMap;

use mlhost_plugin::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::method::Method;
use crate::refuse::{check_bins, check_share, check_threshold};
use crate::roles::Role;

/// More bins than this say nothing that fewer do not.
pub(crate) const MOST_BINS: usize = 1000;

/// What to compare, and what counts as drift.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The columns to compare. By default all columns of numbers, texts and
    /// booleans; columns of dates and timestamps have to be named.
    #[serde(default)]
    pub columns: Option<Vec<String>>,
    /// What columns are judged by. By default it depends on the type and the number of the values.
    #[serde(default)]
    pub method: Method,
    /// What columns of numbers are judged by, where it is not `method`.
    #[serde(default)]
    pub method_numbers: Option<Method>,
    /// What columns of texts and booleans are judged by, where it is not `method`.
    #[serde(default)]
    pub method_texts: Option<Method>,
    /// Where drift begins by this `method`: above it for a distance, below it for a p-value. By
    /// default 0.1 for distances and 0.05 for p-values.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// Where drift begins by `method_numbers`.
    #[serde(default)]
    pub threshold_numbers: Option<f64>,
    /// Where drift begins by `method_texts`.
    #[serde(default)]
    pub threshold_texts: Option<f64>,
    /// How many bins the values of a column of numbers are divided into, from 2 to 1000, where it
    /// has more than 20 different ones. Values that occur very often make quantile bins fewer.
    #[serde(default = "bins")]
    #[schemars(range(min = 2, max = 1000))]
    pub bins: usize,
    /// Where the edges between bins come from: the reference's quantiles, so that each holds about
    /// as many of its values, or equal widths between its smallest and its largest value.
    #[serde(default)]
    pub binning: Binning,
    /// What is different for one column, by its name.
    #[serde(default)]
    pub column: BTreeMap<String, ColumnParams>,
    /// The base of the logarithm in the Jensen–Shannon distance, which is at most 0.8326 with `e`
    /// and 1 with `2`.
    #[serde(default)]
    pub jensen_shannon_base: Base,
    /// A column is warned of where the share of rows without a value has changed by more.
    #[serde(default = "missing_shift")]
    #[schemars(range(min = 0, max = 1))]
    pub missing_shift: f64,
    /// A column is warned of where a larger share of the current values are categories that the
    /// reference does not have.
    #[serde(default = "new_category_share")]
    #[schemars(range(min = 0, max = 1))]
    pub new_category_share: f64,
    /// The dataset is warned of where at least this share of the columns has drifted.
    #[serde(default = "drift_share")]
    #[schemars(range(min = 0, max = 1))]
    pub drift_share: f64,
    /// The step fails where a larger share of the columns, from 0 to 1, has
    /// drifted. By default it never fails: drift is a warning.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1))]
    pub max_share_drifted: Option<f64>,
    /// How much each column counts in the share of columns that have drifted, such as its
    /// importance in a model; one that is left out or below 0 counts for nothing. By default all
    /// count alike. The host fills it in from the model that it knows, where its importances were
    /// measured.
    #[serde(default)]
    #[schemars(extend("x-mlhost-role" = "importances"))]
    pub weights: Option<BTreeMap<String, f64>>,
    /// The column of predictions, or several in a list, such as the probabilities of classes: their
    /// drift is told apart from that of the inputs. Where the step has a `model` in its input, the
    /// host fills in what that predicts, and a name here takes one column of it.
    #[serde(default)]
    #[schemars(extend("x-mlhost-role" = "predictions"))]
    pub prediction: Option<Predictions>,
    /// The column that is to be predicted, if there is one: its drift is told apart from that of
    /// the inputs, and unknown where the current data is without it. A model that is registered
    /// keeps its own here.
    #[serde(default)]
    #[schemars(extend("x-mlhost-role" = "target"))]
    pub target: Option<String>,
    /// Columns with more different texts than this are not compared: names and
    /// identifiers always differ.
    #[serde(default = "max_categories")]
    pub max_categories: usize,
    /// Whether rows of the reference can be told from current ones by all columns together: a
    /// classifier tries. By default none does.
    #[serde(default)]
    pub domain_classifier: Option<DomainClassifier>,
}

/// One column of predictions, or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Predictions {
    /// One.
    One(String),
    /// Several, the first of them the one that stands for all.
    Several(Vec<String>),
}

impl Predictions {
    /// Their names.
    pub(crate) fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// What is different for one column.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnParams {
    /// What it is judged by.
    #[serde(default)]
    pub method: Option<Method>,
    /// Where drift begins.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// How many bins its values are divided into.
    #[serde(default)]
    #[schemars(range(min = 2, max = 1000))]
    pub bins: Option<usize>,
    /// Where the edges between bins come from.
    #[serde(default)]
    pub binning: Option<Binning>,
    /// The edges between bins, ascending. A value on an edge is in the bin above it; the first and
    /// the last bin have no end.
    #[serde(default)]
    pub edges: Option<Vec<f64>>,
}

/// Where the edges between bins come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Binning {
    /// The quantiles of the reference.
    #[default]
    ReferenceQuantiles,
    /// Equal widths between the smallest and the largest value of the reference.
    EqualWidth,
}

/// The base of a logarithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Base {
    /// Natural.
    #[default]
    #[serde(rename = "e")]
    E,
    /// Binary.
    #[serde(rename = "2")]
    Two,
}

/// A classifier that tries to tell the reference from the current data.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DomainClassifier {
    /// Drift begins where its area under the ROC curve is larger: 0.5 is chance, 1 is certainty.
    #[serde(default = "auc")]
    #[schemars(range(min = 0.5, max = 1))]
    pub threshold: f64,
    /// How many different rows of each side it learns from, at most.
    #[serde(default = "sampled_rows")]
    #[schemars(range(min = 10, max = 100_000))]
    pub rows: usize,
    /// Into how many parts they are divided: each is told by what was learned from the others.
    #[serde(default = "folds")]
    #[schemars(range(min = 2, max = 20))]
    pub folds: u64,
    /// Which rows are sampled and how they are divided follows from it.
    #[serde(default)]
    pub seed: u64,
}

/// What holds for one column.
#[derive(Clone, Debug)]
pub(crate) struct Settings<'a> {
    pub(crate) method: Method,
    pub(crate) threshold: Option<f64>,
    pub(crate) bins: usize,
    pub(crate) binning: Binning,
    pub(crate) edges: Option<&'a [f64]>,
    /// Where in the parameters the method is.
    pub(crate) method_at: String,
}

impl Params {
    /// Refuses values that make no sense whatever the data.
    pub(crate) fn check(&self) -> Result<()> {
        check_bins("/bins", self.bins)?;
        check_threshold("/threshold", self.method, self.threshold)?;
        for (kind, method, threshold) in [
            ("numbers", self.method_numbers, self.threshold_numbers),
            ("texts", self.method_texts, self.threshold_texts),
        ] {
            // A threshold without a method of its own belongs to none.
            let method = method.unwrap_or_default();
            check_threshold(&format!("/threshold_{kind}"), method, threshold)?;
        }
        if let Some(method) = self.method_texts
            && method.needs_numbers()
        {
            let message = format!("`{}` compares numbers", method.name());
            return Err(Error::params("/method_texts", message));
        }
        for (at, share) in [
            ("/missing_shift", Some(self.missing_shift)),
            ("/new_category_share", Some(self.new_category_share)),
            ("/drift_share", Some(self.drift_share)),
            ("/max_share_drifted", self.max_share_drifted),
        ] {
            check_share(at, share)?;
        }
        for (name, column) in &self.column {
            self.check_column(&format!("/column/{}", escaped(name)), column)?;
        }
        for (name, weight) in self.weights.iter().flatten() {
            if !weight.is_finite() {
                let message = format!("expected a number, found {weight}");
                return Err(Error::params(
                    format!("/weights/{}", escaped(name)),
                    message,
                ));
            }
        }
        self.domain_classifier
            .as_ref()
            .map_or(Ok(()), DomainClassifier::check)
    }

    /// What holds for a column of numbers, or of texts.
    pub(crate) fn of(&self, name: &str, is_numeric: bool) -> Settings<'_> {
        let own = self.column.get(name);
        let own_method = own.and_then(|own| own.method);
        let (of_kind, threshold_of_kind, kind) = if is_numeric {
            (self.method_numbers, self.threshold_numbers, "numbers")
        } else {
            (self.method_texts, self.threshold_texts, "texts")
        };
        // A threshold for all columns is one of the method for all columns.
        let threshold = match (own_method, of_kind) {
            (Some(_), _) => None,
            (None, Some(_)) => threshold_of_kind,
            (None, None) => self.threshold,
        };
        Settings {
            method: own_method.or(of_kind).unwrap_or(self.method),
            threshold: own.and_then(|own| own.threshold).or(threshold),
            bins: own.and_then(|own| own.bins).unwrap_or(self.bins),
            binning: own.and_then(|own| own.binning).unwrap_or(self.binning),
            edges: own.and_then(|own| own.edges.as_deref()),
            method_at: match (own_method, of_kind) {
                (Some(_), _) => format!("/column/{}/method", escaped(name)),
                (None, Some(_)) => format!("/method_{kind}"),
                (None, None) => "/method".to_owned(),
            },
        }
    }

    /// The columns of predictions.
    pub(crate) fn predictions(&self) -> &[String] {
        self.prediction.as_ref().map_or(&[], Predictions::names)
    }

    /// What a column is to the model, where it is no input of it.
    pub(crate) fn role(&self, name: &str) -> Option<Role> {
        if self.predictions().iter().any(|other| other == name) {
            Some(Role::Prediction)
        } else if self.target.as_deref() == Some(name) {
            Some(Role::Target)
        } else {
            None
        }
    }

    /// The columns that are no inputs, each with its place in the parameters.
    pub(crate) fn roles(&self) -> Vec<(String, &str)> {
        let at = |place: usize| match self.prediction {
            Some(Predictions::Several(_)) => format!("/prediction/{place}"),
            _ => "/prediction".to_owned(),
        };
        let predictions = self.predictions().iter().enumerate();
        let predictions = predictions.map(|(place, name)| (at(place), name.as_str()));
        let target = self
            .target
            .iter()
            .map(|name| ("/target".to_owned(), name.as_str()));
        predictions.chain(target).collect()
    }

    fn check_column(&self, at: &str, column: &ColumnParams) -> Result<()> {
        check_bins(&format!("{at}/bins"), column.bins.unwrap_or(self.bins))?;
        // Whether it holds numbers or texts is not known here.
        let method = |of_kind: Option<Method>| column.method.or(of_kind).unwrap_or(self.method);
        let threshold = |of_kind| {
            check_threshold(
                &format!("{at}/threshold"),
                method(of_kind),
                column.threshold,
            )
        };
        threshold(self.method_numbers)
            .or_else(|error| threshold(self.method_texts).map_err(|_| error))?;
        let Some(edges) = &column.edges else {
            return Ok(());
        };
        let at = format!("{at}/edges");
        if !(1..MOST_BINS).contains(&edges.len()) {
            let found = edges.len();
            let message = format!("expected 1 to {} edges, found {found}", MOST_BINS - 1);
            return Err(Error::params(at, message));
        }
        if !edges.iter().all(|edge| edge.is_finite()) || !edges.is_sorted_by(|a, b| a < b) {
            return Err(Error::params(at, "expected numbers in ascending order"));
        }
        Ok(())
    }
}

impl Base {
    pub(crate) fn value(self) -> f64 {
        match self {
            Self::E => std::f64::consts::E,
            Self::Two => 2.0,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::E => "e",
            Self::Two => "2",
        }
    }
}

/// A name as part of a JSON Pointer (RFC 6901).
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn bins() -> usize {
    10
}

fn missing_shift() -> f64 {
    0.1
}

fn new_category_share() -> f64 {
    0.05
}

fn drift_share() -> f64 {
    0.5
}

fn max_categories() -> usize {
    10_000
}

fn auc() -> f64 {
    0.55
}

fn sampled_rows() -> usize {
    2000
}

fn folds() -> u64 {
    5
}
