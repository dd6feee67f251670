//! Parameters with a table that they are about: what a plugin is tried out with.

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use serde_json::Value;

/// One way to use a plugin.
#[derive(Clone, Debug)]
pub struct Case {
    /// Told in front of what was seen.
    pub name: String,
    /// A JSON object.
    pub params: Value,
    /// The rows that are learned from; the reference of a drift detector.
    pub input: RecordBatch,
    /// The rows that a drift detector compares with them, or those of another model; `input`, if
    /// there are none.
    pub second: Option<RecordBatch>,
    /// The rows that a state is applied to; `input`, if there are none.
    pub apply: Option<RecordBatch>,
}

impl Case {
    /// The parameters as a plugin gets them.
    pub(crate) fn text(&self) -> String {
        self.params.to_string()
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.input.schema()
    }

    pub(crate) fn applied(&self) -> &RecordBatch {
        self.apply.as_ref().unwrap_or(&self.input)
    }

    /// The same with other rows to learn from, which a state is applied to as well.
    pub(crate) fn with_input(&self, input: RecordBatch) -> Self {
        Self {
            input,
            apply: None,
            ..self.clone()
        }
    }
}
