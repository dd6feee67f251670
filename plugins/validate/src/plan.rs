//! Ties the checks to the columns of an input: what is looked at in its rows, once however many
//! checks ask for it, and what the schema alone tells.

use arrow_schema::{DataType, Schema};
use mlhost_plugin::{Error, Result, column_index};
use mlhost_statistics::column::{has_keys, holds_texts, is_numeric};
use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::asked::{Asked, What, asked};
use crate::expression::{Truths, Unit, condition, parse};
use crate::membership::Membership;
use crate::order::Way;
use crate::params::Params;
use crate::seen::Look;
use crate::statistic::Statistic;

/// How a check stands to an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Looked {
    /// It asks about the schema, or about all rows; a column that it names is there.
    Whole,
    /// It asks for a type.
    Type { data_type: String, is: bool },
    /// A column is not there, as the message says.
    Missing { column: String, message: String },
    /// A column is of a type that it is not for.
    Unreadable { column: String, data_type: String },
    /// An expression does not fit the columns.
    Unfit(String),
    /// What was seen for it has this number.
    Seen(usize),
    /// The same of a column of dates or times, with how many of its units a second has.
    Dated { seen: usize, per_second: f64 },
    /// What was seen of the values, if their column is there, and of the column in which they have
    /// to occur, if that is.
    Reference {
        values: Option<usize>,
        keys: Result<usize, String>,
    },
}

/// What is looked at.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    /// The places of its columns in a batch.
    pub(crate) columns: Vec<usize>,
    /// The number of the condition that a row has to meet.
    pub(crate) condition: Option<usize>,
    pub(crate) look: Look,
    pub(crate) reading: Reading,
}

/// How an observation reads its columns. Those that read the same in the same way do so together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    Nulls,
    Numbers,
    Texts,
    Booleans,
    Keys,
    Pairs,
    Rows,
}

/// Observations that read the same in the same way.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) columns: Vec<usize>,
    pub(crate) condition: Option<usize>,
    pub(crate) reading: Reading,
    /// The numbers of the observations.
    pub(crate) members: Vec<usize>,
}

/// Everything that is done with a batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// The columns of a batch.
    pub(crate) columns: Vec<String>,
    pub(crate) conditions: Vec<Truths>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) groups: Vec<Group>,
    /// For each check that is asked for.
    pub(crate) looked: Vec<Looked>,
    /// The texts of the conditions.
    texts: Vec<String>,
}

impl Plan {
    /// The plan of all checks on an input.
    ///
    /// # Errors
    /// Where an expression or a regular expression cannot be read.
    pub(crate) fn new(params: &Params, input: &Schema) -> Result<Self> {
        let mut plan = Self::default();
        for asked in asked(params) {
            let looked = plan.look(&asked, input)?;
            plan.looked.push(looked);
        }
        for (number, observation) in plan.observations.iter().enumerate() {
            let group = plan.groups.iter_mut().find(|group| {
                group.columns == observation.columns
                    && group.condition == observation.condition
                    && group.reading == observation.reading
            });
            match group {
                Some(group) => group.members.push(number),
                None => plan.groups.push(Group {
                    columns: observation.columns.clone(),
                    condition: observation.condition,
                    reading: observation.reading,
                    members: vec![number],
                }),
            }
        }
        Ok(plan)
    }

    fn look(&mut self, asked: &Asked<'_>, input: &Schema) -> Result<Looked> {
        let expression = match &asked.what {
            What::Expression(text) => {
                Some(parse(text).map_err(|message| Error::params(&asked.pointer, message))?)
            }
            _ => None,
        };
        let selection = match &asked.demand.condition {
            Some(text) => {
                let at = format!("{}/where", asked.pointer);
                Some((
                    text,
                    parse(text).map_err(|message| Error::params(at, message))?,
                ))
            }
            None => None,
        };
        if let What::InReference(of) = asked.what {
            return self.look_at_reference(asked, of, selection.as_ref(), input);
        }
        let named = asked.columns.iter().copied();
        let named = named.chain(expression.iter().flat_map(|read| read.columns()));
        let conditional = selection.iter().flat_map(|(_, read)| read.columns());
        for column in named.chain(conditional) {
            if let Some(missing) = missing(column, input) {
                return Ok(missing);
            }
        }
        if let What::Type(of_type) = asked.what {
            let data_type = type_of(asked.columns[0], input);
            return Ok(Looked::Type {
                data_type: data_type.to_string(),
                is: of_type.includes(&data_type),
            });
        }
        let condition = match &selection {
            Some((text, read)) => match self.condition(text, read, input) {
                Ok(number) => Some(number),
                Err(message) => return Ok(Looked::Unfit(format!("in `where`: {message}"))),
            },
            None => None,
        };
        if let Some(read) = &expression {
            let places = self.places(read.columns());
            let bound = self.bind(read, input);
            return Ok(match bound {
                Ok(truths) => {
                    let look = Look::Holds(Box::new(truths));
                    Looked::Seen(self.observe(places, condition, look, Reading::Rows))
                }
                Err(message) => Looked::Unfit(message),
            });
        }
        let types: Vec<DataType> = asked
            .columns
            .iter()
            .map(|name| type_of(name, input))
            .collect();
        for (column, data_type) in asked.columns.iter().zip(&types) {
            if !can_read(&asked.what, data_type) {
                return Ok(Looked::Unreadable {
                    column: (*column).to_owned(),
                    data_type: data_type.to_string(),
                });
            }
        }
        if let (What::GreaterThan { .. }, [first, second]) = (&asked.what, types.as_slice())
            && Unit::of(first) != Unit::of(second)
        {
            let message = format!("{first} and {second} cannot be compared");
            return Ok(Looked::Unfit(message));
        }
        let Some((look, reading)) = look_of(asked, types.first(), condition)? else {
            return Ok(Looked::Whole);
        };
        let places = self.places(asked.columns.iter().copied());
        let seen = self.observe(places, condition, look, reading);
        Ok(match (&asked.what, types.first().and_then(Unit::of)) {
            (What::Freshness(_), Some(unit)) => Looked::Dated {
                seen,
                per_second: unit.per_second(),
            },
            _ => Looked::Seen(seen),
        })
    }

    /// Of an input that is to be checked the values, and of the reference the column in which they
    /// have to occur. Which of both the input is, is not known here, and an input may have both.
    fn look_at_reference(
        &mut self,
        asked: &Asked<'_>,
        of: &str,
        selection: Option<&(&String, crate::expression::Expression)>,
        input: &Schema,
    ) -> Result<Looked> {
        let column = asked.columns[0];
        let keys = match missing(of, input) {
            Some(Looked::Missing { message, .. }) => Err(message),
            _ if !has_keys(&type_of(of, input)) => Err(format!(
                "its column `{of}` holds {}, in which no value can occur",
                type_of(of, input)
            )),
            _ => {
                let places = self.places([of]);
                Ok(self.observe(places, None, Look::KeySet, Reading::Keys))
            }
        };
        let conditional = selection.iter().flat_map(|(_, read)| read.columns());
        let is_there = std::iter::once(column)
            .chain(conditional)
            .all(|name| missing(name, input).is_none());
        if !is_there || !has_keys(&type_of(column, input)) {
            return Ok(Looked::Reference { values: None, keys });
        }
        let condition = match selection {
            Some((text, read)) => match self.condition(text, read, input) {
                Ok(number) => Some(number),
                Err(_) => return Ok(Looked::Reference { values: None, keys }),
            },
            None => None,
        };
        let places = self.places([column]);
        let values = self.observe(places, condition, Look::Values, Reading::Keys);
        Ok(Looked::Reference {
            values: Some(values),
            keys,
        })
    }

    /// The number of a condition, whose columns are there.
    fn condition(
        &mut self,
        text: &str,
        read: &crate::expression::Expression,
        input: &Schema,
    ) -> Result<usize, String> {
        if let Some(number) = self.texts.iter().position(|known| known == text) {
            return Ok(number);
        }
        let bound = self.bind(read, input)?;
        self.conditions.push(bound);
        self.texts.push(text.to_owned());
        Ok(self.conditions.len() - 1)
    }

    fn bind(
        &mut self,
        read: &crate::expression::Expression,
        input: &Schema,
    ) -> Result<Truths, String> {
        self.places(read.columns());
        let columns = &self.columns;
        let place = |name: &str| {
            columns
                .iter()
                .position(|known| known == name)
                .unwrap_or_default()
        };
        condition(read, input, &place)
    }

    /// The places of columns in a batch.
    fn places<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
        let places = names.into_iter().map(|name| {
            self.columns
                .iter()
                .position(|known| known == name)
                .unwrap_or_else(|| {
                    self.columns.push(name.to_owned());
                    self.columns.len() - 1
                })
        });
        places.collect()
    }

    /// The number of an observation, which is there already where another check has asked for it.
    fn observe(
        &mut self,
        columns: Vec<usize>,
        condition: Option<usize>,
        look: Look,
        reading: Reading,
    ) -> usize {
        let known = self.observations.iter().position(|known| {
            known.columns == columns
                && known.condition == condition
                && known.look.is_shared_with(&look)
        });
        known.unwrap_or_else(|| {
            self.observations.push(Observation {
                columns,
                condition,
                look,
                reading,
            });
            self.observations.len() - 1
        })
    }
}

fn missing(column: &str, input: &Schema) -> Option<Looked> {
    let error = column_index(input, column, "").err()?;
    Some(Looked::Missing {
        column: column.to_owned(),
        message: error.message,
    })
}

/// The type of a column that is there.
fn type_of(column: &str, input: &Schema) -> DataType {
    let field = input.field_with_name(column);
    field.map_or(DataType::Null, |field| field.data_type().clone())
}

/// Whether a check is for columns of this type.
fn can_read(what: &What<'_>, data_type: &DataType) -> bool {
    match what {
        What::Between(_) | What::Monotonic { .. } | What::GreaterThan { .. } => {
            is_numeric(data_type)
        }
        What::Members { .. } => is_numeric(data_type) || holds_texts(data_type),
        What::Regex(_) | What::Length { .. } => {
            holds_texts(data_type) || *data_type == DataType::Null
        }
        What::Freshness(_) => Unit::of(data_type).is_some(),
        What::Unique
        | What::UniqueTogether
        | What::Statistic(Statistic::Distinct | Statistic::ProportionUnique, _) => {
            has_keys(data_type)
        }
        What::Statistic(..) => is_numeric(data_type),
        _ => true,
    }
}

/// What is looked at for a check, and how; `None` where the schema or the number of rows is enough.
fn look_of(
    asked: &Asked<'_>,
    data_type: Option<&DataType>,
    condition: Option<usize>,
) -> Result<Option<(Look, Reading)>> {
    let is_floating = data_type.is_some_and(DataType::is_floating);
    let by_value = match data_type {
        Some(DataType::Boolean) => Reading::Booleans,
        Some(data_type) if holds_texts(data_type) => Reading::Texts,
        _ => Reading::Numbers,
    };
    let look = match &asked.what {
        // Rows that do not meet a condition are read as missing, and are no nulls.
        What::NotNull if is_floating && condition.is_none() => (Look::Nulls, Reading::Numbers),
        What::NotNull => (Look::Nulls, Reading::Nulls),
        What::Between(range) => (Look::Between(*range), Reading::Numbers),
        What::Members { members, allowed } => {
            let members = Box::new(Membership::new(members));
            let allowed = *allowed;
            (Look::Members { members, allowed }, by_value)
        }
        What::Regex(pattern) => {
            let regex = Regex::new(pattern).map_err(|error| {
                Error::params(
                    &asked.pointer,
                    format!("`{pattern}` is no regular expression: {error}"),
                )
            })?;
            (Look::Pattern(Box::new(regex)), Reading::Texts)
        }
        What::Length { min, max } => {
            let (min, max) = (*min, *max);
            (Look::Length { min, max }, Reading::Texts)
        }
        What::Unique => (Look::Keys, Reading::Keys),
        What::UniqueTogether => (Look::KeysTogether, Reading::Rows),
        What::Statistic(statistic, _) => {
            let reading = match statistic {
                Statistic::Distinct | Statistic::ProportionUnique => Reading::Keys,
                Statistic::Correlation => Reading::Pairs,
                _ => Reading::Numbers,
            };
            (statistic.look(), reading)
        }
        What::Monotonic {
            direction,
            strictly,
        } => {
            let way = Way {
                direction: *direction,
                strictly: *strictly,
            };
            (Look::Order(way), Reading::Numbers)
        }
        What::Freshness(_) => (Look::Extremes, Reading::Numbers),
        What::GreaterThan { or_equal } => {
            let or_equal = *or_equal;
            (Look::Above { or_equal }, Reading::Pairs)
        }
        What::Exists
        | What::Type(_)
        | What::InReference(_)
        | What::Expression(_)
        | What::RowCount(_)
        | What::NoExtraColumns
        | What::ColumnOrder(_) => return Ok(None),
    };
    Ok(Some(look))
}
