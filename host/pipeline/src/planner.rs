//! From a pipeline and the kinds of its plugins to a plan: what a step may be given, registered
//! as and gated by depends on the kind.

mod models;

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::gate::Rival;
use crate::graph::Graph;
use crate::kind::Kind;
use crate::pipeline::{Input, NamedInput, Pipeline, Reference, Step};
use crate::plan::{DatasetReference, Plan, PlannedStep, Work};

impl Pipeline {
    /// The plan of the pipeline, once the kinds of its plugins are known.
    ///
    /// # Errors
    /// Every input that the kind of a step does not take, every reference to a step of the wrong
    /// kind, and every key that is not for the kind.
    pub fn plan(&self, kind_of: impl Fn(&Step) -> Kind) -> Result<Plan, Diagnostics> {
        let mut kinds = HashMap::new();
        for step in self.steps.values() {
            let kind = kind_of(step);
            kinds.insert(step.name.as_str(), kind);
            // All iterations of a step have the same plugin.
            kinds.insert(step.written.as_str(), kind);
        }
        for switch in self.switches.values() {
            let mut of_cases = switch
                .cases
                .iter()
                .filter_map(|case| kinds.get(case.step.as_str()));
            if let Some(kind) = of_cases.next().copied() {
                kinds.insert(&switch.name, kind);
            }
        }
        let mut planner = Planner {
            pipeline: self,
            kinds,
            diagnostics: self.diagnostics(),
        };
        planner.check_cases();
        let graph = Graph::new(&self.steps, &self.loops, &self.switches);
        let names = |steps: &[usize]| {
            let steps = steps.iter().filter_map(|step| self.steps.get_index(*step));
            steps.map(|(name, _)| name.clone()).collect()
        };
        let mut steps = Vec::with_capacity(self.steps.len());
        for index in graph.order() {
            let Some((name, step)) = self.steps.get_index(index) else {
                continue;
            };
            planner.check_keys(step);
            if let Some(work) = planner.work(step) {
                planner.check_comparisons(step, &work);
                steps.push(PlannedStep {
                    name: name.clone(),
                    work,
                    needs: names(graph.needs(index)),
                });
            }
        }
        planner.diagnostics.into_result(Plan::new(steps))
    }
}

struct Planner<'a> {
    pipeline: &'a Pipeline,
    kinds: HashMap<&'a str, Kind>,
    diagnostics: Diagnostics,
}

impl Planner<'_> {
    fn kind(&self, step: &Step) -> Kind {
        self.kinds[step.name.as_str()]
    }

    /// Reports switches that would stand now for this and now for that.
    fn check_cases(&mut self) {
        for switch in self.pipeline.switches.values() {
            let Some(kind) = self.kinds.get(switch.name.as_str()).copied() else {
                continue;
            };
            let taken = self.pipeline.steps.values();
            let taken = taken.flat_map(|step| step.input.references());
            let is_taken = taken
                .into_iter()
                .any(|reference| reference.name == switch.name);
            let other = switch
                .cases
                .iter()
                .find(|case| self.kinds.get(case.step.as_str()) != Some(&kind));
            if let (true, Some(case)) = (is_taken, other) {
                self.diagnostics.push(
                    Diagnostic::new(format!(
                        "the cases of step `{}` are of several kinds, and its result is taken",
                        switch.name
                    ))
                    .at(case.span.clone())
                    .hint(format!(
                        "the first case is {}: give the others the same kind",
                        kind.described()
                    )),
                );
            }
        }
    }

    /// The plugin of a step, or of one that a loop or a switch stands for.
    fn plugin_of(&self, name: &str) -> String {
        match self.pipeline.first_of(name) {
            Some(step) => plugin_is(step, self.kind(step)),
            None => String::new(),
        }
    }

    /// Reports the keys of a step that are not for its kind.
    fn check_keys(&mut self, step: &Step) {
        let kind = self.kind(step);
        if let Some(span) = &step.places.register
            && kind != Kind::Trainer
        {
            self.diagnostics.push(
                Diagnostic::new(format!("step `{}` has no model to register", step.name))
                    .at(span.clone())
                    .label(plugin_is(step, kind))
                    .hint("move `register` to a step with a trainer"),
            );
        }
        if let Some(span) = &step.places.gate
            && !kind.reports_metrics()
        {
            self.diagnostics.push(
                Diagnostic::new(format!("step `{}` has no metrics for a gate", step.name))
                    .at(span.clone())
                    .label(plugin_is(step, kind))
                    .hint("move the gate to a validator, drift detector or evaluator"),
            );
        }
    }

    /// Reports gates that compare where there is nothing to compare, or nothing to compare with.
    fn check_comparisons(&mut self, step: &Step, work: &Work) {
        let kind = self.kind(step);
        for better_than in step
            .gates
            .iter()
            .filter_map(|gate| gate.better_than.as_ref())
        {
            let rival = &better_than.rival;
            let mistake = match work {
                Work::Evaluate { models, .. } => match models.as_slice() {
                    [model] => self.unregistered(model, rival),
                    _ => Some((
                        format!(
                            "step `{}` scores several models, and its gate can be for one only",
                            step.name
                        ),
                        "add a step that scores the one model, and move the gate there".to_owned(),
                    )),
                },
                Work::CrossValidate { .. } => Some((
                    format!(
                        "step `{}` scores a model in folds, and so no single one",
                        step.name
                    ),
                    "add a step that scores the model on data held out, and move the gate there"
                        .to_owned(),
                )),
                _ => Some((
                    format!(
                        "step `{}` scores no model that could be better than another",
                        step.name
                    ),
                    format!(
                        "{} has gates with `minimum` and `maximum`",
                        kind.described()
                    ),
                )),
            };
            if let Some((message, hint)) = mistake {
                let diagnostic = Diagnostic::new(message).at(better_than.span()).hint(hint);
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// What to say of an alias of a model without a name.
    fn unregistered(&self, model: &str, rival: &Rival) -> Option<(String, String)> {
        let Rival::Model {
            name: None,
            version,
        } = rival
        else {
            return None;
        };
        let step = self.pipeline.steps.get(model)?;
        let missing = step.register.is_none() && self.kind(step) == Kind::Trainer;
        missing.then(|| {
            (
                format!("step `{model}` registers no model, of which there could be a `{version}`"),
                format!(
                    "add `register = \"…\"` to step `{model}`, or name the model: `\"…@{version}\"`"
                ),
            )
        })
    }

    fn work(&mut self, step: &Step) -> Option<Work> {
        match (self.kind(step), &step.input) {
            (Kind::Validator, Input::Dataset(input)) => Some(Work::Validate {
                input: self.dataset(input)?,
                reference: None,
            }),
            (Kind::Validator, Input::Named(inputs)) => {
                self.check_named(step, inputs, &["data", "reference"]);
                let input = self.named_dataset(step, inputs, "data");
                let reference = self.named_dataset(step, inputs, "reference");
                Some(Work::Validate {
                    input: input?,
                    reference: Some(reference?),
                })
            }
            (Kind::Preprocessor, Input::Dataset(input)) => Some(Work::Preprocess {
                input: self.dataset(input)?,
            }),
            (Kind::Trainer, Input::Dataset(input)) => Some(Work::Train {
                input: self.dataset(input)?,
                register: step.register.clone(),
                alias: step.alias.clone(),
            }),
            (Kind::DriftDetector, Input::Named(inputs)) => {
                self.check_named(step, inputs, &["reference", "current", "model"]);
                let reference = self.named_dataset(step, inputs, "reference");
                let current = self.named_dataset(step, inputs, "current");
                let model = match find(inputs, "model") {
                    Some(input) => Some(self.predicting(input)?),
                    None => None,
                };
                Some(Work::DetectDrift {
                    reference: reference?,
                    current: current?,
                    model,
                })
            }
            (Kind::Evaluator, Input::Named(inputs)) => {
                self.check_named(step, inputs, &["model", "models", "data"]);
                let models = self.models(step, inputs);
                let data = self.named_dataset(step, inputs, "data");
                let folds = step.folds();
                if !folds.is_empty() {
                    let model = models?.into_iter().next()?;
                    return Some(Work::CrossValidate { model, folds });
                }
                Some(Work::Evaluate {
                    models: models?,
                    data: data?,
                })
            }
            (kind, _) => {
                self.diagnostics.push(
                    Diagnostic::new(format!("wrong form of input for step `{}`", step.name))
                        .at(step.input_span())
                        .label(plugin_is(step, kind))
                        .hint(input_of(kind)),
                );
                None
            }
        }
    }

    /// Reports the keys of an input table that are not for the kind of the step.
    fn check_named(&mut self, step: &Step, inputs: &[NamedInput], allowed: &[&str]) {
        let kind = self.kind(step);
        for input in inputs {
            if !allowed.contains(&input.key.as_str()) {
                let message = format!("key `{}` is not for {}", input.key, kind.described());
                self.diagnostics.push(
                    Diagnostic::new(message)
                        .at(input.key_span.clone())
                        .label(plugin_is(step, kind))
                        .hint(input_of(kind)),
                );
            }
        }
    }

    fn named_dataset(
        &mut self,
        step: &Step,
        inputs: &[NamedInput],
        key: &str,
    ) -> Option<DatasetReference> {
        let Some(input) = find(inputs, key) else {
            self.report_missing(step, key);
            return None;
        };
        self.dataset(input.references.first()?)
    }

    fn report_missing(&mut self, step: &Step, key: &str) {
        let kind = self.kind(step);
        self.diagnostics.push(
            Diagnostic::new(format!(
                "missing key `{key}` in the input of step `{}`",
                step.name
            ))
            .at(step.input_span())
            .label(plugin_is(step, kind))
            .hint(input_of(kind)),
        );
    }

    fn dataset(&mut self, reference: &Reference) -> Option<DatasetReference> {
        let Some(kind) = self.kinds.get(reference.name.as_str()).copied() else {
            return Some(DatasetReference::Data(reference.name.clone()));
        };
        if kind.yields_data() {
            return Some(DatasetReference::Step(reference.name.clone()));
        }
        self.diagnostics.push(
            Diagnostic::new(format!("step `{}` cannot be used as data", reference.name))
                .at(reference.span.clone())
                .label(self.plugin_of(&reference.name))
                .hint(
                    "name data, or a step with a validator, preprocessor or trainer; to only wait \
                     for a step, name it in `after`",
                ),
        );
        None
    }
}

fn find<'a>(inputs: &'a [NamedInput], key: &str) -> Option<&'a NamedInput> {
    inputs.iter().find(|input| input.key == key)
}

fn plugin_is(step: &Step, kind: Kind) -> String {
    format!("its plugin `{}` is {}", step.plugin, kind.described())
}

/// What a kind takes in, as a hint.
fn input_of(kind: Kind) -> String {
    let form = match kind {
        Kind::Validator => "input = \"…\"` or `input = { data = \"…\", reference = \"…\" }",
        Kind::Preprocessor | Kind::Trainer => "input = \"…\"",
        Kind::DriftDetector => {
            "input = { reference = \"…\", current = \"…\" }`, and for drift of predictions `model = \"…\""
        }
        Kind::Evaluator => "input = { model = \"…\", data = \"…\" }",
    };
    format!("{} takes `{form}`", kind.described())
}
