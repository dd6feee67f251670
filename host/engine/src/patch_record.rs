//! What was put over the pipeline of a run, as its record keeps it: enough to do the same again, and
//! what has come of it.

use std::fmt;

use mlhost_pipeline::{AppliedPatch, Overrides, Patch, Source};
use mlhost_store::Digest;
use serde::{Deserialize, Serialize};

use crate::{RunRecord, ValueChange};

/// A patch with what it has changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PatchRecord {
    /// What it is.
    pub kind: PatchKind,
    /// The name of the profile, the file as it was named, or `path=value`.
    pub from: String,
    /// SHA-256 of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The text of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where, from what and to what.
    pub changes: Vec<ValueChange>,
}

/// What a patch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatchKind {
    /// A profile of the pipeline file.
    Profile,
    /// A file.
    File,
    /// A single value.
    Set,
}

impl PatchRecord {
    /// The record of a patch.
    pub fn of(applied: &AppliedPatch) -> Self {
        let (kind, from, text) = match &applied.patch {
            Patch::Profile(name) => (PatchKind::Profile, name.clone(), None),
            Patch::File(source) => {
                let text = source.text().to_owned();
                (PatchKind::File, source.name().to_owned(), Some(text))
            }
            Patch::Set(text) => (PatchKind::Set, text.clone(), None),
        };
        let digest = text.as_deref().map(str::as_bytes).map(Digest::of);
        let changes = applied.changes.iter().map(|change| ValueChange {
            at: change.path.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        });
        Self {
            kind,
            from,
            digest: digest.map(|digest| digest.to_string()),
            text,
            changes: changes.collect(),
        }
    }

    fn patch(&self) -> Patch {
        match self.kind {
            PatchKind::Profile => Patch::Profile(self.from.clone()),
            PatchKind::File => {
                let text = self.text.clone().unwrap_or_default();
                Patch::File(Source::new(self.from.as_str(), text))
            }
            PatchKind::Set => Patch::Set(self.from.clone()),
        }
    }
}

/// As it is given on the command line.
impl fmt::Display for PatchRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.patch().fmt(f)
    }
}

impl RunRecord {
    /// All that was put over the pipeline, to be put over it once more.
    pub fn overrides(&self) -> Overrides {
        let patches = self.patches.iter().map(PatchRecord::patch);
        let mut overrides = Overrides::new(patches, self.given.clone()).recorded();
        for (path, text) in &self.included {
            overrides.include(path.clone(), Source::new(path.as_str(), text.as_str()));
        }
        overrides
    }
}
