//! The attacks by name, and when each is due.

use serde::Deserialize;

use crate::{
    bindings::mlhost::plugin::{log, types::Error},
    error, violence, wasi,
};

/// JSON Schema of [`Params`].
pub(crate) const PARAMS_SCHEMA: &str = r#"{
    "type": "object",
    "properties": {
        "attack": { "type": "string", "description": "What to do to the host" },
        "at": {
            "type": "string",
            "description": "The function that does it, of an attack that any can do"
        },
        "ask": {
            "type": "string",
            "description": "What to ask of the world, with the attack `ask`"
        },
        "after_rows": {
            "type": "integer",
            "description": "How many rows to behave well for",
            "default": 0
        }
    },
    "required": ["attack"]
}"#;

/// What the pipeline asks for.
#[derive(Clone, Deserialize)]
pub(crate) struct Params {
    pub(crate) attack: Attack,
    #[serde(default)]
    at: Option<Entry>,
    #[serde(default)]
    ask: String,
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

    /// Attacks, if this function is the one that is to. What it was asked for it tells in the log.
    pub(crate) fn strike(&self, here: Entry) -> Result<(), Error> {
        self.tell(here)?;
        match self.at {
            Some(at) if at == here => violence::attack(self.attack),
            _ => Ok(()),
        }
    }

    /// Asks, if this function is the one that is to, and tells the answer in the log.
    pub(crate) fn tell(&self, here: Entry) -> Result<Option<String>, Error> {
        let answer = self.answer(here)?;
        if let Some(answer) = &answer {
            log::log(log::Level::Info, answer);
        }
        Ok(answer)
    }

    /// The answer to what is asked for, if this function is the one that is to ask.
    pub(crate) fn answer(&self, here: Entry) -> Result<Option<String>, Error> {
        match self.attack == Attack::Ask && self.at == Some(here) {
            true => wasi::answer(&self.ask).map(Some),
            false => Ok(None),
        }
    }

    /// The attack, once more than `after_rows` rows were seen; before that, none.
    /// None either when a certain function is to do it.
    pub(crate) fn due(&self, rows: u64) -> Attack {
        if rows > self.after_rows && self.at.is_none() {
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

/// The functions that can attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Entry {
    FolderOpen,
    FolderColumns,
    Update,
    Merge,
    State,
    TrainerOpen,
    TrainerColumns,
    Fit,
    TransformerOpen,
    TransformerColumns,
    Output,
    Apply,
    Finish,
    Assess,
}

/// One way to hurt the host, grouped by the function that does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Attack {
    /// Behave.
    None,

    // Any function
    Ask,
    Panic,
    Loop,
    Talk,
    Memory,
    ManySmall,
    OneBig,

    // `folder.open` and `columns`
    PanicInOpen,
    UnknownColumn,
    ColumnsTwice,
    ManyColumns,
    OddColumn,

    // `folder.update`, or any function
    PanicInUpdate,
    IndexOutOfBounds,
    StackOverflow,
    DeepRecursion,
    FrameOverflow,
    EndlessLoop,
    EndlessFilling,
    EndlessMemory,
    EndlessTalk,
    MuchTalk,
    LongLine,
    EndlessMetrics,
    OddMetrics,
    EndlessProgress,
    EmitInUpdate,
    UnknownErrorKind,
    Transient,
    HugeErrorMessage,
    EscapeCodes,
    Markup,
    TurnedText,
    BadPointer,
    TrapAndReturn,

    // `state`
    HugeState,
    EmptyState,
    PoisonedState,
    PoisonedWhole,

    // `trainer.fit`
    EndlessScan,
    ScanForEver,
    ManyScans,
    KeptScans,
    ScanBeyondTheEnd,

    // `transformer.output`
    UnknownFormat,
    DeepNesting,
    DeeperNesting,
    MissingChildren,
    WrappingChildren,
    ChildrenOfALeaf,
    NulInFormat,
    HugeFormat,
    ColumnTwice,
    HugeWidth,
    NegativeWidth,
    WideDecimal,
    MapOfNumbers,
    DictionaryOfNothing,
    DictionaryOfDictionaries,
    ManyFields,
    BillionFields,
    HugeName,
    OddName,
    EmptyName,
    ManyMetadata,
    HugeMetadata,

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
    NullsBeyondLength,
    ValidityTooShort,
    TooManyBuffers,
    TooFewBuffers,
    TooManyArrays,
    TooFewArrays,
    WrongNumRows,
    WrongLength,
    OtherType,
    OtherTypeLater,
    DroppedRows,
    HugeBatch,
    RepeatedBuffer,
    EndlessEmit,
    EndlessEmptyEmit,
    ListOffsetsOutside,
    KeyOutside,
    KeyNegative,
    ChildTooShort,
    RowsOfNothing,
    NullsOfNothing,
    EndlessNulls,

    // `transformer.finish`
    RowsAtTheEnd,

    // `report.assess`
    UnknownVerdict,
    UnknownSeverity,
    DetailsNotJson,
    DetailsAList,
    DetailsDeep,
    DetailsHuge,
    FigureNotJson,
    FigureDeep,
    FigureHuge,
    FigurePaths,
    OddNumbers,
    OddWords,
    MarkupInFindings,
    ManyFindings,
    ManyMetrics,
    ManyLabels,
    PassedAllTheSame,
}
