//! What the gates of a step decide, and what they compare for that.

use mlhost_pipeline::{BetterThan, Direction, Gate};
use mlhost_sandbox::{Better, Outcome, Verdict};

use crate::{
    BootstrapRecord, ComparisonRecord, GateRecord, Result, StepRecord, compare::Compared,
    error::unwrapped, step_run::Stopped, workshop::Workshop,
};

/// Whether the step's verdict and its gates let the run go on.
pub(crate) fn decide(workshop: &Workshop, record: &mut StepRecord) -> Result<(), Stopped> {
    let Some(outcome) = &record.outcome else {
        return Ok(());
    };
    if let Err(refused) = verdict(record) {
        let step = &workshop.pipeline.steps[&record.name];
        let gates = step.gates.iter();
        record.gates = gates.map(|gate| judged(gate, outcome, &[])).collect();
        return Err(refused);
    }
    let gates = judge(workshop, &record.name, outcome);
    let gates = gates.map_err(|error| Stopped::Failed(Box::new(unwrapped(error))))?;
    let failed = gates.iter().find(|gate| !gate.passed);
    let stopped = failed.map(|failed| refused(record, &failed.refusal()));
    record.gates = gates;
    stopped.map_or(Ok(()), Err)
}

/// Whether the verdict of the step alone lets the run go on.
pub(crate) fn verdict(record: &StepRecord) -> Result<(), Stopped> {
    match &record.outcome {
        Some(outcome) if outcome.verdict == Verdict::Failed => {
            Err(refused(record, &outcome.summary))
        }
        _ => Ok(()),
    }
}

fn refused(record: &StepRecord, reason: &str) -> Stopped {
    Stopped::Refused(format!("step `{}`: {reason}", record.name))
}

/// What the gates of a step say of its outcome.
pub(crate) fn judge(workshop: &Workshop, step: &str, outcome: &Outcome) -> Result<Vec<GateRecord>> {
    let compared = workshop.compare(step)?;
    let gates = workshop.pipeline.steps[step].gates.iter();
    Ok(gates.map(|gate| judged(gate, outcome, &compared)).collect())
}

fn judged(gate: &Gate, outcome: &Outcome, compared: &[Compared]) -> GateRecord {
    let metric = outcome.headline(&gate.metric);
    let value = metric.and_then(|metric| metric.value);
    let comparison = gate.better_than.as_ref().and_then(|better_than| {
        let compared = compared.iter().find(|one| one.rival == better_than.rival)?;
        let announced = metric.and_then(|metric| metric.better).map(direction);
        Some(ComparisonRecord {
            better: better_than.better.or(announced),
            ..comparison(&gate.metric, compared, better_than)
        })
    });
    let within = value.is_some_and(|value| gate.passes(value));
    let better = match &gate.better_than {
        None => true,
        Some(better_than) => comparison
            .as_ref()
            .zip(value)
            .is_some_and(|(comparison, value)| {
                comparison.is_idle() || is_better(comparison, value, better_than)
            }),
    };
    GateRecord {
        gate: gate.clone(),
        value,
        comparison,
        passed: within && better,
        summary: String::new(),
    }
    .in_words()
}

/// What was compared, without the direction.
fn comparison(metric: &str, compared: &Compared, asked: &BetterThan) -> ComparisonRecord {
    let (model, than) = (compared.model.as_str(), compared.name.as_str());
    let labelled = |name: &str, labels: &[(&str, &str)]| {
        let outcome = compared.outcome.as_ref()?;
        outcome.labelled(name, labels)?.value
    };
    let statistic = |which| {
        labelled(
            metric,
            &[("model", model), ("than", than), ("statistic", which)],
        )
    };
    let bootstrap = compared.bootstrap.filter(|_| asked.confidence.is_some());
    let rows = labelled("rows", &[("model", model)]);
    ComparisonRecord {
        with: compared.with.clone(),
        value: labelled(metric, &[("model", than)]),
        better: None,
        rows: rows.map(|rows| rows as u64),
        bootstrap: bootstrap.map(|(resamples, seed)| BootstrapRecord {
            resamples,
            seed,
            lower: statistic("lower"),
            upper: statistic("upper"),
            probability: statistic("probability"),
        }),
        summary: String::new(),
    }
}

/// Whether a value is better than the other one by the margin, and surely so where that is asked.
fn is_better(comparison: &ComparisonRecord, value: f64, asked: &BetterThan) -> bool {
    let lead = comparison.lead(value);
    let ahead = lead.is_some_and(|lead| lead > 0.0 && lead >= asked.by);
    let probability = comparison.bootstrap.as_ref();
    let probability = probability.and_then(|bootstrap| bootstrap.probability);
    let sure = |confidence| probability.is_some_and(|probability| probability >= confidence);
    ahead && asked.confidence.is_none_or(sure)
}

pub(crate) fn direction(better: Better) -> Direction {
    match better {
        Better::Higher => Direction::Higher,
        Better::Lower => Direction::Lower,
    }
}
