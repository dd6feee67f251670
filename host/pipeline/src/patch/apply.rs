//! Puts one patch after the other over a pipeline, and collects what each has changed.

use super::change::{self, AppliedPatch, Change};
use super::check;
use super::layer::Layer;
use super::merge::merge;
use super::overrides::{Patch, Placed};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::Entry;
use crate::reader;

/// Applies the patches to the entries at the top of a pipeline, of which `keys` are known, and takes
/// the profiles out of them. Nothing, with diagnostics, if a patch cannot be read at all: whether
/// the rest of the pipeline is right depends on it.
pub(crate) fn apply(
    root: &mut Vec<Entry>,
    patches: &[Placed],
    keys: &[&str],
    diagnostics: &mut Diagnostics,
) -> Option<Vec<AppliedPatch>> {
    let profiles = Profiles::take(root, keys, diagnostics);
    let mut applied = Vec::new();
    let mut added = Vec::new();
    let mut are_readable = true;
    for placed in patches {
        let layer = match &placed.given.patch {
            Patch::Profile(name) => profiles.find(name, diagnostics),
            _ => Layer::read(placed, keys, diagnostics),
        };
        are_readable &= layer.is_some();
        let Some(layer) = layer.filter(|_| are_readable) else {
            continue;
        };
        let is_recorded = placed.given.is_recorded;
        let changes = apply_one(root, layer, is_recorded, diagnostics);
        applied.push(AppliedPatch {
            patch: placed.given.patch.clone(),
            changes: changes.iter().map(Change::to_public).collect(),
        });
        if !is_recorded {
            added.extend(changes);
        }
    }
    check::added_parameters_are_used(&added, root, diagnostics);
    are_readable.then_some(applied)
}

fn apply_one(
    root: &mut Vec<Entry>,
    mut layer: Layer,
    is_recorded: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Change> {
    let mistakes = diagnostics.len();
    check::names_exist(&mut layer, root, diagnostics);
    if !check::path_leads_on(&layer, root, diagnostics) {
        return Vec::new();
    }
    let mut changes = Vec::new();
    for removal in &layer.removals {
        removal.apply(root, is_recorded, &mut changes, diagnostics);
    }
    merge(root, layer.entries.clone(), "", &mut changes);
    let changes = change::combined(changes);
    let is_right = !layer.has_mistakes && diagnostics.len() == mistakes;
    if changes.is_empty() && !is_recorded && is_right {
        check::report_unchanged(&layer, root, diagnostics);
    }
    changes
}

/// The profiles of a file. All are read, so that a mistake in one is found before it is used.
struct Profiles {
    /// The key that they are below, if there is one.
    entry: Option<Entry>,
    layers: Vec<(String, Option<Layer>)>,
}

impl Profiles {
    fn take(root: &mut Vec<Entry>, keys: &[&str], diagnostics: &mut Diagnostics) -> Self {
        let index = root.iter().position(|entry| entry.name == "profiles");
        let entry = index.map(|index| root.remove(index));
        let tables = entry
            .as_ref()
            .and_then(|entry| reader::table(&entry.node, "`profiles`", diagnostics))
            .unwrap_or_default();
        let mut layers = Vec::new();
        for profile in tables {
            let what = "the name of a profile";
            names::check(what, &profile.name, &profile.key_span, diagnostics);
            let layer = Layer::of_profile(profile, keys, diagnostics);
            layers.push((profile.name.clone(), layer));
        }
        Self { entry, layers }
    }

    fn find(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<Layer> {
        if let Some((_, layer)) = self.layers.iter().find(|(known, _)| known == name) {
            return layer.clone();
        }
        let message = format!("the pipeline has no profile `{}`", name.escape_debug());
        let known = self.layers.iter().map(|(known, _)| known.as_str());
        let diagnostic = Diagnostic::new(message);
        diagnostics.push(match &self.entry {
            Some(entry) => diagnostic
                .at(entry.key_span.clone())
                .label("they are declared here")
                .hint(names::hint(name, "profiles", known)),
            None => diagnostic.hint("declare it as a table, `[profiles.<name>]`"),
        });
        None
    }
}
