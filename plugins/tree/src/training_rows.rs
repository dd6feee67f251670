//! Reads the training rows: features as codes, and the targets beside them.

use std::collections::BTreeMap;

use arrow_array::{Array, RecordBatch};
use mlhost_plugin::{Dataset, Error, Level, Result, log, progress};
use mlhost_statistics::column::{for_each_block, for_each_text};

use crate::bins::{Feature, FeatureBuilder};
use crate::features::Missing;
use crate::params::{Measure, Plan};

/// More classes than this are likely no classes.
const MOST_CLASSES: usize = 1000;

/// The most rows that there are row numbers for.
const MOST_ROWS: usize = u32::MAX as usize;

/// Everything a tree is grown from.
pub(crate) struct TrainingRows {
    pub(crate) features: Vec<Feature>,
    pub(crate) targets: Targets,
}

/// What is to be predicted of each row.
pub(crate) enum Targets {
    Numbers(Vec<f64>),
    /// The place of each row's class among the classes, which are in order.
    Classes {
        of_rows: Vec<u32>,
        classes: Vec<String>,
    },
}

/// Reads all rows that have a target.
pub(crate) fn read(plan: &Plan, rows: &dyn Dataset) -> Result<TrainingRows> {
    let mut reader = Reader::new(plan, expected(rows));
    for batch in rows.scan()? {
        reader.take_in(&batch?)?;
        progress(reader.rows_read as u64, rows.num_rows());
    }
    reader.finish()
}

/// So many rows to make room for. More may come, for a dataset need not know how many it has.
fn expected(rows: &dyn Dataset) -> usize {
    let rows = rows.num_rows().unwrap_or(0);
    usize::try_from(rows).map_or(0, |rows| rows.min(MOST_ROWS))
}

struct Reader<'a> {
    plan: &'a Plan,
    builders: Vec<FeatureBuilder>,
    numbers: Vec<f64>,
    /// Classes by their texts, numbered in order of appearance.
    classes: BTreeMap<String, u32>,
    class_of_rows: Vec<u32>,
    rows_read: usize,
}

impl<'a> Reader<'a> {
    fn new(plan: &'a Plan, rows: usize) -> Self {
        let features = plan.features.iter();
        let (numbers, class_of_rows) = match plan.measure {
            Measure::SquaredError => (Vec::with_capacity(rows), Vec::new()),
            Measure::Gini | Measure::Entropy => (Vec::new(), Vec::with_capacity(rows)),
        };
        Self {
            plan,
            builders: features
                .map(|_| FeatureBuilder::with_capacity(rows))
                .collect(),
            numbers,
            classes: BTreeMap::new(),
            class_of_rows,
            rows_read: 0,
        }
    }

    /// The target comes first in a batch, then the features.
    fn take_in(&mut self, batch: &RecordBatch) -> Result<()> {
        let (target, features) = match batch.columns() {
            [target, features @ ..] if features.len() == self.builders.len() => (target, features),
            columns => {
                let (expected, found) = (self.builders.len() + 1, columns.len());
                return Err(Error::failed(format!(
                    "a batch has {found} columns instead of {expected}"
                )));
            }
        };
        let keep = match self.plan.measure {
            Measure::SquaredError => self.take_in_numbers(target)?,
            Measure::Gini | Measure::Entropy => self.take_in_classes(target)?,
        };
        for ((builder, array), name) in self
            .builders
            .iter_mut()
            .zip(features)
            .zip(&self.plan.features)
        {
            let missing = Missing {
                feature: name,
                first_row: self.rows_read,
            };
            take_in_feature(builder, array, &keep, &missing)?;
        }
        self.rows_read += batch.num_rows();
        if self.rows_kept() > MOST_ROWS {
            return Err(Error::data(format!("there are more than {MOST_ROWS} rows")));
        }
        Ok(())
    }

    fn rows_kept(&self) -> usize {
        self.numbers.len() + self.class_of_rows.len()
    }

    /// Returns which rows have a target.
    fn take_in_numbers(&mut self, target: &dyn Array) -> Result<Vec<bool>> {
        let mut keep = Vec::with_capacity(target.len());
        let mut infinite = None;
        for_each_block(target, |block| {
            for (row, &value) in block.values.iter().enumerate() {
                let present = block.is_valid(row) && !value.is_nan();
                keep.push(present);
                if present {
                    self.numbers.push(value);
                    if value.is_infinite() && infinite.is_none() {
                        infinite = Some(self.rows_read + block.first_row + row);
                    }
                }
            }
        })
        .map_err(|error| Error::failed(error.to_string()))?;
        match infinite {
            Some(row) => {
                let target = &self.plan.target;
                Err(Error::data(format!(
                    "the target `{target}` is infinite in row {row}"
                )))
            }
            None => Ok(keep),
        }
    }

    /// Returns which rows have a target.
    fn take_in_classes(&mut self, target: &dyn Array) -> Result<Vec<bool>> {
        let mut keep = Vec::with_capacity(target.len());
        for_each_text(target, |text| {
            keep.push(text.is_some());
            let Some(text) = text else { return };
            let class = match self.classes.get(text) {
                Some(class) => *class,
                None => {
                    let class = self.classes.len() as u32;
                    self.classes.insert(text.to_owned(), class);
                    class
                }
            };
            self.class_of_rows.push(class);
        })
        .map_err(|error| Error::failed(error.to_string()))?;
        if self.classes.len() > MOST_CLASSES {
            let target = &self.plan.target;
            return Err(Error::data(format!(
                "the target `{target}` has more than {MOST_CLASSES} classes"
            )));
        }
        Ok(keep)
    }

    fn finish(self) -> Result<TrainingRows> {
        let (target, rows_read, kept) = (&self.plan.target, self.rows_read, self.rows_kept());
        if kept == 0 {
            return Err(Error::data(format!(
                "no row has a target `{target}` to learn from"
            )));
        }
        if kept < rows_read {
            let left_out = rows_read - kept;
            log(
                Level::Info,
                &format!("left out {left_out} of {rows_read} rows without `{target}`"),
            );
        }
        let targets = match self.plan.measure {
            Measure::SquaredError => Targets::Numbers(self.numbers),
            Measure::Gini | Measure::Entropy => {
                in_order(self.classes, self.class_of_rows, self.plan.whole_classes)
            }
        };
        let features = self
            .builders
            .into_iter()
            .map(FeatureBuilder::finish)
            .collect();
        Ok(TrainingRows { features, targets })
    }
}

fn take_in_feature(
    builder: &mut FeatureBuilder,
    array: &dyn Array,
    keep: &[bool],
    missing: &Missing<'_>,
) -> Result<()> {
    let all_kept = !keep.contains(&false);
    let mut kept = Vec::new();
    let mut outcome = Ok(());
    for_each_block(array, |block| {
        if outcome.is_err() {
            return;
        }
        let keep = &keep[block.first_row..block.first_row + block.values.len()];
        let values = if all_kept && block.validity.is_none() {
            block.values
        } else {
            kept.clear();
            kept.extend((0..keep.len()).filter(|&row| keep[row]).map(|row| {
                if block.is_valid(row) {
                    block.values[row]
                } else {
                    f64::NAN
                }
            }));
            &kept
        };
        outcome = builder.push(values).map_err(|not_a_number| {
            let mut kept_rows = (0..keep.len()).filter(|&row| keep[row]);
            let row = kept_rows.nth(not_a_number.row).unwrap_or(0);
            missing.in_row(block.first_row + row)
        });
    })
    .map_err(|error| Error::failed(error.to_string()))?;
    outcome
}

/// Numbers the classes anew: in the order of their texts, or as whole numbers.
fn in_order(classes: BTreeMap<String, u32>, mut of_rows: Vec<u32>, whole: bool) -> Targets {
    let mut classes: Vec<(String, u32)> = classes.into_iter().collect();
    if whole {
        classes.sort_by_key(|(text, _)| text.parse::<i128>().ok());
    }
    let mut places = vec![0; classes.len()];
    for (place, (_, class)) in classes.iter().enumerate() {
        places[*class as usize] = place as u32;
    }
    of_rows
        .iter_mut()
        .for_each(|class| *class = places[*class as usize]);
    Targets::Classes {
        of_rows,
        classes: classes.into_iter().map(|(text, _)| text).collect(),
    }
}
