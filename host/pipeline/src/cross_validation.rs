//! Turns an evaluator with `folds` into the steps of a cross-validation: for each fold the
//! preprocessors and the trainer of its model are fitted anew on the other rows, and scored on
//! those of the fold. Nothing that was learned from a row is ever tested with it.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::control::Folds;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::kind::Kind;
use crate::pipeline::{Input, NamedInput, Pipeline, Reference, Step};
use crate::source::Span;

/// Data, or a side of its split, that is divided into folds.
#[derive(Debug, Clone)]
pub struct FoldedData {
    /// The table: `flights`, or `flights.train`.
    pub table: String,
    /// How it is divided.
    pub folds: Folds,
    pub(crate) span: Span,
}

impl FoldedData {
    /// Where the folds are written.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// The names of the tables of a fold, which is counted from zero: the rows to train with, and
    /// those to test with.
    pub fn tables(&self, step: &str, fold: u32) -> (String, String) {
        let of = format!("{}#{step}/{}", self.table, fold + 1);
        (format!("{of}/train"), format!("{of}/test"))
    }
}

impl Pipeline {
    /// Adds the steps of all cross-validations. What they are depends on the kinds of the plugins.
    ///
    /// # Errors
    /// Every step whose `folds` cannot be meant.
    pub fn cross_validate(&mut self, kind_of: impl Fn(&Step) -> Kind) -> Result<(), Diagnostics> {
        if self.steps.values().all(|step| step.folds.is_none()) {
            return Ok(());
        }
        let mut diagnostics = self.diagnostics();
        let kinds = self
            .steps
            .values()
            .map(|step| (step.name.clone(), kind_of(step)));
        let kinds: HashMap<String, Kind> = kinds.collect();
        let mut all = IndexMap::with_capacity(self.steps.len());
        let mut folded = IndexMap::new();
        for (name, step) in &self.steps {
            if let Some((folds, span)) = &step.folds {
                let unfolder = Unfolder {
                    pipeline: self,
                    kinds: &kinds,
                    step,
                    folds,
                    span,
                };
                if let Some((steps, data)) = unfolder.unfold(&mut diagnostics) {
                    all.extend(steps.into_iter().map(|step| (step.name.clone(), step)));
                    folded.insert(step.written.clone(), data);
                }
            }
            all.insert(name.clone(), step.clone());
        }
        self.steps = all;
        self.folded = folded;
        diagnostics.into_result(())
    }
}

/// What the step that scores a model with the rows of a fold is called.
pub(crate) fn fold_of(step: &str, fold: u32) -> String {
    format!("{step}/{}", fold + 1)
}

struct Unfolder<'a> {
    pipeline: &'a Pipeline,
    kinds: &'a HashMap<String, Kind>,
    /// The evaluator.
    step: &'a Step,
    folds: &'a Folds,
    span: &'a Span,
}

impl Unfolder<'_> {
    fn unfold(&self, diagnostics: &mut Diagnostics) -> Option<(Vec<Step>, FoldedData)> {
        let (model, data) = self.inputs(diagnostics)?;
        let chain = self.chain(model, diagnostics)?;
        let folded = FoldedData {
            table: data.name.clone(),
            folds: self.folds.clone(),
            span: self.span.clone(),
        };
        let mut steps = Vec::new();
        for fold in 0..self.folds.count() {
            let own = fold_of(&self.step.name, fold);
            // What is the same in all iterations of a loop is fitted once for all of them.
            let shared = fold_of(&self.step.written, fold);
            let (train, test) = folded.tables(&self.step.written, fold);
            let mut rows = train;
            for original in &chain {
                let mut copy = (*original).clone();
                let of = if original.iteration.is_some() {
                    &own
                } else {
                    &shared
                };
                copy.name = format!("{of}/{}", original.written);
                copy.input = Input::Dataset(Reference {
                    name: rows,
                    span: self.span.clone(),
                });
                copy.register = None;
                copy.alias = None;
                copy.gates.clear();
                rows = copy.name.clone();
                steps.push(copy);
            }
            let mut scored = self.step.clone();
            scored.name = own;
            scored.folds = None;
            scored.gates.clear();
            scored.input = self.scored_input(rows, test);
            steps.push(scored);
        }
        Some((steps, folded))
    }

    /// The model and the data of the evaluator.
    fn inputs(&self, diagnostics: &mut Diagnostics) -> Option<(&Reference, &Reference)> {
        let step = self.step;
        if self.kinds.get(&step.name) != Some(&Kind::Evaluator) {
            diagnostics.push(
                Diagnostic::new(format!(
                    "step `{}` has `folds`, and scores no model",
                    step.name
                ))
                .at(self.span.clone())
                .hint("move `folds` to a step with an evaluator"),
            );
            return None;
        }
        let Input::Named(inputs) = &step.input else {
            // The plan tells what is wrong with it.
            return None;
        };
        let named = |key: &str| {
            let input = inputs.iter().find(|input| input.key == key)?;
            input.references.first()
        };
        if let Some(models) = inputs.iter().find(|input| input.key == "models") {
            diagnostics.push(
                Diagnostic::new("a cross-validation is of one model")
                    .at(models.key_span.clone())
                    .related(self.span.clone(), "the folds")
                    .hint("write `model = \"…\"`, and a step for each further model"),
            );
            return None;
        }
        let (model, data) = (named("model")?, named("data")?);
        let is_data = self
            .pipeline
            .data
            .contains_key(data.name.split('.').next().unwrap_or_default());
        if !is_data {
            diagnostics.push(
                Diagnostic::new(format!(
                    "`{}` is no raw data, which folds are made of",
                    data.name
                ))
                .at(data.span.clone())
                .related(self.span.clone(), "the folds")
                .hint(
                    "name data, or a side of its split: the model brings its preprocessing along",
                ),
            );
            return None;
        }
        Some((model, data))
    }

    /// The steps that are fitted from raw data to the model, in their order.
    fn chain(&self, model: &Reference, diagnostics: &mut Diagnostics) -> Option<Vec<&Step>> {
        let mut chain = Vec::new();
        let mut name = &model.name;
        loop {
            let Some(step) = self.pipeline.steps.get(name) else {
                let in_data = self
                    .pipeline
                    .data
                    .contains_key(name.split('.').next().unwrap_or_default());
                if in_data {
                    break;
                }
                diagnostics.push(
                    Diagnostic::new(format!("`{name}` is chosen in the run, and cannot be fitted anew in folds"))
                        .at(model.span.clone())
                        .related(self.span.clone(), "the folds")
                        .hint("name a step with a trainer; a loop can `select` by a cross-validation of its own step"),
                );
                return None;
            };
            if matches!(
                self.kinds.get(name),
                Some(Kind::Preprocessor | Kind::Trainer)
            ) {
                chain.push(step);
            }
            let Input::Dataset(input) = &step.input else {
                return None;
            };
            name = &input.name;
        }
        chain.reverse();
        Some(chain)
    }

    fn scored_input(&self, model: String, test: String) -> Input {
        let input = |key: &str, name: String| NamedInput {
            key: key.to_owned(),
            key_span: self.span.clone(),
            references: vec![Reference {
                name,
                span: self.span.clone(),
            }],
            registered: None,
        };
        Input::Named(vec![input("model", model), input("data", test)])
    }
}
