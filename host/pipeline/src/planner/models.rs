//! Which models a step reads: those that an evaluator scores, and the one that predicts the tables of
//! a drift detector.

use super::{Planner, find, plugin_is};
use crate::diagnostic::Diagnostic;
use crate::kind::Kind;
use crate::pipeline::{NamedInput, Reference, Step};
use crate::plan::ModelReference;

impl Planner<'_> {
    /// The trainer steps of an evaluator.
    pub(super) fn models(&mut self, step: &Step, inputs: &[NamedInput]) -> Option<Vec<String>> {
        let input = match (find(inputs, "model"), find(inputs, "models")) {
            (Some(input), None) | (None, Some(input)) => input,
            (Some(model), Some(models)) => {
                self.diagnostics.push(
                    Diagnostic::new("`model` and `models` exclude each other")
                        .at(models.key_span.clone())
                        .related(model.key_span.clone(), "the other one")
                        .hint(
                            "write `model = \"…\"` for one, `models = [\"…\", \"…\"]` for several",
                        ),
                );
                return None;
            }
            (None, None) => {
                self.report_missing(step, "model");
                return None;
            }
        };
        if let Some(registered) = &input.registered {
            self.diagnostics.push(
                Diagnostic::new(format!(
                    "step `{}` cannot score a registered model",
                    step.name
                ))
                .at(registered.span.clone())
                .label(plugin_is(step, self.kind(step)))
                .hint(
                    "name a step with a trainer; a gate with `better_than` compares its model \
                         with registered ones, and so does `host ab`",
                ),
            );
            return None;
        }
        let mut names: Vec<String> = Vec::new();
        for reference in &input.references {
            self.check_model(reference);
            let collected = self.collected(&reference.name);
            if !collected.is_empty() {
                names.extend(collected);
                continue;
            }
            if names.contains(&reference.name) {
                self.diagnostics.push(
                    Diagnostic::new(format!("model `{}` is named twice", reference.name))
                        .at(reference.span.clone())
                        .hint("remove one of the two"),
                );
            }
            names.push(reference.name.clone());
        }
        Some(names)
    }

    /// The one model that predicts the tables of a drift detector.
    pub(super) fn predicting(&mut self, input: &NamedInput) -> Option<ModelReference> {
        if let Some(registered) = &input.registered {
            return Some(ModelReference::Registered(registered.version.clone()));
        }
        let reference = input.references.first()?;
        self.check_model(reference);
        Some(ModelReference::Step(reference.name.clone()))
    }

    /// The iterations of a step in a loop that hands on all of them.
    fn collected(&self, name: &str) -> Vec<String> {
        let loops = self.pipeline.loops.values();
        let mut loops = loops.filter(|found| !found.hands_on_one());
        let Some(found) = loops.find(|found| found.body.iter().any(|step| step == name)) else {
            return Vec::new();
        };
        let iterations = 0..found.items.most();
        iterations
            .filter_map(|index| found.instance(name, index))
            .collect()
    }

    fn check_model(&mut self, reference: &Reference) {
        let Some(kind) = self.kinds.get(reference.name.as_str()).copied() else {
            return;
        };
        if kind == Kind::Trainer {
            return;
        }
        let mut trainers: Vec<String> = Vec::new();
        for step in self.pipeline.steps.values() {
            let name = format!("`{}`", step.written);
            if self.kind(step) == Kind::Trainer && !trainers.contains(&name) {
                trainers.push(name);
            }
        }
        let hint = if trainers.is_empty() {
            "add a step with a trainer".to_owned()
        } else {
            format!("steps with a trainer: {}", trainers.join(", "))
        };
        self.diagnostics.push(
            Diagnostic::new(format!("step `{}` makes no model", reference.name))
                .at(reference.span.clone())
                .label(self.plugin_of(&reference.name))
                .hint(hint),
        );
    }
}
