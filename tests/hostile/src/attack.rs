//! The attacks by name, and when each is due.

use serde::Deserialize;

use crate::{bindings::mlhost::plugin::types::Error, error};

/// JSON Schema of [`Params`].
pub(crate) const PARAMS_SCHEMA: &str = r#"{
    "type": "object",
    "properties": {
        "attack": { "type": "string", "description": "What to do to the host" },
        "after_rows": {
            "type": "integer",
            "description": "How many rows to behave well for",
            "default": 0
        }
    },
    "required": ["attack"]
}"#;

/// What the pipeline asks for.
#[derive(Clone, Copy, Deserialize)]
pub(crate) struct Params {
    pub(crate) attack: Attack,
    #[serde(default)]
    pub(crate) after_rows: u64,
}

impl Params {
    /// # Errors
    /// `invalid-params` at the attack's name when there is no such attack.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|reason| Error {
            at: Some("/attack".to_owned()),
            ..error("invalid-params", reason.to_string())
        })
    }

    /// The attack, once more than `after_rows` rows were seen; before that, none.
    pub(crate) fn due(&self, rows: u64) -> Attack {
        if rows > self.after_rows {
            self.attack
        } else {
            Attack::None
        }
    }

    /// The attack of an opening, where no row was seen: only those that do not
    /// wait for rows are due.
    pub(crate) fn due_when_opened(&self) -> Attack {
        self.due(u64::from(self.after_rows == 0))
    }
}

/// One way to hurt the host, grouped by the function that does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Attack {
    /// Behave.
    None,

    // `folder.open` and `folder.columns`
    PanicInOpen,
    UnknownColumn,

    // `folder.update`
    PanicInUpdate,
    IndexOutOfBounds,
    StackOverflow,
    FrameOverflow,
    EndlessLoop,
    EndlessMemory,
    EndlessTalk,
    MuchTalk,
    EmitInUpdate,
    UnknownErrorKind,
    Transient,
    HugeErrorMessage,
    EscapeCodes,
    BadPointer,

    // `folder.state`
    HugeState,

    // `transformer.output`
    UnknownFormat,
    DeepNesting,
    MissingChildren,
    NulInFormat,
    ColumnTwice,
    HugeWidth,
    ManyFields,

    // `transformer.apply`
    PanicInApply,
    LoopInApply,
    MemoryInApply,
    OffsetsOutside,
    OffsetsDescend,
    OffsetsNegative,
    InvalidUtf8,
    ValuesTooShort,
    BufferOutside,
    BufferBehindAll,
    BufferNowhere,
    WrongNullCount,
    ValidityTooShort,
    TooManyBuffers,
    TooFewBuffers,
    TooManyArrays,
    TooFewArrays,
    WrongNumRows,
    WrongLength,
    OtherType,
    DroppedRows,
    HugeBatch,
    RepeatedBuffer,
    EndlessEmit,
    EndlessEmptyEmit,

    // `transformer.finish`
    RowsAtTheEnd,
}
