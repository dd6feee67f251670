//! A set of values, ready to be asked for each value of a column.

use arrow_schema::DataType;
use mlhost_statistics::DateUnit;
use mlhost_statistics::column::{holds_texts, type_name};

use crate::column_params::Member;
use crate::texts::Texts;

/// A set of values by kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Membership {
    texts: Texts,
    /// In ascending order.
    numbers: Vec<f64>,
    booleans: [bool; 2],
}

impl Membership {
    /// The set of the values that may occur in a column of this type.
    ///
    /// # Errors
    /// Where none of them can occur in it, or a text is no date for a column of dates.
    pub(crate) fn new(members: &[Member], data_type: &DataType) -> Result<Self, String> {
        let mut membership = Self::default();
        let mut fitting = 0;
        for member in members {
            fitting += usize::from(membership.insert(member, data_type)?);
        }
        membership.finish();
        // A column that holds nothing but nulls may be of any type.
        if let (0, Some(first)) = (fitting, members.first())
            && *data_type != DataType::Null
        {
            let kind = match first {
                Member::Boolean(_) => "a boolean",
                Member::Number(_) => "a number",
                Member::Text(_) => "a text",
            };
            let name = type_name(data_type);
            return Err(format!("{first} is {kind}, and the column holds `{name}`"));
        }
        Ok(membership)
    }

    /// Adds a member if it can occur in a column of this type; says whether it can.
    fn insert(&mut self, member: &Member, data_type: &DataType) -> Result<bool, String> {
        let is_text = holds_texts(data_type);
        let is_boolean = *data_type == DataType::Boolean;
        match (member, DateUnit::of(data_type)) {
            (Member::Boolean(boolean), _) if is_boolean => {
                self.booleans[usize::from(*boolean)] = true;
            }
            (Member::Text(text), _) if is_text => self.insert_text(text),
            (Member::Text(text), Some(unit)) => {
                let number = unit.number(text).map_err(|error| error.to_string())?;
                self.insert_number(number);
            }
            (Member::Number(number), None) if !is_text && !is_boolean => {
                self.insert_number(*number);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Adds a text, which is found after [`Membership::finish`].
    pub(crate) fn insert_text(&mut self, text: &str) {
        self.texts.insert(text);
    }

    /// Adds a number, which is found after [`Membership::finish`].
    pub(crate) fn insert_number(&mut self, number: f64) {
        self.numbers.push(canonical(number));
    }

    pub(crate) fn finish(&mut self) {
        self.texts.finish();
        self.numbers.sort_unstable_by(f64::total_cmp);
    }

    pub(crate) fn has_text(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// The texts alone.
    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    pub(crate) fn has_number(&self, number: f64) -> bool {
        let number = canonical(number);
        self.numbers
            .binary_search_by(|member| member.total_cmp(&number))
            .is_ok()
    }

    pub(crate) fn has_boolean(&self, boolean: bool) -> bool {
        self.booleans[usize::from(boolean)]
    }
}

/// Adding 0.0 makes 0.0 of -0.0, which equals it, and changes nothing else.
fn canonical(number: f64) -> f64 {
    number + 0.0
}
