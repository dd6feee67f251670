//! Checks the gates of a step on what it reports in a rehearsal: metrics that exist, directions that
//! are known, and other models that can be compared with.

use mlhost_pipeline::{BetterThan, Diagnostic, Diagnostics, Pipeline, Rival, Step};
use mlhost_sandbox::{Failure, Outcome};

use crate::{
    Error, Result, Unchecked,
    check::with_hint,
    error::unwrapped,
    rehearsal::{Judgement, judge},
    workshop::Workshop,
};

/// Finds gates that can never pass, and makes their comparisons. Gives what the first rows do not
/// suffice for.
pub(crate) fn check(
    workshop: &Workshop,
    step: &Step,
    outcome: &Outcome,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Unchecked>> {
    if !check_metrics(step, outcome, diagnostics) {
        return Ok(None);
    }
    let Err(error) = workshop.compare(&step.name) else {
        return Ok(None);
    };
    match judge_comparison(&workshop.pipeline, step, error) {
        Judgement::Wrong(diagnostic) => {
            diagnostics.push(*diagnostic);
            Ok(None)
        }
        Judgement::Unknown(reason) => Ok(Some(Unchecked {
            step: step.name.clone(),
            reason,
        })),
        Judgement::Fatal(error) => Err(error),
    }
}

/// What an error in a comparison means for the gates that ask for it.
fn judge_comparison(pipeline: &Pipeline, step: &Step, error: Error) -> Judgement {
    let error = unwrapped(error);
    let asked = |means: &dyn Fn(&BetterThan) -> bool| {
        let mut gates = step.gates.iter();
        let asked = gates.find_map(|gate| gate.better_than.as_ref().filter(|asked| means(asked)));
        asked.map(BetterThan::span)
    };
    let place = match &error {
        Error::NotApplicable { .. } => asked(&|asked| matches!(asked.rival, Rival::Model { .. })),
        Error::WrongBaseline { baseline, .. } => {
            asked(&|asked| asked.rival.to_string() == *baseline)
        }
        Error::NoPrediction { .. } => {
            asked(&|asked| matches!(asked.rival, Rival::Mean | Rival::Majority))
        }
        Error::NoBootstrap { .. } => asked(&|asked| asked.confidence.is_some()),
        error => {
            let metric = resampled_metric(error);
            let mut gates = step.gates.iter();
            let gate = gates.find(|gate| Some(gate.metric.as_str()) == metric);
            gate.map(mlhost_pipeline::Gate::span)
        }
    };
    let Some(place) = place else {
        return judge(pipeline, step, error);
    };
    let diagnostic = Diagnostic::new(error.to_string()).at(place);
    Judgement::Wrong(Box::new(with_hint(diagnostic, error.hint())))
}

/// The metric that a plugin cannot resample: it points into what the host has filled in for the
/// gate of that metric.
pub(crate) fn resampled_metric(error: &Error) -> Option<&str> {
    let Error::Sandbox(mlhost_sandbox::Error::Plugin { failure, .. }) = error else {
        return None;
    };
    let Failure::Reported(reported) = failure.as_ref() else {
        return None;
    };
    reported.at.as_ref()?.strip_prefix("/bootstrap/metrics/")
}

/// A gate on a metric that the plugin does not report can never pass, and one that compares needs to
/// know which way is good. Says whether all is well.
fn check_metrics(step: &Step, outcome: &Outcome, diagnostics: &mut Diagnostics) -> bool {
    let mut well = true;
    for gate in &step.gates {
        let announced = outcome.headline(&gate.metric).map(|metric| metric.better);
        if let (Some(asked), Some(None)) = (&gate.better_than, announced)
            && asked.better.is_none()
        {
            well = false;
            let message = format!(
                "step `{}` does not say whether a higher `{}` is better or a lower one",
                step.name, gate.metric
            );
            let hint = "add `better = \"higher\"` or `better = \"lower\"` to the gate";
            diagnostics.push(Diagnostic::new(message).at(gate.span()).hint(hint));
        }
        let headline = outcome
            .metrics
            .iter()
            .filter(|metric| metric.labels.is_empty())
            .map(|metric| &metric.name);
        let names: Vec<_> = headline.collect();
        if !names.contains(&&gate.metric) {
            well = false;
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            diagnostics.push(
                Diagnostic::new(format!(
                    "step `{}` reports no metric `{}`",
                    step.name, gate.metric
                ))
                .at(gate.span())
                .hint(format!("it reports {}", names.join(", "))),
            );
        }
    }
    well
}
