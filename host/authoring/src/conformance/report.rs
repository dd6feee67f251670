//! What came of the checks, in words and for programs.

use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The plugin does what it must.
    Passed,
    /// It does not.
    Failed,
    /// There is nothing of the sort to look at.
    NotApplicable,
}

impl Status {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotApplicable => "not applicable",
        }
    }
}

/// One thing that a plugin must do, and whether it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Lower-case words joined by `_`; of an example, its name.
    pub name: String,
    /// How it ended.
    pub status: Status,
    /// What was seen.
    pub reason: String,
    /// What the author may do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Everything that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The plugin's name, with its version where it has one.
    pub plugin: String,
    /// `sha256:<hex>` of the component.
    pub digest: String,
    /// Whether no check has failed.
    pub passed: bool,
    /// What every plugin must do.
    pub checks: Vec<Check>,
    /// What its author expects of it.
    pub examples: Vec<Check>,
}

impl Report {
    pub(crate) fn new(
        plugin: String,
        digest: String,
        checks: Vec<Check>,
        examples: Vec<Check>,
    ) -> Self {
        let mut all = checks.iter().chain(&examples);
        let passed = all.all(|check| check.status != Status::Failed);
        Self {
            plugin,
            digest,
            passed,
            checks,
            examples,
        }
    }

    /// How many checks and examples have ended so.
    pub fn count(&self, status: Status) -> usize {
        let all = self.checks.iter().chain(&self.examples);
        all.filter(|check| check.status == status).count()
    }
}

/// What a check found in one case: nothing to object to, or what is wrong.
pub(crate) type Found = Result<Seen, Objection>;

/// Nothing to object to.
pub(crate) enum Seen {
    /// It was looked at.
    Good(String),
    /// There was nothing to look at.
    Nothing(String),
}

/// What is wrong, and what the author may do about it.
pub(crate) struct Objection {
    pub(crate) reason: String,
    pub(crate) hint: Option<String>,
}

impl Objection {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            hint: None,
        }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

pub(crate) fn good(words: impl Into<String>) -> Found {
    Ok(Seen::Good(words.into()))
}

pub(crate) fn nothing(words: impl Into<String>) -> Found {
    Ok(Seen::Nothing(words.into()))
}

pub(crate) fn wrong(words: impl Into<String>) -> Found {
    Err(Objection::new(words))
}
