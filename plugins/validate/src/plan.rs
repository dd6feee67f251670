//! Ties the checks to the columns of an input: what is looked at in its rows, once however many
//! checks ask for it, and what the schema alone tells.

use arrow_schema::{DataType, Schema};
use mlhost_plugin::{Error, Result, column_index};
use mlhost_statistics::DateUnit;
use mlhost_statistics::column::{has_keys, holds_texts, type_name};
use serde::{Deserialize, Serialize};

use crate::asked::{Asked, What, asked};
use crate::expression::{Expression, Truths, condition, parse};
use crate::looks::{can_read, look_of};
use crate::params::Params;
use crate::seen::Look;

/// How a check stands to an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Looked {
    /// It asks about the schema, or about all rows; a column that it names is there.
    Whole,
    /// It asks for a type, and the column is of one that has this name and is called so.
    Type {
        data_type: String,
        called: String,
        is: bool,
    },
    /// A column is not there, as the message says.
    Missing { column: String, message: String },
    /// A column is of a type that it is not for.
    Unreadable {
        column: String,
        data_type: String,
        called: String,
    },
    /// What it asks for does not fit the columns.
    Unfit(String),
    /// What was seen for it has this number.
    Seen(usize),
    /// The same of a column of dates or times.
    Dated { seen: usize, unit: DateUnit },
    /// What was seen of the values, and of the column in which they have to occur, or why they
    /// cannot.
    Reference {
        values: Result<Side, String>,
        keys: Result<Side, String>,
    },
}

/// A column whose values are to occur in another one, or that one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Side {
    pub(crate) seen: usize,
    pub(crate) kind: KeyKind,
    /// The name of its type, and what people call it.
    pub(crate) data_type: String,
    pub(crate) called: String,
}

/// Values of different kinds are never equal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum KeyKind {
    /// Nothing but nulls.
    Nothing,
    /// Numbers and booleans.
    Numbers,
    Texts,
    Dates(DateUnit),
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
                called: type_name(&data_type),
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
                    called: type_name(data_type),
                });
            }
        }
        if let (What::GreaterThan { .. }, [first, second]) = (&asked.what, types.as_slice())
            && DateUnit::of(first) != DateUnit::of(second)
        {
            return Ok(Looked::Unfit(incomparable(first, second)));
        }
        let (look, reading) = match look_of(asked, types.first(), condition)? {
            Ok(Some(look)) => look,
            Ok(None) => return Ok(Looked::Whole),
            Err(unfit) => return Ok(Looked::Unfit(unfit)),
        };
        let places = self.places(asked.columns.iter().copied());
        let seen = self.observe(places, condition, look, reading);
        Ok(match types.first().and_then(DateUnit::of) {
            Some(unit) => Looked::Dated { seen, unit },
            None => Looked::Seen(seen),
        })
    }

    /// Of an input that is to be checked the values, and of the reference the column in which they
    /// have to occur. Which of both the input is, is not known here, and an input may have both.
    fn look_at_reference(
        &mut self,
        asked: &Asked<'_>,
        of: &str,
        selection: Option<&(&String, Expression)>,
        input: &Schema,
    ) -> Result<Looked> {
        let keys = match missing(of, input) {
            Some(Looked::Missing { message, .. }) => Err(message),
            _ if !has_keys(&type_of(of, input)) => {
                let called = type_name(&type_of(of, input));
                Err(format!(
                    "its column `{of}` holds `{called}`, in which no value can occur"
                ))
            }
            _ => {
                let places = self.places([of]);
                let seen = self.observe(places, None, Look::KeySet, Reading::Keys);
                Ok(side(seen, of, input))
            }
        };
        let values = self.look_at_values(asked, selection, input);
        Ok(Looked::Reference { values, keys })
    }

    /// The values that have to occur in a reference.
    fn look_at_values(
        &mut self,
        asked: &Asked<'_>,
        selection: Option<&(&String, Expression)>,
        input: &Schema,
    ) -> Result<Side, String> {
        let column = asked.columns[0];
        let conditional = selection.iter().flat_map(|(_, read)| read.columns());
        for name in std::iter::once(column).chain(conditional) {
            if let Some(Looked::Missing { message, .. }) = missing(name, input) {
                return Err(message);
            }
        }
        if !has_keys(&type_of(column, input)) {
            let called = type_name(&type_of(column, input));
            return Err(format!(
                "the column holds `{called}`, which cannot be compared with others"
            ));
        }
        let condition = match selection {
            Some((text, read)) => {
                let number = self.condition(text, read, input);
                Some(number.map_err(|message| format!("in `where`: {message}"))?)
            }
            None => None,
        };
        let places = self.places([column]);
        let seen = self.observe(places, condition, Look::Values, Reading::Keys);
        Ok(side(seen, column, input))
    }

    /// The number of a condition, whose columns are there.
    fn condition(
        &mut self,
        text: &str,
        read: &Expression,
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

    fn bind(&mut self, read: &Expression, input: &Schema) -> Result<Truths, String> {
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

fn side(seen: usize, column: &str, input: &Schema) -> Side {
    let data_type = type_of(column, input);
    let kind = match DateUnit::of(&data_type) {
        Some(unit) => KeyKind::Dates(unit),
        None if data_type == DataType::Null => KeyKind::Nothing,
        None if holds_texts(&data_type) => KeyKind::Texts,
        None => KeyKind::Numbers,
    };
    Side {
        seen,
        kind,
        data_type: data_type.to_string(),
        called: type_name(&data_type),
    }
}

/// That two columns are of types whose values have no order: by their own names where those of their
/// families are the same.
fn incomparable(first: &DataType, second: &DataType) -> String {
    let names = [type_name(first), type_name(second)];
    match &names[..] {
        [one, other] if one != other => format!("`{one}` and `{other}` cannot be compared"),
        _ => format!("`{first}` and `{second}` cannot be compared"),
    }
}
