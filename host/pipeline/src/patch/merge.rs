//! The rule by which a patch is merged: tables key by key, everything else replaces what was there.

use super::{change::Change, path};
use crate::node::{Content, Entry};

/// Puts `patch` over `base`, both of them the entries of the table at `at`. What was there keeps
/// its position, and what is new comes after it in the order of the patch.
pub(crate) fn merge(base: &mut Vec<Entry>, patch: Vec<Entry>, at: &str, changes: &mut Vec<Change>) {
    for new in patch {
        let path = path::join(at, &new.name);
        let Some(old) = base.iter_mut().find(|entry| entry.name == new.name) else {
            changes.push(Change {
                path,
                before: None,
                after: Some(new.clone()),
            });
            base.push(new);
            continue;
        };
        match (&mut old.node.content, new.node.content) {
            (Content::Table(old), Content::Table(new)) => merge(old, new, &path, changes),
            (_, content) => {
                let new = Entry {
                    node: crate::node::Node::new(new.node.span, content),
                    ..new
                };
                if old.node.is_same(&new.node) {
                    continue;
                }
                let before = std::mem::replace(old, new.clone()).node;
                changes.push(Change {
                    path,
                    before: Some(before),
                    after: Some(new),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
