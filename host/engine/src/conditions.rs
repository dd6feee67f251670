//! Checks the expressions of a pipeline against what its steps report: a metric that is not there
//! and a comparison of a number with a text are found before the run.

use std::collections::HashMap;

use mlhost_packages::Found;
use mlhost_pipeline::{
    Condition, Diagnostic, Diagnostics, Items, Kind, Loop, Pipeline, Step,
    expression::{Name, Type, Types, Within},
};
use serde_json::{Map, Value};

use crate::{Error, check::with_hint, schedule::Facts};

/// Reports every expression that is wrong whatever the run brings. `known` is what is known of
/// steps from a rehearsal.
pub(crate) fn check(
    pipeline: &Pipeline,
    plugins: &HashMap<String, Found>,
    known: &HashMap<String, Facts>,
    diagnostics: &mut Diagnostics,
) {
    let scope = |step: Option<&Step>, of: Option<&Loop>| Scope {
        pipeline,
        params: &pipeline.params,
        plugins,
        known,
        each: step.and_then(|step| step.iteration.as_ref()?.values.clone()),
        of: of.cloned(),
    };
    let loop_of = |step: &Step| Some(&pipeline.loops[&step.iteration.as_ref()?.of]);
    for step in pipeline.steps.values() {
        let is_first = step
            .iteration
            .as_ref()
            .is_none_or(|iteration| iteration.index == 0);
        if let (Some(when), true) = (&step.control.when, is_first) {
            expect(
                when,
                Type::Bool,
                &scope(Some(step), loop_of(step)),
                diagnostics,
            );
        }
    }
    for case in pipeline.switches.values().flat_map(|switch| &switch.cases) {
        if let Some(when) = &case.when {
            expect(when, Type::Bool, &scope(None, None), diagnostics);
        }
    }
    for notification in pipeline.notifications.values() {
        if let Some(when) = &notification.when {
            expect(when, Type::Bool, &scope(None, None), diagnostics);
        }
    }
    for of in pipeline.loops.values() {
        match &of.items {
            Items::Known(_) => {}
            Items::Until { until, .. } => {
                let first = of.first(0);
                let first = first.and_then(|first| pipeline.steps.get(&first));
                expect(until, Type::Bool, &scope(first, Some(of)), diagnostics);
            }
            Items::Listed { list, .. } => {
                let any = Type::List(Box::new(Type::Dyn));
                expect(list, any, &scope(None, None), diagnostics);
            }
        }
        check_select(of, known, diagnostics);
    }
}

pub(crate) fn expect(
    condition: &Condition,
    wanted: Type,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) {
    match condition.expression.check(scope) {
        Err(mistakes) => {
            for mistake in mistakes {
                diagnostics.push(condition.diagnostic(&mistake));
            }
        }
        Ok(found) => {
            let fits = match (&found, &wanted) {
                (Type::Dyn, _) | (Type::List(_), Type::List(_)) => true,
                _ => found == wanted,
            };
            if !fits {
                let message = format!(
                    "the expression gives {}, and {} is needed here",
                    found.described(),
                    wanted.described()
                );
                let hint = match wanted {
                    Type::Bool => "compare it with something, such as `… > 0.5`",
                    _ => "a list is `validate.findings.map(f, f.column)`, for example",
                };
                diagnostics.push(Diagnostic::new(message).at(condition.span()).hint(hint));
            }
        }
    }
}

/// Reports a metric that the judge of a loop does not report.
fn check_select(of: &Loop, known: &HashMap<String, Facts>, diagnostics: &mut Diagnostics) {
    let Some(select) = &of.select else { return };
    let judge = of
        .instance(&select.step, 0)
        .and_then(|judge| known.get(&judge));
    let Some(judge) = judge else { return };
    if judge.metric(&select.metric).is_some() {
        if select.best.is_none() && judge.better(&select.metric).is_none() {
            let error = Error::NoDirection {
                step: of.name.clone(),
                metric: format!("{}.{}", select.step, select.metric),
            };
            let diagnostic = Diagnostic::new(error.to_string()).at(select.span());
            diagnostics.push(with_hint(diagnostic, error.hint()));
        }
        return;
    }
    let metrics = judge.metrics();
    let list: Vec<String> = metrics.iter().map(|metric| format!("`{metric}`")).collect();
    diagnostics.push(
        Diagnostic::new(format!(
            "step `{}` reports no metric `{}`",
            select.step, select.metric
        ))
        .at(select.span())
        .hint(match list.is_empty() {
            true => "it reports no metrics at all".to_owned(),
            false => format!("it reports {}", list.join(", ")),
        }),
    );
}

/// The names of an expression at one place, with their types.
pub(crate) struct Scope<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) params: &'a Map<String, Value>,
    pub(crate) plugins: &'a HashMap<String, Found>,
    pub(crate) known: &'a HashMap<String, Facts>,
    /// The variables of the loop that it is in.
    pub(crate) each: Option<Map<String, Value>>,
    pub(crate) of: Option<Loop>,
}

impl Scope<'_> {
    /// The first of the steps that a name stands for.
    fn step(&self, name: &str) -> Option<&Step> {
        self.pipeline.first_of(name)
    }

    fn reports(&self, step: &Step) -> bool {
        let kind = self
            .plugins
            .get(&step.name)
            .map(|found| found.plugin.kind());
        kind.is_some_and(Kind::reports_metrics)
    }
}

impl Types for Scope<'_> {
    fn type_of(&self, name: &Name) -> Option<Type> {
        match name {
            Name::Param(name) => self.params.get(name).map(Type::of),
            Name::Each(name) => match (&self.each, &self.of) {
                (Some(each), _) => each.get(name).map(Type::of),
                (None, Some(_)) => Some(Type::Dyn),
                (None, None) => None,
            },
            Name::Field { step, field } => {
                let step = self.step(step)?;
                let reports = self.reports(step);
                match field.as_str() {
                    "outcome" => Some(Type::String),
                    "rows" => Some(Type::Int),
                    _ if !reports => None,
                    "verdict" => Some(Type::String),
                    "findings" => Some(Type::List(Box::new(Type::Map))),
                    metric => match self.known.get(&step.name) {
                        Some(facts) => facts.metric(metric).map(|_| Type::Double),
                        None => Some(Type::Double),
                    },
                }
            }
        }
    }

    fn names(&self, within: Within<'_>) -> Vec<String> {
        match within {
            Within::Params => self.params.keys().cloned().collect(),
            Within::Each => self.each.iter().flat_map(Map::keys).cloned().collect(),
            Within::Steps => {
                let mut names: Vec<String> = Vec::new();
                for step in self.pipeline.steps.values() {
                    if !names.contains(&step.written) {
                        names.push(step.written.clone());
                    }
                }
                names.extend(self.pipeline.switches.keys().cloned());
                names
            }
            Within::Fields(step) => {
                let step = self.step(step);
                let known = step.and_then(|step| self.known.get(&step.name));
                let own = || ["outcome", "rows"].map(str::to_owned).to_vec();
                known.map_or_else(own, Facts::fields)
            }
        }
    }
}
