//! The logic of SQL on whole columns: each row is true, false, or neither where it is null.

use arrow_buffer::BooleanBuffer;

/// Which rows are true, and which are false.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    pub(crate) yes: BooleanBuffer,
    pub(crate) no: BooleanBuffer,
}

impl Truth {
    /// The same in all rows.
    pub(crate) fn constant(truth: Option<bool>, rows: usize) -> Self {
        let all = |is: bool| {
            if is {
                BooleanBuffer::new_set(rows)
            } else {
                BooleanBuffer::new_unset(rows)
            }
        };
        Self {
            yes: all(truth == Some(true)),
            no: all(truth == Some(false)),
        }
    }

    /// Of what is never null.
    pub(crate) fn known(yes: BooleanBuffer) -> Self {
        Self { no: !&yes, yes }
    }

    pub(crate) fn not(self) -> Self {
        Self {
            yes: self.no,
            no: self.yes,
        }
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        Self {
            yes: &self.yes & &other.yes,
            no: &self.no | &other.no,
        }
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        Self {
            yes: &self.yes | &other.yes,
            no: &self.no & &other.no,
        }
    }

    /// Whether both are the same.
    pub(crate) fn equals(&self, other: &Self) -> Self {
        Self {
            yes: &(&self.yes & &other.yes) | &(&self.no & &other.no),
            no: &(&self.yes & &other.no) | &(&self.no & &other.yes),
        }
    }

    /// Which rows are neither.
    pub(crate) fn null(&self) -> BooleanBuffer {
        !&(&self.yes | &self.no)
    }
}
