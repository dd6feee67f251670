//! Checks what to learn from what, and hands over to the solver of the task.

use arrow_schema::{DataType, Schema};
use mlhost_plugin::{Dataset, Error, Fit, Result, column_index, named_columns};
use mlhost_statistics::column::{holds_classes, is_numeric, type_name};

use crate::model::{Model, Predictor};
use crate::params::{Params, Task};
use crate::{logistic, regression};

/// Trains.
#[derive(Clone, Debug)]
pub struct Training {
    params: Params,
    task: Task,
    features: Vec<String>,
}

impl Fit for Training {
    type Params = Params;
    type State = Model;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        params.check()?;
        let target = input.field(column_index(input, &params.target, "/target")?);
        let task = params.task.unwrap_or_else(|| task_of(target.data_type()));
        check_target(task, target.name(), target.data_type())?;
        params.check_penalty(task)?;
        let features = features(&params, input)?;
        Ok(Self {
            params,
            task,
            features,
        })
    }

    /// The features, and the target last.
    fn columns(&self) -> Vec<String> {
        let target = [self.params.target.clone()];
        self.features.iter().cloned().chain(target).collect()
    }

    fn fit(self, rows: &dyn Dataset) -> Result<Model> {
        let predictor = match self.task {
            Task::Regression => {
                Predictor::Regression(regression::fit(rows, &self.features, &self.params)?)
            }
            Task::Classification => logistic::fit(rows, &self.features, &self.params)?,
        };
        Ok(Model {
            features: self.features,
            predictor,
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

fn check_target(task: Task, name: &str, found: &DataType) -> Result<()> {
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
    Err(Error::params("/target", message))
}

/// The named features, or every column but the target.
fn features(params: &Params, input: &Schema) -> Result<Vec<String>> {
    let named = params.features.as_ref();
    let features: Vec<String> = match named {
        Some(names) => names.clone(),
        None => {
            let others = input.fields().iter().map(|field| field.name());
            others
                .filter(|name| **name != params.target)
                .cloned()
                .collect()
        }
    };
    if features.is_empty() {
        let message = "there is no column to predict from";
        return Err(Error::params("/features", message));
    }
    let indices = named_columns(input, &features, "/features")?;
    for (place, index) in indices.into_iter().enumerate() {
        let at = named.map_or_else(|| "/features".to_owned(), |_| format!("/features/{place}"));
        let (name, found) = (&features[place], input.field(index).data_type());
        if *name == params.target {
            let message = format!("`{name}` is the target, and cannot be a feature as well");
            return Err(Error::params(at, message));
        }
        if !is_numeric(found) {
            let found = type_name(found);
            let message = format!(
                "a feature is a number, and column `{name}` holds `{found}`; encode it before this step, or name the features without it"
            );
            return Err(Error::params(at, message));
        }
    }
    Ok(features)
}
