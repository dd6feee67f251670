//! Implements the exported interfaces for a plugin, one adapter per kind.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use super::{
    bindings::everything::{
        exports::mlhost::plugin as exports,
        mlhost::plugin::{
            arrow::{Batch, Field},
            data::Dataset,
            types::Error,
        },
    },
    resources,
};
use crate::{
    Better, DriftDetector, Evaluator, ExplainedTrainer, Fit, Fold, Outcome, Preprocessor, Severity,
    Trainer, Transform, Validator,
    codec::{decode_params, decode_state, params_schema},
};

/// A plugin as the contract wants it; `KIND` is the type of its kind.
macro_rules! adapter {
    ($(#[$docs:meta])* $adapter:ident, $trait:ident, $kind:literal) => {
        $(#[$docs])*
        pub struct $adapter<P>(PhantomData<P>);

        impl<P: $trait> exports::describe::Guest for $adapter<P> {
            fn describe() -> exports::describe::Description {
                exports::describe::Description {
                    name: P::NAME.to_owned(),
                    kind: $kind.to_owned(),
                    summary: P::SUMMARY.to_owned(),
                    params_schema: params_schema::<P::Params>(),
                    contract: crate::CONTRACT.to_owned(),
                }
            }
        }
    };
}

adapter!(
    /// Exports a [`Validator`].
    ValidatorAdapter, Validator, "validator"
);
adapter!(
    /// Exports a [`Preprocessor`].
    PreprocessorAdapter, Preprocessor, "preprocessor"
);
adapter!(
    /// Exports a [`Trainer`].
    TrainerAdapter, Trainer, "trainer"
);
adapter!(
    /// Exports a [`DriftDetector`].
    DriftDetectorAdapter, DriftDetector, "drift-detector"
);
adapter!(
    /// Exports an [`Evaluator`].
    EvaluatorAdapter, Evaluator, "evaluator"
);

impl<P: Validator> exports::fold::Guest for ValidatorAdapter<P> {
    type Folder = resources::Folder<P::Fold>;
}

impl<P: Preprocessor> exports::fold::Guest for PreprocessorAdapter<P> {
    type Folder = resources::Folder<P::Fold>;
}

impl<P: DriftDetector> exports::fold::Guest for DriftDetectorAdapter<P> {
    type Folder = resources::Folder<P::Fold>;
}

impl<P: Evaluator> exports::fold::Guest for EvaluatorAdapter<P> {
    type Folder = resources::Folder<P::Fold>;
}

impl<P: Preprocessor> exports::transform::Guest for PreprocessorAdapter<P> {
    type Transformer = resources::Transformer<P::Transform>;
}

impl<P: Trainer> exports::transform::Guest for TrainerAdapter<P> {
    type Transformer = resources::Transformer<P::Transform>;
}

impl<P: Trainer> exports::fit::Guest for TrainerAdapter<P> {
    type Trainer = resources::Trainer<P::Fit>;
}

impl<F: Fold> exports::fold::GuestFolder for resources::Folder<F> {
    fn open(params: String, input: Vec<Field>) -> Result<exports::fold::Folder, Error> {
        Ok(exports::fold::Folder::new(Self::open(&params, input)?))
    }

    fn columns(&self) -> Vec<String> {
        self.columns()
    }

    fn update(&self, rows: Batch) -> Result<(), Error> {
        Ok(self.update(rows)?)
    }

    fn merge(&self, later: Vec<u8>) -> Result<(), Error> {
        Ok(self.merge(&later)?)
    }

    fn state(&self) -> Result<Vec<u8>, Error> {
        Ok(self.state()?)
    }
}

impl<T: Transform> exports::transform::GuestTransformer for resources::Transformer<T> {
    fn open(
        params: String,
        state: Vec<u8>,
        input: Vec<Field>,
    ) -> Result<exports::transform::Transformer, Error> {
        Ok(exports::transform::Transformer::new(Self::open(
            &params, &state, input,
        )?))
    }

    fn columns(&self) -> Vec<String> {
        self.columns()
    }

    fn output(&self) -> exports::transform::OutputDescription {
        let (schema, row_wise) = self.output();
        exports::transform::OutputDescription { schema, row_wise }
    }

    fn apply(&self, rows: Batch) -> Result<(), Error> {
        Ok(self.apply(rows)?)
    }

    fn finish(&self) -> Result<(), Error> {
        Ok(self.finish()?)
    }
}

impl<F: Fit> exports::fit::GuestTrainer for resources::Trainer<F> {
    fn open(params: String, input: Vec<Field>) -> Result<exports::fit::Trainer, Error> {
        Ok(exports::fit::Trainer::new(Self::open(&params, input)?))
    }

    fn columns(&self) -> Vec<String> {
        self.columns()
    }

    fn fit(&self, rows: &Dataset) -> Result<Vec<u8>, Error> {
        Ok(self.fit(rows)?)
    }
}

impl<P: Validator> exports::report::Guest for ValidatorAdapter<P> {
    fn assess(params: String, states: NamedStates) -> Result<exports::report::Outcome, Error> {
        let params = decode_params(&params)?;
        let data = state(&states, "data")?;
        let has_reference = states.iter().any(|named| named.name == "reference");
        Ok(outcome(if has_reference {
            P::assess_beside(params, data, state(&states, "reference")?)?
        } else {
            P::assess(params, data)?
        }))
    }
}

impl<P: ExplainedTrainer> exports::report::Guest for TrainerAdapter<P> {
    fn assess(params: String, states: NamedStates) -> Result<exports::report::Outcome, Error> {
        let model = state(&states, "model")?;
        Ok(outcome(P::explain(decode_params(&params)?, model)?))
    }
}

impl<P: DriftDetector> exports::report::Guest for DriftDetectorAdapter<P> {
    fn assess(params: String, states: NamedStates) -> Result<exports::report::Outcome, Error> {
        let reference = state(&states, "reference")?;
        let current = state(&states, "current")?;
        Ok(outcome(P::assess(
            decode_params(&params)?,
            reference,
            current,
        )?))
    }
}

impl<P: Evaluator> exports::report::Guest for EvaluatorAdapter<P> {
    fn assess(params: String, states: NamedStates) -> Result<exports::report::Outcome, Error> {
        let models = states
            .into_iter()
            .map(|named| Ok((named.name, decode_state(&named.state)?)))
            .collect::<crate::Result<_>>()?;
        Ok(outcome(P::assess(decode_params(&params)?, models)?))
    }
}

type NamedStates = Vec<exports::report::NamedState>;

/// The state of this name, decoded.
fn state<S: DeserializeOwned>(states: &NamedStates, name: &str) -> crate::Result<S> {
    match states.iter().find(|named| named.name == name) {
        Some(named) => decode_state(&named.state),
        None => Err(crate::Error::failed(format!(
            "the state `{name}` is missing"
        ))),
    }
}

/// The labels with the one that says which way is good.
fn with_better(mut labels: Vec<(String, String)>, better: Option<Better>) -> Vec<(String, String)> {
    labels.extend(better.map(|better| ("better".to_owned(), better.as_str().to_owned())));
    labels
}

fn outcome(outcome: Outcome) -> exports::report::Outcome {
    let findings = outcome
        .findings
        .into_iter()
        .map(|finding| exports::report::Finding {
            check: finding.check,
            column: finding.column,
            passed: finding.passed,
            severity: match finding.severity {
                Severity::Error => "error".to_owned(),
                Severity::Warn => "warn".to_owned(),
            },
            message: finding.message,
            details: serde_json::Value::Object(finding.details).to_string(),
        });
    let metrics = outcome
        .metrics
        .into_iter()
        .map(|metric| exports::report::Metric {
            name: metric.name,
            value: metric.value,
            labels: with_better(metric.labels, metric.better),
        });
    let figures = outcome
        .figures
        .into_iter()
        .map(|figure| exports::report::Figure {
            name: figure.name,
            title: figure.title,
            kind: figure.kind,
            data: figure.data.to_string(),
        });
    exports::report::Outcome {
        verdict: outcome.verdict.as_str().to_owned(),
        summary: outcome.summary,
        findings: findings.collect(),
        metrics: metrics.collect(),
        figures: figures.collect(),
    }
}
