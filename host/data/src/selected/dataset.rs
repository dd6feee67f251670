//! A table with its selection: the rows that it leaves, and the sides of its split.

use std::sync::Arc;

use arrow::datatypes::Schema;
use mlhost_pipeline::{Cut, Folds, Sample, Selection, Side, Split, Value, printable};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::chance::{Purpose, Share};
use super::condition::{is_time, numbers};
use super::cut::{Cuts, FoundCuts, FoundTimes, Wanted};
use super::literal::typed;
use super::predicate::unknown_column;
use super::rule::{Divider, FoundRows, Rule};
use super::{Mistake, Predicate, Selected};
use crate::digest;
use crate::table::{Table, select};

/// The tables that a selection makes of one.
pub struct Dataset {
    selection: Selection,
    preview: Arc<dyn Table>,
    whole: Arc<dyn Table>,
    sides: Vec<(Side, Arc<dyn Table>)>,
    /// What all of them select from.
    table: Arc<dyn Table>,
    /// The rules of the whole, and of each side.
    rules: Vec<(Option<Side>, Vec<Rule>)>,
}

impl Dataset {
    /// Makes a selection of a table.
    ///
    /// # Errors
    ///
    /// All that is wrong with it: columns that the table does not have, and values that do not
    /// fit their columns.
    pub fn new(table: Arc<dyn Table>, selection: &Selection) -> Result<Self, Vec<Mistake>> {
        if selection.is_everything() {
            return Ok(Self {
                selection: selection.clone(),
                preview: table.clone(),
                whole: table.clone(),
                sides: Vec::new(),
                table,
                rules: vec![(None, Vec::new())],
            });
        }
        let mut mistakes = Vec::new();
        let all = table.schema();
        let columns = selection.columns.as_deref();
        for (index, column) in columns.unwrap_or_default().iter().enumerate() {
            if all.fields().find(column).is_none() {
                mistakes.push(unknown_column(&all, column, format!("/columns/{index}")));
            }
        }
        let predicate = Predicate::bind(&selection.comparisons, &all, &mut mistakes);
        let split = selection.split.as_ref();
        let divider = split.and_then(|split| divider(split, &all, &mut mistakes));
        let schema = match columns.map(|columns| select(&all, columns)) {
            // An unknown column is among the mistakes.
            Some(Err(_)) => return Err(mistakes),
            Some(Ok(schema)) => schema,
            None => all,
        };
        if !mistakes.is_empty() {
            return Err(mistakes);
        }

        let made = |rules: &[Rule]| -> Arc<dyn Table> {
            Arc::new(Selected {
                table: table.clone(),
                schema: schema.clone(),
                rules: rules.to_vec(),
            })
        };
        let mut rules = Vec::new();
        if !selection.comparisons.is_empty() {
            rules.push(Rule::Where(Arc::new(predicate)));
        }
        let preview = made(&rules);
        rules.extend(selection.sample.as_ref().map(sample));
        let mut all = vec![(None, rules.clone())];
        if let Some((split, divider)) = split.zip(divider) {
            for side in split.sides() {
                let rule = divider.rule(split, side);
                all.push((Some(side), [rules.as_slice(), &[rule]].concat()));
            }
        }
        let whole = made(&rules);
        let sides = all
            .iter()
            .filter_map(|(side, rules)| Some(((*side)?, made(rules))));
        Ok(Self {
            selection: selection.clone(),
            preview,
            whole,
            sides: sides.collect(),
            table: table.clone(),
            rules: all,
        })
    }

    /// Divides the whole, or a side of the split, into folds: for each the rows to train with, and
    /// those to test with.
    ///
    /// # Errors
    ///
    /// Columns that the table does not have, or that are no time.
    pub fn folds(&self, side: Option<Side>, folds: &Folds) -> Result<Vec<Fold>, Vec<Mistake>> {
        let schema = self.table.schema();
        let mut mistakes = Vec::new();
        let columns: &[String] = match folds {
            Folds::Random { .. } => &[],
            Folds::Hash { columns, .. } => columns,
            Folds::Time { column, .. } => std::slice::from_ref(column),
        };
        for (index, column) in columns.iter().enumerate() {
            let pointer = match folds {
                Folds::Time { .. } => "/column".to_owned(),
                _ => format!("/columns/{index}"),
            };
            match schema.fields().find(column) {
                None => mistakes.push(unknown_column(&schema, column, pointer)),
                Some((_, field))
                    if matches!(folds, Folds::Time { .. }) && !is_time(field.data_type()) =>
                {
                    mistakes.push(Mistake::new(pointer, not_a_time(column, field.data_type())));
                }
                Some(_) => {}
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let of_side = self.rules.iter().find(|(other, _)| *other == side);
        let rules = of_side
            .map(|(_, rules)| rules.as_slice())
            .unwrap_or_default();
        let selected = |rule: Rule| -> Arc<dyn Table> {
            Arc::new(Selected {
                table: self.table.clone(),
                schema: self.whole.schema(),
                rules: [rules, &[rule]].concat(),
            })
        };
        let times = match folds {
            Folds::Time { column, count } => {
                Some(Arc::new(FoundTimes::new(column, Wanted::Folds(*count))))
            }
            _ => None,
        };
        let fold = |fold| Fold {
            train: selected(fold_rule(folds, times.as_ref(), fold, false)),
            test: selected(fold_rule(folds, times.as_ref(), fold, true)),
        };
        Ok((0..folds.count()).map(fold).collect())
    }

    /// The selection.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// All rows that the selection leaves, of all sides.
    pub fn whole(&self) -> &Arc<dyn Table> {
        &self.whole
    }

    /// The sides of the split, in the order of their use.
    pub fn sides(&self) -> &[(Side, Arc<dyn Table>)] {
        &self.sides
    }

    /// The rows of which the comparisons hold, neither sampled nor split: the first of them are
    /// found without a look at all rows.
    pub fn preview(&self) -> &Arc<dyn Table> {
        &self.preview
    }

    /// A digest `sha256:<hex>` of all that decides what scans give: that of the table
    /// ([`FileTable::fingerprint`](crate::FileTable::fingerprint)), and the selection.
    pub fn fingerprint(&self, of_table: &str) -> String {
        if self.selection.is_everything() {
            return of_table.to_owned();
        }
        let mut hasher = Sha256::new();
        // The keys of a JSON object come in the order of the alphabet.
        hasher.update(format!("{of_table}\n{}\n", json!(self.selection)));
        digest::finished(hasher)
    }
}

/// The two tables of one fold.
pub struct Fold {
    /// The rows to train with.
    pub train: Arc<dyn Table>,
    /// The rows to test with.
    pub test: Arc<dyn Table>,
}

/// Keeps folds by values apart from a split by the same values with the same seed.
const OF_FOLDS: u64 = u64::from_be_bytes(*b"of folds");

fn fold_rule(folds: &Folds, times: Option<&Arc<FoundTimes>>, fold: u32, is_test: bool) -> Rule {
    let share = || {
        let count = f64::from(folds.count());
        let range = f64::from(fold) / count..f64::from(fold + 1) / count;
        if is_test {
            Share::of(range)
        } else {
            Share::outside(range)
        }
    };
    match (folds, times) {
        (Folds::Time { column, .. }, Some(times)) => Rule::Fold {
            column: column.clone(),
            times: times.clone(),
            fold: fold as usize,
            is_test,
        },
        (Folds::Hash { columns, seed, .. }, _) => Rule::Hash {
            seed: *seed ^ OF_FOLDS,
            columns: columns.clone(),
            share: share(),
        },
        (Folds::Random { seed, .. }, _) => Rule::Random {
            seed: *seed,
            purpose: Purpose::Fold,
            share: share(),
        },
        (Folds::Time { .. }, None) => unreachable!("folds by time come with their times"),
    }
}

fn not_a_time(column: &str, data_type: &arrow::datatypes::DataType) -> String {
    let column = printable(column);
    format!(
        "column `{column}` is of type {data_type}, which is neither a date nor a time nor a whole \
         number"
    )
}

fn sample(sample: &Sample) -> Rule {
    match sample {
        Sample::Fraction { fraction, seed } => Rule::Fraction {
            seed: *seed,
            fraction: *fraction,
        },
        Sample::Rows { rows, seed } => Rule::Rows(Arc::new(FoundRows::new(*seed, *rows))),
    }
}

fn divider(split: &Split, schema: &Schema, mistakes: &mut Vec<Mistake>) -> Option<Divider> {
    match split {
        Split::Random { seed, .. } => Some(Divider::Random(*seed)),
        Split::Hash { columns, seed, .. } => {
            let before = mistakes.len();
            for (index, column) in columns.iter().enumerate() {
                if schema.fields().find(column).is_none() {
                    let pointer = format!("/split/columns/{index}");
                    mistakes.push(unknown_column(schema, column, pointer));
                }
            }
            (mistakes.len() == before).then(|| Divider::Hash(*seed, columns.clone()))
        }
        Split::Time { column, cut } => {
            let Some((_, field)) = schema.fields().find(column) else {
                let pointer = "/split/column".to_owned();
                mistakes.push(unknown_column(schema, column, pointer));
                return None;
            };
            let data_type = field.data_type();
            if !is_time(data_type) {
                mistakes.push(Mistake::new("/split/column", not_a_time(column, data_type)));
                return None;
            }
            match cut {
                Cut::Share { test, validation } => {
                    let cuts = Arc::new(FoundCuts::new(column, *test, *validation));
                    Some(Divider::Time(column.clone(), cuts))
                }
                Cut::At { at } => match time(at, data_type) {
                    Ok(test) => {
                        let validation = None;
                        Some(Divider::At(column.clone(), Cuts { validation, test }))
                    }
                    Err(reason) => {
                        let column = printable(column);
                        let message = format!("column `{column}` is of type {data_type}, {reason}");
                        mistakes.push(Mistake::new("/split/at", message));
                        None
                    }
                },
            }
        }
    }
}

/// A time as a number in the unit of a type.
fn time(at: &Value, data_type: &arrow::datatypes::DataType) -> Result<i64, String> {
    let numbers = numbers(&typed(at, data_type)?).map_err(|error| error.to_string())?;
    Ok(numbers.value(0))
}
