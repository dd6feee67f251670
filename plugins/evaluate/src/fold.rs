//! Observes targets beside predictions, for the one task or the other.

use arrow_schema::{DataType, Schema};
use mlhost_plugin::{Error, Fold, RecordBatch, Result, column_index};
use mlhost_statistics::column::{holds_classes, is_numeric, type_name};
use serde::{Deserialize, Serialize};

use crate::classification::{Classification, Probabilities};
use crate::kept::{KeptClasses, KeptNumbers};
use crate::params::{Params, Task};
use crate::regression::Regression;
use crate::slices::{Slices, add_columns};

/// Observes a model's predictions beside the truth.
#[derive(Debug)]
pub struct Evaluation {
    params: Params,
    columns: Vec<String>,
    observed: Observed,
}

/// What was learned of a model's predictions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Observed(pub(crate) OfTask);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum OfTask {
    Regression(Box<Regression>),
    Classification(Box<Classification>),
}

impl Fold for Evaluation {
    type Params = Params;
    type State = Observed;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        let target = input.field(column_index(input, &params.target, "/target")?);
        let prediction = input.field(column_index(input, &params.prediction, "/prediction")?);
        if params.prediction == params.target {
            let message = format!("column `{}` is the target as well", params.prediction);
            return Err(Error::params("/prediction", message));
        }
        let columns = vec![params.target.clone(), params.prediction.clone()];
        let task = params.task.unwrap_or_else(|| task_of(target.data_type()));
        for (field, at) in [(target, "/target"), (prediction, "/prediction")] {
            check_type(task, field.name(), field.data_type(), at)?;
        }
        if let Some(bootstrap) = &params.bootstrap {
            bootstrap.check(match task {
                Task::Regression => &KeptNumbers::METRICS,
                Task::Classification => &KeptClasses::METRICS,
            })?;
        }
        params.check_numbers()?;
        for (place, test) in params.tests.iter().enumerate() {
            test.check(task, &format!("/tests/{place}"))?;
        }
        match task {
            Task::Regression => Self::of_regression(params, columns, input),
            Task::Classification => Self::of_classification(params, columns, input),
        }
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        match &mut self.observed.0 {
            OfTask::Regression(regression) => regression.update(rows, &self.params),
            OfTask::Classification(classification) => classification.update(rows, &self.params),
        }
    }

    fn merge(&mut self, later: Observed) -> Result<()> {
        match (&mut self.observed.0, later.0) {
            (OfTask::Regression(ours), OfTask::Regression(later)) => ours.merge(&later),
            (OfTask::Classification(ours), OfTask::Classification(later)) => ours.merge(&later),
            _ => {
                return Err(Error::failed(
                    "a regression and a classification cannot be merged",
                ));
            }
        }
        Ok(())
    }

    fn state(&self) -> Observed {
        self.observed.clone()
    }
}

impl Evaluation {
    fn of_regression(params: Params, mut columns: Vec<String>, input: &Schema) -> Result<Self> {
        if params.positive.is_some() {
            return Err(Error::params(
                "/positive",
                "a regression has no positive class; set `task = \"classification\"` if the numbers are classes",
            ));
        }
        let places = add_columns(&params, input, &mut columns)?;
        let slices = Slices::new(&params, places);
        let regression = Regression::new(&params, slices);
        Ok(Self {
            params,
            columns,
            observed: Observed(OfTask::Regression(Box::new(regression))),
        })
    }

    fn of_classification(params: Params, mut columns: Vec<String>, input: &Schema) -> Result<Self> {
        for (is_given, name) in [
            (params.quantile.is_some(), "quantile"),
            (params.features.is_some(), "features"),
            (params.mape_epsilon.is_some(), "mape_epsilon"),
        ] {
            if is_given {
                let message = format!("`{name}` is for a regression, and this is a classification");
                return Err(Error::params(format!("/{name}"), message));
            }
        }
        let classes = classes_with_probability(&params, input)?;
        let positive = params.positive.as_ref().map(ToString::to_string);
        if let Some(positive) = &positive
            && !classes.is_empty()
            && !classes.contains(positive)
        {
            return Err(Error::params(
                "/positive",
                format!(
                    "there is no column `{}{positive}` with the probability of the positive class",
                    params.probability_prefix
                ),
            ));
        }
        let prefix = &params.probability_prefix;
        columns.extend(classes.iter().map(|class| format!("{prefix}{class}")));
        let places = add_columns(&params, input, &mut columns)?;
        let slices = Slices::new(&params, places);
        let probabilities = Probabilities::new(classes, positive.as_deref());
        let classification = Classification::new(&params, probabilities, slices);
        Ok(Self {
            params,
            columns,
            observed: Observed(OfTask::Classification(Box::new(classification))),
        })
    }
}

fn task_of(target: &DataType) -> Task {
    match target {
        DataType::Boolean => Task::Classification,
        target if is_numeric(target) => Task::Regression,
        _ => Task::Classification,
    }
}

fn check_type(task: Task, name: &str, found: &DataType, at: &str) -> Result<()> {
    let (fits, task, wanted) = match task {
        Task::Regression => (is_numeric(found), "regression", "numbers"),
        Task::Classification => (
            holds_classes(found),
            "classification",
            "texts, booleans or numbers",
        ),
    };
    if fits {
        return Ok(());
    }
    let found = type_name(found);
    let message = format!("a {task} needs a column of {wanted}, and `{name}` holds `{found}`");
    Err(Error::params(at, message))
}

/// The classes that have a column of probabilities, in the order of the columns.
fn classes_with_probability(params: &Params, input: &Schema) -> Result<Vec<String>> {
    let at = "/probability_prefix";
    let prefix = params.probability_prefix.as_str();
    if prefix.is_empty() {
        return Err(Error::params(at, "the prefix must not be empty"));
    }
    let others = [params.target.as_str(), params.prediction.as_str()];
    let mut classes = vec![];
    for field in input.fields() {
        let name = field.name().as_str();
        let Some(class) = name.strip_prefix(prefix) else {
            continue;
        };
        if others.contains(&name) {
            continue;
        }
        if !is_numeric(field.data_type()) {
            let found = type_name(field.data_type());
            let message = format!("a probability is a number, and column `{name}` holds `{found}`");
            return Err(Error::params(at, message));
        }
        classes.push(class.to_owned());
    }
    Ok(classes)
}
