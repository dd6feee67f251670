//! What is put over a pipeline file for one run: profiles of the file, patch files, and single
//! values.
//!
//! They are applied one after the other, before anything of the pipeline is read, so that a value
//! is checked at the place that has set it: profiles first, then patch files, then single values,
//! each in the order in which they are given. Parameters by name come last.
//!
//! A profile `[profiles.<name>]` and a patch file hold the same keys as a pipeline, but for
//! `mlhost`, `name` and `profiles`. The rules by which they are merged:
//!
//! - A table is merged with a table, key by key. Steps and data are keys of a table: they are
//!   merged by name, and those that are new are added after the others.
//! - Everything else replaces what was there: numbers, texts, lists as a whole, and a table a value
//!   or a value a table.
//! - Nothing goes away by itself: `remove = ["steps.drift", "data.train.sample"]` names what does.
//!   What a patch removes goes before what it sets, so that it can replace a table as a whole.
//! - A single value, `steps.tree.with.max_depth=8`, is a TOML value, else a text. It may set any
//!   key of a step, of data and of parameters that are there, and adds none of these.
//! - Whatever changes nothing is a mistake, so that no patch is silently without effect.

mod apply;
mod change;
mod check;
mod layer;
mod merge;
mod overrides;
mod path;
mod removal;
mod setting;

pub(crate) use apply::apply;
pub(crate) use change::removed;
pub use change::{AppliedPatch, PatchChange};
pub(crate) use overrides::Placed;
pub use overrides::{Overrides, Patch};
