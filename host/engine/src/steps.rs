//! What each kind of step does. The same code serves a run and the rehearsal
//! before it, which differ in the tables they read.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use arrow::datatypes::SchemaRef;
use mlhost_data::Table;
use mlhost_packages::Found;
use mlhost_pipeline::{DatasetReference, Pipeline, Plan, Step, Work};
use mlhost_sandbox::{CancelToken, Context, Level, Limits, Listener, Outcome};
use serde_json::Value;

use crate::{
    Observer, Result, ScoredTable, TransformedTable,
    chain::Fitted,
    counted::CountedTable,
    fold::fold,
    opened::{data_name, has_rows, no_rows},
    params,
    permits::Permits,
};

/// Everything that the steps of one execution share.
pub(crate) struct Workshop {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) plan: Arc<Plan>,
    /// By the name of the step.
    pub(crate) plugins: Arc<HashMap<String, Found>>,
    /// By the name of the data.
    pub(crate) tables: HashMap<String, Arc<dyn Table>>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) cancel: CancelToken,
    pub(crate) permits: Permits,
    fitted: Mutex<HashMap<String, Fitted>>,
    /// The tables that are known to have rows.
    with_rows: Mutex<HashSet<String>>,
}

/// What a step has done.
#[derive(Default)]
pub(crate) struct Done {
    /// What was learned, by the name of what it was learned from.
    pub(crate) states: Vec<(String, Vec<u8>)>,
    pub(crate) outcome: Option<Outcome>,
}

impl Workshop {
    pub(crate) fn new(
        pipeline: Arc<Pipeline>,
        plan: Arc<Plan>,
        plugins: Arc<HashMap<String, Found>>,
        tables: HashMap<String, Arc<dyn Table>>,
        observer: Arc<dyn Observer>,
        jobs: usize,
    ) -> Self {
        let (cancel, permits, fitted) =
            (CancelToken::default(), Permits::new(jobs), Mutex::default());
        Self {
            pipeline,
            plan,
            plugins,
            tables,
            observer,
            cancel,
            permits,
            fitted,
            with_rows: Mutex::default(),
        }
    }

    /// Does the work of one step, whose needs have been done.
    pub(crate) fn work(&self, step: &str) -> Result<Done> {
        let _permit = self.permits.one();
        let (declared, found) = (&self.pipeline.steps[step], &self.plugins[step]);
        let context = self.context(declared);
        let params = self.params(step);
        let text = params.to_string();
        let fold_one = |reference| -> Result<Vec<u8>> {
            let table = self.counted(step, self.dataset(reference, &context)?);
            fold(&found.plugin, &context, &text, &table, &self.permits)
        };
        match self.planned(step) {
            Work::Validate { input } => {
                let states = vec![("data".to_owned(), fold_one(input)?)];
                self.assessed(found, &context, &text, states)
            }
            Work::Preprocess { input } => {
                let state = fold_one(input)?;
                self.keep_fitted(step, found, params, &state);
                Ok(Done {
                    states: vec![("data".to_owned(), state)],
                    outcome: None,
                })
            }
            Work::Train { input, .. } => {
                let table = self.dataset(input, &context)?;
                let trainer = found.plugin.trainer(&context, &text, &table.schema())?;
                let state = trainer.fit(Arc::new(self.counted(step, table)))?;
                self.keep_fitted(step, found, params, &state);
                Ok(Done {
                    states: vec![("data".to_owned(), state)],
                    outcome: None,
                })
            }
            Work::DetectDrift { reference, current } => {
                let states = vec![
                    ("reference".to_owned(), fold_one(reference)?),
                    ("current".to_owned(), fold_one(current)?),
                ];
                self.assessed(found, &context, &text, states)
            }
            Work::Evaluate { models, data } => {
                let mut states = Vec::with_capacity(models.len());
                for model in models {
                    let source = self.dataset(data, &context)?;
                    let (chain, _) = self.chain(model);
                    let scored = ScoredTable::new(source, chain.into(), context.clone())?;
                    let table = self.counted(step, Arc::new(scored));
                    states.push((
                        model.clone(),
                        fold(&found.plugin, &context, &text, &table, &self.permits)?,
                    ));
                }
                self.assessed(found, &context, &text, states)
            }
        }
    }

    /// The schema of the rows that a validator looks at; none for other steps.
    pub(crate) fn validated_schema(&self, step: &str) -> Result<Option<SchemaRef>> {
        let Work::Validate { input } = self.planned(step) else {
            return Ok(None);
        };
        let context = self.context(&self.pipeline.steps[step]);
        Ok(Some(self.dataset(input, &context)?.schema()))
    }

    /// The fitted steps from raw data to the output of a trainer step, and the
    /// name of that data.
    pub(crate) fn chain(&self, step: &str) -> (Vec<Fitted>, String) {
        let (mut chain, source) = match self.planned(step) {
            Work::Validate { input } | Work::Preprocess { input } | Work::Train { input, .. } => {
                match input {
                    DatasetReference::Data(name) => (vec![], name.clone()),
                    DatasetReference::Step(step) => self.chain(step),
                }
            }
            // The plan refuses these as the source of anything.
            Work::DetectDrift { .. } | Work::Evaluate { .. } => (vec![], String::new()),
        };
        let fitted = self.fitted.lock().unwrap_or_else(PoisonError::into_inner);
        chain.extend(fitted.get(step).cloned());
        (chain, source)
    }

    /// The name of the raw data that a dataset comes from, if nothing has changed
    /// its rows on the way.
    pub(crate) fn raw_source<'a>(&'a self, reference: &'a DatasetReference) -> Option<&'a str> {
        match reference {
            DatasetReference::Data(name) => Some(name),
            DatasetReference::Step(step) => match self.planned(step) {
                Work::Validate { input } => self.raw_source(input),
                _ => None,
            },
        }
    }

    /// The parameters of a step as its plugin gets them.
    pub(crate) fn params(&self, step: &str) -> Value {
        let (step, plugin) = (&self.pipeline.steps[step], &self.plugins[step].plugin);
        params::complete(plugin, &step.with, self.pipeline.seed)
    }

    /// A context whose time starts now.
    pub(crate) fn context(&self, step: &Step) -> Context {
        let listener = StepListener {
            step: step.name.clone(),
            observer: self.observer.clone(),
        };
        Context::with(&step.name, limits(step), Arc::new(listener)).with_cancel(self.cancel.clone())
    }

    fn planned(&self, step: &str) -> &Work {
        match self.plan.step(step) {
            Some(step) => &step.work,
            None => unreachable!("a plan names its own steps only"),
        }
    }

    fn dataset(&self, reference: &DatasetReference, context: &Context) -> Result<Arc<dyn Table>> {
        let step = match reference {
            DatasetReference::Data(name) => return self.data(name),
            DatasetReference::Step(step) => step,
        };
        let fitted = || {
            let fitted = self.fitted.lock().unwrap_or_else(PoisonError::into_inner);
            fitted[step].clone()
        };
        Ok(match self.planned(step) {
            Work::Validate { input } => self.dataset(input, context)?,
            Work::Preprocess { input } => {
                let source = self.dataset(input, context)?;
                Arc::new(TransformedTable::new(source, fitted(), context.clone())?)
            }
            Work::Train { input, .. } => {
                let source = self.dataset(input, context)?;
                Arc::new(ScoredTable::new(
                    source,
                    [fitted()].into(),
                    context.clone(),
                )?)
            }
            Work::DetectDrift { .. } | Work::Evaluate { .. } => {
                unreachable!("the plan refuses a report as data")
            }
        })
    }

    /// A table of data, provided that it has rows: nothing can be learned or told of none.
    fn data(&self, name: &str) -> Result<Arc<dyn Table>> {
        let table = &self.tables[name];
        let known = || {
            self.with_rows
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if !known().contains(name) {
            if !has_rows(table.as_ref())? {
                return Err(no_rows(&self.pipeline.data[data_name(name)], Some(name)));
            }
            known().insert(name.to_owned());
        }
        Ok(table.clone())
    }

    fn counted(&self, step: &str, table: Arc<dyn Table>) -> CountedTable {
        CountedTable::new(table, step, self.observer.clone())
    }

    fn assessed(
        &self,
        found: &Found,
        context: &Context,
        params: &str,
        states: Vec<(String, Vec<u8>)>,
    ) -> Result<Done> {
        let outcome = found.plugin.assess(context, params, &states)?;
        Ok(Done {
            states,
            outcome: Some(outcome),
        })
    }

    fn keep_fitted(&self, step: &str, found: &Found, params: Value, state: &[u8]) {
        let fitted = Fitted {
            step: step.to_owned(),
            targets: params::targets(&found.plugin, &params),
            found: found.clone(),
            params,
            state: state.into(),
            limits: limits(&self.pipeline.steps[step]),
        };
        let mut all = self.fitted.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(step.to_owned(), fitted);
    }
}

/// What the plugin of a step may use.
fn limits(step: &Step) -> Limits {
    let defaults = Limits::default();
    Limits {
        memory_bytes: step
            .memory
            .and_then(|bytes| usize::try_from(bytes).ok())
            .unwrap_or(defaults.memory_bytes),
        time: step.timeout.unwrap_or(defaults.time),
        ..defaults
    }
}

/// Hands what a plugin says to the observer, under its step's name.
struct StepListener {
    step: String,
    observer: Arc<dyn Observer>,
}

impl Listener for StepListener {
    fn log(&self, level: Level, message: &str) {
        self.observer.log(&self.step, level, message);
    }
}
