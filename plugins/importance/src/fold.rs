//! Takes in rows that were scored as they are, and those with a column permuted.

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, StringArray};
use arrow_schema::{DataType, Field, Schema};
use mlhost_plugin::{Error, Fold, RecordBatch, Result, column_index};
use mlhost_statistics::column::{
    for_each_block, for_each_class, holds_classes, is_numeric, type_name,
};
use serde::{Deserialize, Serialize};

use crate::params::{Params, Score};
use crate::scored::Scored;
use crate::{PERMUTED, REPEAT};

/// Takes in scored rows.
#[derive(Debug)]
pub struct Permutations {
    columns: Vec<String>,
    scores: Scores,
}

/// The scores of the rows as they are, and of each permutation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scores {
    pub(crate) score: Score,
    /// In the order in which they were met.
    pub(crate) groups: Vec<Group>,
    /// Rows whose target or prediction cannot be scored.
    pub(crate) unusable: u64,
}

/// The rows of one permutation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Group {
    /// The column that is permuted; `None` where all are as they are.
    pub(crate) column: Option<String>,
    pub(crate) repeat: u32,
    pub(crate) scored: Scored,
}

impl Fold for Permutations {
    type Params = Params;
    type State = Scores;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        params.check()?;
        let target = input.field(column_index(input, &params.target, "/target")?);
        let prediction = input.field(column_index(input, &params.prediction, "/prediction")?);
        let told = [(PERMUTED, DataType::Utf8), (REPEAT, DataType::UInt32)];
        for (name, wanted) in told {
            let found = input.field_with_name(name).map(Field::data_type);
            if found.ok() != Some(&wanted) {
                let message = format!(
                    "the rows do not tell permutations apart in a column `{name}`: the host has to \
                     score them for the role `permutations`"
                );
                return Err(Error::params("/n_repeats", message));
            }
        }
        let is_number = is_numeric(target.data_type()) && *target.data_type() != DataType::Boolean;
        let default = if is_number {
            Score::R2
        } else {
            Score::Accuracy
        };
        let score = params.score.unwrap_or(default);
        for field in [target, prediction] {
            let found = field.data_type();
            let (fits, wanted) = match score {
                Score::Accuracy => (holds_classes(found), "texts, booleans or numbers"),
                _ => (is_numeric(found), "numbers"),
            };
            if !fits {
                let (score, name) = (score.name(), field.name());
                let found = type_name(found);
                let message =
                    format!("`{score}` needs {wanted}, and column `{name}` holds `{found}`");
                return Err(Error::params("/score", message));
            }
        }
        let columns = [&params.target, &params.prediction].map(Clone::clone);
        let columns = columns
            .into_iter()
            .chain([PERMUTED, REPEAT].map(str::to_owned));
        Ok(Self {
            columns: columns.collect(),
            scores: Scores {
                score,
                groups: vec![],
                unusable: 0,
            },
        })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let permuted = rows.column(2).as_string_opt::<i32>();
        let repeats = rows.column(3).as_primitive_opt::<UInt32Type>();
        let (Some(permuted), Some(repeats)) = (permuted, repeats) else {
            return Err(Error::data(
                "the columns of permutations are of other types",
            ));
        };
        let same = |row: &usize, start: usize| {
            name(permuted, *row) == name(permuted, start)
                && repeats.value(*row) == repeats.value(start)
        };
        let mut start = 0;
        while start < rows.num_rows() {
            let end = (start..rows.num_rows()).find(|row| !same(row, start));
            let length = end.unwrap_or(rows.num_rows()) - start;
            let [target, prediction] =
                [0, 1].map(|column| rows.column(column).slice(start, length));
            let place = self
                .scores
                .group(name(permuted, start), repeats.value(start));
            self.scores.take(place, &target, &prediction)?;
            start += length;
        }
        Ok(())
    }

    fn merge(&mut self, later: Scores) -> Result<()> {
        self.scores.unusable += later.unusable;
        for group in later.groups {
            let place = self.scores.group(group.column.as_deref(), group.repeat);
            self.scores.groups[place].scored.merge(&group.scored);
        }
        Ok(())
    }

    fn state(&self) -> Scores {
        self.scores.clone()
    }
}

fn name(permuted: &StringArray, row: usize) -> Option<&str> {
    permuted.is_valid(row).then(|| permuted.value(row))
}

impl Scores {
    /// The place of a group, which is made if need be.
    fn group(&mut self, column: Option<&str>, repeat: u32) -> usize {
        let mut groups = self.groups.iter();
        let known =
            groups.rposition(|group| group.column.as_deref() == column && group.repeat == repeat);
        known.unwrap_or_else(|| {
            self.groups.push(Group {
                column: column.map(str::to_owned),
                repeat,
                scored: Scored::new(self.score),
            });
            self.groups.len() - 1
        })
    }

    fn take(&mut self, place: usize, target: &dyn Array, prediction: &dyn Array) -> Result<()> {
        match self.score {
            Score::Accuracy => self.take_classes(place, target, prediction),
            _ => self.take_numbers(place, target, prediction),
        }
    }

    fn take_numbers(
        &mut self,
        place: usize,
        target: &dyn Array,
        prediction: &dyn Array,
    ) -> Result<()> {
        let (targets, predictions) = (numbers(target)?, numbers(prediction)?);
        let (mut scored, mut errors) = (vec![], vec![]);
        for (target, prediction) in targets.into_iter().zip(predictions) {
            let Some(target) = target.filter(|target| !target.is_nan()) else {
                continue;
            };
            match prediction {
                Some(prediction) if target.is_finite() && prediction.is_finite() => {
                    scored.push(target);
                    errors.push((target - prediction).abs());
                }
                _ => self.unusable += 1,
            }
        }
        self.groups[place].scored.numbers(&scored, &errors);
        Ok(())
    }

    fn take_classes(
        &mut self,
        place: usize,
        target: &dyn Array,
        prediction: &dyn Array,
    ) -> Result<()> {
        let (targets, predictions) = (classes(target)?, classes(prediction)?);
        let (mut rows, mut right) = (0, 0);
        for (target, prediction) in targets.into_iter().zip(predictions) {
            match (target, prediction) {
                (None, _) => {}
                (Some(_), None) => self.unusable += 1,
                (target, prediction) => {
                    rows += 1;
                    right += u64::from(target == prediction);
                }
            }
        }
        self.groups[place].scored.classes(rows, right);
        Ok(())
    }
}

fn numbers(array: &dyn Array) -> Result<Vec<Option<f64>>> {
    let mut numbers = Vec::with_capacity(array.len());
    for_each_block(array, |block| {
        let rows = block.values.iter().enumerate();
        numbers.extend(rows.map(|(row, value)| block.is_valid(row).then_some(*value)));
    })
    .map_err(|error| Error::data(error.to_string()))?;
    Ok(numbers)
}

fn classes(array: &dyn Array) -> Result<Vec<Option<String>>> {
    let mut classes = Vec::with_capacity(array.len());
    for_each_class(array, |class| classes.push(class.map(str::to_owned)))
        .map_err(|error| Error::data(error.to_string()))?;
    Ok(classes)
}
