//! A set of values, ready to be asked for each value of a column.

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
    pub(crate) fn new(members: &[Member]) -> Self {
        let mut membership = Self::default();
        for member in members {
            match member {
                Member::Boolean(boolean) => membership.booleans[usize::from(*boolean)] = true,
                Member::Number(number) => membership.insert_number(*number),
                Member::Text(text) => membership.insert_text(text),
            }
        }
        membership.finish();
        membership
    }

    pub(crate) fn insert_text(&mut self, text: &str) {
        self.texts.insert(text);
    }

    /// Adds a number, which is found after [`Membership::finish`].
    pub(crate) fn insert_number(&mut self, number: f64) {
        self.numbers.push(canonical(number));
    }

    pub(crate) fn finish(&mut self) {
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
