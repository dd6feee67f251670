//! A pipeline as it was written, checked as far as that goes without knowing the plugins. The
//! steps keep their places in the file, so that later checks can point at them.

use std::collections::BTreeMap;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::allow::Allow;
use crate::column_type::ColumnType;
use crate::compression::Compression;
use crate::control::{Condition, Control, Folds, Items, Looping, Notification, OnFailure, Switch};
use crate::cross_validation::{FoldedData, fold_of};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::format::{CsvOptions, Format};
use crate::gate::Gate;
use crate::limit::LimitSet;
use crate::location::StoreOptions;
use crate::model_version::RegisteredReference;
use crate::node::{Entry, Node};
use crate::params::Params;
use crate::patch::AppliedPatch;
use crate::reference::PluginReference;
use crate::selection::{Selection, Split};
use crate::source::{Source, Span};
use crate::sources::Sources;
use crate::trigger::Triggers;
use crate::unroll::{Iteration, Loop};

/// The content of a pipeline file, with what was put over it.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// The name of the pipeline.
    pub name: String,
    /// The experiment that its models enter, if it says.
    pub experiment: Option<String>,
    /// The seed that every random choice starts from.
    pub seed: u64,
    /// The parameters with their overrides applied: scalars and lists of scalars.
    pub params: Map<String, Value>,
    /// The tables that are read, in the order of the file.
    pub data: IndexMap<String, Data>,
    /// The steps in the order of the file, which need not be the order of running. A step in a
    /// loop is there once for each iteration.
    pub steps: IndexMap<String, Step>,
    /// The loops, by the step that has the key `for_each`, `zip` or `repeat`.
    pub loops: IndexMap<String, Loop>,
    /// The steps that pick one of several others.
    pub switches: IndexMap<String, Switch>,
    /// The data that cross-validations divide, by the step that does.
    pub folded: IndexMap<String, FoldedData>,
    /// Who is told how a run has ended.
    pub notifications: IndexMap<String, Notification>,
    /// What the plugins of all steps may use, where a step does not say.
    pub limits: LimitSet,
    /// The longest that a run may take.
    pub deadline: Option<Duration>,
    /// What starts it by itself, where a process waits for that.
    pub triggers: Triggers,
    /// How many of its latest runs are kept, if it says.
    pub keep_runs: Option<u32>,
    /// What was put over the file, in the order in which it was applied.
    pub patches: Vec<AppliedPatch>,
    /// The parameters as the readers of steps use them.
    pub(crate) declared: Params,
    /// The files that it includes, by their paths from its folder.
    pub included: BTreeMap<String, Source>,
    pub(crate) sources: Sources,
    /// The file with everything put over it, and parameters with their values.
    pub(crate) document: Vec<Entry>,
}

impl Pipeline {
    /// The file the pipeline was read from.
    pub fn source(&self) -> &Source {
        self.sources.first()
    }

    /// The step that a name stands for: of a loop that of the first iteration, of a switch that of
    /// the first case.
    pub fn first_of(&self, name: &str) -> Option<&Step> {
        let first = || {
            self.loops
                .values()
                .find_map(|found| found.instance(name, 0))
        };
        let case = || self.first_of(&self.switches.get(name)?.cases.first()?.step);
        let step = self.steps.get(name);
        step.or_else(|| self.steps.get(&first()?)).or_else(case)
    }

    /// The steps whose failure calls the step or the notification of this name.
    pub fn callers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Step> {
        let steps = self.steps.values();
        steps.filter(move |step| match &step.control.on_failure {
            OnFailure::Step(called, _) => called == name,
            OnFailure::Stop | OnFailure::Continue => false,
        })
    }

    /// An empty list for the file of this pipeline and what was put over it, for later checks to push
    /// into.
    pub fn diagnostics(&self) -> Diagnostics {
        Diagnostics::new(self.sources.clone())
    }
}

/// A table that is read from files.
#[derive(Debug, Clone)]
pub struct Data {
    /// The name that steps use.
    pub name: String,
    /// A path or glob, relative to the folder of the pipeline file, or an address such as
    /// `s3://bucket/key`.
    pub path: String,
    /// The format of the files.
    pub format: Format,
    /// How the files are written if they are CSV; the defaults otherwise.
    pub csv: CsvOptions,
    /// How text files are compressed; the ending of each file says so if it is not stated.
    pub compression: Option<Compression>,
    /// All columns of text files in their order, with their types; inferred if they are not stated.
    pub schema: Option<IndexMap<String, ColumnType>>,
    /// How to get at files that are in an object store.
    pub store: StoreOptions,
    /// Which of their columns and rows the table has.
    pub selection: Selection,
    pub(crate) path_span: Span,
    /// The table as it is written.
    pub(crate) node: Node,
}

impl Data {
    /// Where the path is written.
    pub fn path_span(&self) -> Span {
        self.path_span.clone()
    }

    /// A diagnostic at the value that a JSON pointer ([RFC 6901]) reaches in the table:
    /// `/where/0/2` is what the first comparison compares with. Where the file has no such value,
    /// the nearest existing parent is shown, and the path if there is none.
    ///
    /// [RFC 6901]: https://www.rfc-editor.org/rfc/rfc6901
    pub fn diagnostic_at(&self, pointer: &str, message: impl Into<String>) -> Diagnostic {
        let mut place = self.node.place(pointer);
        if pointer == "/split/columns/0" && place.depth == 1 {
            // The short form for one column.
            place = self.node.place("/split/column");
        }
        let diagnostic = Diagnostic::new(message);
        if place.depth == 0 {
            return diagnostic.at(self.path_span());
        }
        let diagnostic = diagnostic.at(place.node.span.clone());
        match place.node.parameter_label() {
            Some(label) => diagnostic.label(label),
            None => diagnostic,
        }
    }

    /// The names of its tables: its own, and one for each side of its split.
    pub fn table_names(&self) -> Vec<String> {
        let sides = self.selection.split.iter().flat_map(Split::sides);
        let sides = sides.map(|side| format!("{}.{}", self.name, side.name()));
        std::iter::once(self.name.clone()).chain(sides).collect()
    }
}

/// One use of a plugin.
#[derive(Debug, Clone)]
pub struct Step {
    /// The name of the step.
    pub name: String,
    /// The plugin it uses.
    pub plugin: PluginReference,
    /// What it takes in.
    pub input: Input,
    /// The parameters of the plugin: a JSON object, empty if the file has none.
    pub with: Value,
    /// What its metrics must be, in the order of the file.
    pub gates: Vec<Gate>,
    /// The name under which its model is registered when the run passes.
    pub register: Option<String>,
    /// The alias that is moved to that version with it.
    pub alias: Option<String>,
    /// The names of steps that must have ended before this one starts.
    pub after: Vec<String>,
    /// The longest that the step may run.
    pub timeout: Option<Duration>,
    /// The most memory that one instance of the plugin may use, in bytes.
    pub memory: Option<u64>,
    /// What its plugin may use, as far as the step says: `timeout` and `memory` among it.
    pub limits: LimitSet,
    /// What its plugin may reach beside its rows.
    pub allow: Allow,
    /// When it runs, and what follows if it fails.
    pub control: Control,
    /// The name that it has in the file: in a loop, all iterations of a step have the same.
    pub written: String,
    /// Which iteration of a loop it is, if it is in one.
    pub iteration: Option<Iteration>,
    pub(crate) looping: Option<Looping>,
    /// How its rows are divided for a cross-validation, and where that is written.
    pub(crate) folds: Option<(Folds, Span)>,
    pub(crate) places: StepPlaces,
}

/// Where the parts of a step are written.
#[derive(Debug, Clone)]
pub(crate) struct StepPlaces {
    pub(crate) name: Span,
    pub(crate) plugin: Span,
    pub(crate) input: Span,
    pub(crate) register: Option<Span>,
    pub(crate) gate: Option<Span>,
    pub(crate) after: Vec<Span>,
    pub(crate) allow: Option<Span>,
    /// The key `with` and its value.
    pub(crate) with: Option<(Span, Node)>,
    /// `with` before anything is put in, where variables of a loop are to be.
    pub(crate) template: Option<Entry>,
}

impl Step {
    /// Whether a gate compares its model with another one.
    pub fn compares(&self) -> bool {
        self.gates.iter().any(|gate| gate.better_than.is_some())
    }

    /// Where the name is written.
    pub fn name_span(&self) -> Span {
        self.places.name.clone()
    }

    /// Where the plugin is named.
    pub fn plugin_span(&self) -> Span {
        self.places.plugin.clone()
    }

    /// Where the input is written.
    pub fn input_span(&self) -> Span {
        self.places.input.clone()
    }

    /// Where `allow` is written, or the plugin if it is not.
    pub fn allow_span(&self) -> Span {
        let written = self.places.allow.clone();
        written.unwrap_or_else(|| self.plugin_span())
    }

    /// Where the name of the registered model is written, or the plugin if there is none.
    pub fn register_span(&self) -> Span {
        self.places
            .register
            .clone()
            .unwrap_or_else(|| self.plugin_span())
    }

    /// A diagnostic at the value that a JSON pointer ([RFC 6901]) reaches in `with`: `""` is the
    /// whole table, `/columns/0` the first column. Where the file has no such value, for example
    /// because a plugin misses it, the nearest existing parent is shown, and the plugin if there
    /// is no `with`.
    ///
    /// [RFC 6901]: https://www.rfc-editor.org/rfc/rfc6901
    pub fn diagnostic_at(&self, pointer: &str, message: impl Into<String>) -> Diagnostic {
        self.locate(pointer, message.into(), false)
    }

    /// As [`diagnostic_at`](Self::diagnostic_at), but at the key of the value where it has one:
    /// for keys that should not be there.
    pub fn diagnostic_at_key(&self, pointer: &str, message: impl Into<String>) -> Diagnostic {
        self.locate(pointer, message.into(), true)
    }

    /// The names of the data and steps whose results it takes, or that it is after: if one of
    /// these has not done its work, the step is skipped.
    pub fn requires(&self) -> impl Iterator<Item = &str> {
        let inputs = self.input.references();
        let inputs = inputs.map(|reference| reference.name.as_str());
        inputs.chain(self.after.iter().map(String::as_str))
    }

    /// Whether it follows a failure of `other` whose `on_failure` names it: in one loop only if both
    /// are of one iteration.
    pub fn may_follow(&self, other: &Self) -> bool {
        match (&self.iteration, &other.iteration) {
            (Some(own), Some(other)) if own.of == other.of => own.index == other.index,
            _ => true,
        }
    }

    /// The steps that score the folds of its cross-validation.
    pub fn folds(&self) -> Vec<String> {
        let count = self.folds.as_ref().map_or(0, |(folds, _)| folds.count());
        (0..count).map(|fold| fold_of(&self.name, fold)).collect()
    }

    /// The expressions that it has.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let looping = self.looping.as_ref();
        let looping = looping.and_then(|looping| looping.items.condition());
        self.control.when.iter().chain(looping)
    }

    /// The names of the data and steps it refers to, also those that it only asks how they ended.
    pub(crate) fn referenced_names(&self) -> impl Iterator<Item = &str> {
        let looping = self.looping.as_ref();
        // What a repetition goes on until is asked when it has run.
        let until = looping.and_then(|looping| match looping.items.as_ref() {
            Items::Until { until, .. } => Some(until.span()),
            Items::Known(_) | Items::Listed { .. } => None,
        });
        let asked = self
            .conditions()
            .filter(move |condition| Some(condition.span()) != until);
        let asked = asked.flat_map(|condition| condition.expression.steps());
        self.requires().chain(asked)
    }

    /// Where it refers to `name`.
    pub(crate) fn reference_span(&self, name: &str) -> Option<Span> {
        let mut inputs = self.input.references();
        let input = inputs.find(|reference| reference.name == name);
        let mut after = self.after.iter().zip(&self.places.after);
        input
            .map(|reference| &reference.span)
            .or_else(|| {
                after
                    .find(|(after, _)| *after == name)
                    .map(|(_, span)| span)
            })
            .cloned()
            .or_else(|| {
                let when = self.control.when.as_ref()?;
                let named = when.expression.steps().any(|step| step == name);
                named.then(|| when.span())
            })
    }

    fn locate(&self, pointer: &str, message: String, at_key: bool) -> Diagnostic {
        let Some((with_span, with)) = &self.places.with else {
            return Diagnostic::new(message).at(self.plugin_span());
        };
        let place = with.place(pointer);
        let span = match (place.depth, place.key_span) {
            (0, _) => with_span.clone(),
            (_, Some(key_span)) if at_key => key_span,
            _ => place.node.span.clone(),
        };
        let diagnostic = Diagnostic::new(message).at(span);
        match place.node.parameter_label() {
            Some(label) => diagnostic.label(label),
            None => diagnostic,
        }
    }
}

/// What a step takes in, as it is written; [`Pipeline::plan`] says what it means for the kind of
/// the plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// `input = "train"`: one table.
    Dataset(Reference),
    /// `input = { model = "tree", data = "test" }`: several things by name.
    Named(Vec<NamedInput>),
}

impl Input {
    /// All references, in the order of the file.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let (single, named) = match self {
            Self::Dataset(reference) => (Some(reference), [].as_slice()),
            Self::Named(inputs) => (None, inputs.as_slice()),
        };
        single
            .into_iter()
            .chain(named.iter().flat_map(|input| &input.references))
    }
}

/// One key of an input table with what it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedInput {
    /// `model`, `models`, `data`, `reference` or `current`.
    pub key: String,
    /// Where the key is written.
    pub key_span: Span,
    /// One reference; any number for `models`, and none where a registered model is named.
    pub references: Vec<Reference>,
    /// The version of a registered model, where the key `model` names one.
    pub registered: Option<RegisteredReference>,
}

/// The name of data or of a step, and where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The name.
    pub name: String,
    /// Where it is written.
    pub span: Span,
}
