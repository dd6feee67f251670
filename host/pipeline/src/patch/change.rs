//! What a patch has changed: at which path, from what to what.

use serde_json::Value;

use super::overrides::Patch;
use crate::node::{Entry, Node};

/// A patch with what it has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct AppliedPatch {
    /// The patch.
    pub patch: Patch,
    /// What it has changed; nothing only if it was taken over from an earlier run.
    pub changes: Vec<PatchChange>,
}

/// A value that a patch has changed. References to parameters are as they are written.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchChange {
    /// Where it is: `steps.tree.with.max_depth`.
    pub path: String,
    /// What was there, if anything was.
    pub before: Option<Value>,
    /// What is there now; nothing if it was removed.
    pub after: Option<Value>,
}

/// What to say of something that is not there because a patch has removed it.
pub(crate) fn removed(patches: &[AppliedPatch], path: &str) -> Option<String> {
    let remover = patches.iter().find(|applied| {
        let mut changes = applied.changes.iter();
        changes.any(|change| change.path == path && change.after.is_none())
    })?;
    Some(format!("`{}` removes `{path}`", remover.patch))
}

/// The same, as it is collected.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) path: String,
    pub(crate) before: Option<Node>,
    pub(crate) after: Option<Entry>,
}

impl Change {
    pub(crate) fn to_public(&self) -> PatchChange {
        PatchChange {
            path: self.path.clone(),
            before: self.before.as_ref().map(Node::to_json_or_text),
            after: self
                .after
                .as_ref()
                .map(|entry| entry.node.to_json_or_text()),
        }
    }
}

/// One change for each path: what was removed and set again has been replaced.
pub(crate) fn combined(changes: Vec<Change>) -> Vec<Change> {
    let mut combined: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        match combined.iter_mut().find(|other| other.path == change.path) {
            Some(earlier) => earlier.after = change.after,
            None => combined.push(change),
        }
    }
    combined.retain(|change| match (&change.before, &change.after) {
        (Some(before), Some(after)) => !before.is_same(&after.node),
        (None, None) => false,
        _ => true,
    });
    combined
}
