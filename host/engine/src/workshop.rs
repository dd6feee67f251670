//! What the steps of one execution share: plugins, tables, what has been fitted so far, and the
//! datasets that steps make for each other. A run and the rehearsal before it differ in the
//! tables that they read, and in whether results are kept.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock},
};

use arrow::datatypes::SchemaRef;
use mlhost_data::Table;
use mlhost_packages::Found;
use mlhost_pipeline::{DatasetReference, Pipeline, Plan, Step, Work};
use mlhost_sandbox::{
    CancelToken, Context, Grants, Level, Limits, Listener, MemoryBudget, Outcome, Terms,
};
use mlhost_store::{Digest, Selector};
use serde_json::{Map, Value};

use crate::{
    FittedModel, Observer, Result,
    curves::CurveRecorder,
    dataset::{Dataset, Fitted, Scored, Transformed},
    faults, folds,
    observer::Reading,
    opened::{data_name, has_rows, no_rows},
    params,
    permits::Permits,
    predicting::Registered,
    results::Results,
    retrying::Clock,
    rivals::Rivals,
    schedule::{Schedule, Start},
};

/// Everything that the steps of one execution share.
pub(crate) struct Workshop {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) plan: Arc<Plan>,
    /// By the name of the step.
    pub(crate) plugins: Arc<HashMap<String, Found>>,
    /// What the steps that allow something let their plugins reach, by the name of the step.
    grants: Arc<HashMap<String, Arc<Grants>>>,
    /// By the name of the data.
    pub(crate) tables: HashMap<String, Arc<dyn Table>>,
    /// The registered models that steps read.
    pub(crate) registered: Arc<Registered>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) cancel: CancelToken,
    pub(crate) permits: Permits,
    pub(crate) results: Results,
    /// The steps that are done even if their results are known.
    pub(crate) again: HashSet<String>,
    pub(crate) memory: Arc<MemoryBudget>,
    /// The clock of retries.
    pub(crate) clock: Arc<dyn Clock>,
    /// What is to go wrong, because somebody wants to see what follows.
    pub(crate) faults: faults::Planned,
    /// Ends the `finally` steps, which go on when a failure has ended the others.
    pub(crate) cancel_finally: CancelToken,
    rivals: OnceLock<Rivals>,
    /// The steps that names stand for which are no steps of the plan.
    choices: RwLock<HashMap<String, String>>,
    /// The variables of loops that became known in the run, by the step.
    values: RwLock<HashMap<String, Given>>,
    fitted: Mutex<HashMap<String, Fitted>>,
    /// What evaluators have reported, for those that sum them up.
    reported: Mutex<HashMap<String, Outcome>>,
    /// The tables that are known to have rows.
    with_rows: Mutex<HashSet<String>>,
}

/// The variables of a loop, and the parameters that a step has with them.
struct Given {
    values: Map<String, Value>,
    with: Value,
}

/// How an execution is done.
pub(crate) struct Manner {
    pub(crate) grants: Arc<HashMap<String, Arc<Grants>>>,
    pub(crate) registered: Arc<Registered>,
    pub(crate) observer: Arc<dyn Observer>,
    /// How many threads may compute at once.
    pub(crate) jobs: usize,
    /// How many bytes plugins and batches may hold together.
    pub(crate) memory: Option<u64>,
    pub(crate) results: Results,
    /// The steps that are done even if their results are known.
    pub(crate) again: HashSet<String>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) faults: faults::Planned,
}

impl Workshop {
    pub(crate) fn new(
        pipeline: Arc<Pipeline>,
        plan: Arc<Plan>,
        plugins: Arc<HashMap<String, Found>>,
        tables: HashMap<String, Arc<dyn Table>>,
        manner: Manner,
    ) -> Self {
        Self {
            pipeline,
            plan,
            plugins,
            grants: manner.grants,
            tables,
            registered: manner.registered,
            observer: manner.observer,
            cancel: CancelToken::default(),
            permits: Permits::new(manner.jobs),
            results: manner.results,
            again: manner.again,
            memory: Arc::new(MemoryBudget::new(manner.memory)),
            clock: manner.clock,
            faults: manner.faults,
            cancel_finally: CancelToken::default(),
            rivals: OnceLock::new(),
            choices: RwLock::default(),
            values: RwLock::default(),
            fitted: Mutex::default(),
            reported: Mutex::default(),
            with_rows: Mutex::default(),
        }
    }

    /// Says which versions the gates compare with. Before that they compare with none.
    pub(crate) fn set_rivals(&self, rivals: Rivals) {
        // Only whoever has made the execution sets them, and does so once.
        let _ = self.rivals.set(rivals);
    }

    /// A version that gates compare with, where there is one.
    pub(crate) fn rival(&self, selector: &Selector) -> Option<Arc<FittedModel>> {
        self.rivals.get()?.get(selector)?.clone()
    }

    /// Says which step a name stands for: the iteration that a loop hands on, or what a switch
    /// has picked.
    pub(crate) fn choose(&self, name: &str, step: String) {
        let mut choices = self.choices.write().unwrap_or_else(PoisonError::into_inner);
        choices.insert(name.to_owned(), step);
    }

    /// Tells a step what the names that it refers to stand for, and the variables of its loop.
    ///
    /// # Errors
    /// Values that cannot stand where the file has them.
    pub(crate) fn begin(&self, schedule: &mut Schedule, start: &Start) -> Result<()> {
        for name in self.pipeline.steps[&start.step].requires() {
            if self.plan.step(name).is_none()
                && let Some(step) = schedule.stands_for(name)
            {
                self.choose(name, step);
            }
        }
        match &start.values {
            Some(values) => self.give(&start.step, values.clone()),
            None => Ok(()),
        }
    }

    /// The step of the plan that a name stands for. Before that is decided it is the first
    /// iteration of a loop, and the first case of a switch.
    pub(crate) fn resolve(&self, name: &str) -> String {
        if self.plan.step(name).is_some() {
            return name.to_owned();
        }
        let choices = self.choices.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(step) = choices.get(name) {
            return step.clone();
        }
        let first = self.pipeline.first_of(name);
        first.map_or(name, |step| step.name.as_str()).to_owned()
    }

    /// Whether the gates of a step decide when its loop has found what it hands on.
    pub(crate) fn is_judged_later(&self, step: &str) -> bool {
        let iteration = self
            .pipeline
            .steps
            .get(step)
            .and_then(|step| step.iteration.as_ref());
        let of = iteration.and_then(|iteration| self.pipeline.loops.get(&iteration.of));
        of.is_some_and(|of| of.select.is_some())
    }

    /// Whether a step is what is handed on where it is in a loop.
    pub(crate) fn is_handed_on(&self, step: &str) -> bool {
        let step = &self.pipeline.steps[step];
        let choices = self.choices.read().unwrap_or_else(PoisonError::into_inner);
        step.iteration.is_none() || choices.get(&step.written) == Some(&step.name)
    }

    /// Whether a name stands for a step.
    pub(crate) fn means(&self, name: &str, step: &str) -> bool {
        name == step || self.resolve(name) == step
    }

    /// Gives a step the variables of its loop, which became known only now.
    ///
    /// # Errors
    /// Values that cannot stand where the file has them.
    pub(crate) fn give(&self, step: &str, values: Map<String, Value>) -> Result<()> {
        let with = self.pipeline.steps[step].with_values(&self.pipeline, &values)?;
        let mut all = self.values.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(step.to_owned(), Given { values, with });
        Ok(())
    }

    /// The variables of the loop of a step.
    pub(crate) fn each(&self, step: &str) -> Map<String, Value> {
        let all = self.values.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(given) = all.get(step) {
            return given.values.clone();
        }
        let iteration = self.pipeline.steps[step].iteration.as_ref();
        let values = iteration.and_then(|iteration| iteration.values.clone());
        values.unwrap_or_default()
    }

    /// What ends the work of a step early.
    pub(crate) fn cancel_of(&self, step: &str) -> CancelToken {
        match self.pipeline.steps.get(step) {
            Some(step) if step.control.finally => self.cancel_finally.clone(),
            _ => self.cancel.clone(),
        }
    }

    /// Whether a preprocessor or trainer has done its work.
    pub(crate) fn is_fitted(&self, name: &str) -> bool {
        self.all_fitted().contains_key(&self.resolve(name))
    }

    /// What the plan says of a step, or of that which a name stands for.
    pub(crate) fn planned(&self, step: &str) -> &Work {
        match self
            .plan
            .step(step)
            .or_else(|| self.plan.step(&self.resolve(step)))
        {
            Some(step) => &step.work,
            None => unreachable!("a plan names its own steps only"),
        }
    }

    /// The schema of the rows that a validator looks at; none for other steps.
    pub(crate) fn validated_schema(&self, step: &str) -> Result<Option<SchemaRef>> {
        let Work::Validate { input, .. } = self.planned(step) else {
            return Ok(None);
        };
        let context = self.context(&self.pipeline.steps[step]);
        Ok(Some(self.dataset(input, &context)?.schema()))
    }

    /// The fitted steps from raw data to the output of a trainer step, and the
    /// name of that data.
    pub(crate) fn chain(&self, step: &str) -> (Vec<Fitted>, String) {
        let (mut chain, source) = match self.planned(step) {
            Work::Validate { input, .. }
            | Work::Preprocess { input }
            | Work::Train { input, .. } => match input {
                DatasetReference::Data(name) => (vec![], name.clone()),
                DatasetReference::Step(step) => self.chain(step),
            },
            // The plan refuses these as the source of anything.
            Work::DetectDrift { .. } | Work::Evaluate { .. } | Work::CrossValidate { .. } => {
                (vec![], String::new())
            }
        };
        chain.extend(self.all_fitted().get(&self.resolve(step)).cloned());
        (chain, source)
    }

    /// The name of the raw data that a dataset comes from, if nothing has changed
    /// its rows on the way.
    pub(crate) fn raw_source<'a>(&'a self, reference: &'a DatasetReference) -> Option<&'a str> {
        match reference {
            DatasetReference::Data(name) => Some(name),
            DatasetReference::Step(step) => match self.planned(step) {
                Work::Validate { input, .. } => self.raw_source(input),
                _ => None,
            },
        }
    }

    /// The name of the raw data that a dataset is made of, whatever is made of it on the way.
    pub(crate) fn root<'a>(&'a self, reference: &'a DatasetReference) -> Option<&'a str> {
        match reference {
            DatasetReference::Data(name) => Some(name),
            DatasetReference::Step(step) => match self.planned(step) {
                Work::Validate { input, .. }
                | Work::Preprocess { input }
                | Work::Train { input, .. } => self.root(input),
                Work::DetectDrift { .. } | Work::Evaluate { .. } | Work::CrossValidate { .. } => {
                    None
                }
            },
        }
    }

    /// The parameters of a step as its plugin gets them.
    pub(crate) fn params(&self, step: &str) -> Value {
        let plugin = &self.plugins[step].plugin;
        let all = self.values.read().unwrap_or_else(PoisonError::into_inner);
        let with = match all.get(step) {
            Some(given) => &given.with,
            None => &self.pipeline.steps[step].with,
        };
        params::complete(plugin, with, self.pipeline.seed)
    }

    /// A context for a step of the pipeline, whose time starts now.
    pub(crate) fn context(&self, step: &Step) -> Context {
        self.context_recording(step, CurveRecorder::default())
    }

    /// The same, with somebody who takes down the points of training curves.
    pub(crate) fn context_recording(&self, step: &Step, curves: CurveRecorder) -> Context {
        self.context_with(&step.name, self.terms(step), curves)
    }

    /// A context for work that is no step of the pipeline.
    pub(crate) fn context_of(&self, work: &str) -> Context {
        let terms = Terms {
            limits: Limits::from(&self.pipeline.limits),
            seed: self.pipeline.seed,
            ..Terms::default()
        };
        self.context_with(work, terms, CurveRecorder::default())
    }

    fn context_with(&self, name: &str, terms: Terms, curves: CurveRecorder) -> Context {
        let listener = StepListener {
            step: name.to_owned(),
            observer: self.observer.clone(),
            curves,
        };
        Context::with(name, terms.limits, Arc::new(listener))
            .with_seed(terms.seed)
            .with_grants(terms.grants)
            .with_cancel(self.cancel_of(name))
            .with_memory(self.memory.clone())
    }

    /// The rows of raw data, or those that a step makes of its input.
    pub(crate) fn dataset(
        &self,
        reference: &DatasetReference,
        context: &Context,
    ) -> Result<Dataset> {
        let step = match reference {
            DatasetReference::Data(name) => return Ok(Dataset::of(self.data(name)?)),
            DatasetReference::Step(step) => step,
        };
        Ok(match self.planned(step) {
            Work::Validate { input, .. } => self.dataset(input, context)?,
            Work::Preprocess { input } => {
                let source = self.dataset(input, context)?;
                let fitted = self.all_fitted()[&self.resolve(step)].clone();
                let stage = Transformed::new(fitted, context.clone(), source.schema())?;
                source.then(stage)
            }
            Work::Train { input, .. } => {
                let source = self.dataset(input, context)?;
                let fitted = self.all_fitted()[&self.resolve(step)].clone();
                let stage = Scored::new([fitted].into(), context.clone(), &source.schema())?;
                source.then(stage)
            }
            Work::DetectDrift { .. } | Work::Evaluate { .. } | Work::CrossValidate { .. } => {
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

    /// Tells the observer what a step reads of a dataset.
    pub(crate) fn reading(&self, step: &str, dataset: &Dataset) -> Reading {
        Reading {
            step: step.to_owned(),
            observer: self.observer.clone(),
            total: dataset.source().num_rows(),
        }
    }

    /// Keeps what a step has fitted for those that come after it.
    pub(crate) fn keep_fitted(&self, step: &str, state: &[u8]) {
        let (found, params) = (&self.plugins[step], self.params(step));
        let fitted = Fitted {
            step: self.pipeline.steps[step].written.clone(),
            targets: params::targets(&found.plugin, &params),
            found: found.clone(),
            params,
            state: state.into(),
            state_digest: Digest::of(state),
            terms: self.terms(&self.pipeline.steps[step]),
        };
        self.all_fitted().insert(step.to_owned(), fitted);
    }

    /// Keeps what an evaluator reports.
    pub(crate) fn keep_report(&self, step: &str, outcome: &Outcome) {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        reported.insert(step.to_owned(), outcome.clone());
    }

    /// What an evaluator has reported.
    pub(crate) fn report_of(&self, step: &str) -> Option<Outcome> {
        let reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        reported.get(step).cloned()
    }

    /// The report of a cross-validation, if all of its folds have reported.
    pub(crate) fn cross_validated(&self, folds: &[String]) -> Option<Outcome> {
        let reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        let folds = folds.iter().map(|fold| reported.get(fold).cloned());
        Some(folds::summed_up(&folds.collect::<Option<Vec<_>>>()?))
    }

    /// What the plugin of a step is opened with.
    fn terms(&self, step: &Step) -> Terms {
        Terms {
            limits: Limits::from(&step.limits.or(&self.pipeline.limits)),
            seed: self.pipeline.seed,
            grants: self.grants_of(&step.name),
        }
    }

    /// What a step lets its plugin reach.
    pub(crate) fn grants_of(&self, step: &str) -> Arc<Grants> {
        self.grants.get(step).cloned().unwrap_or_default()
    }

    fn all_fitted(&self) -> MutexGuard<'_, HashMap<String, Fitted>> {
        self.fitted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands what a plugin says to the observer, under its step's name.
struct StepListener {
    step: String,
    observer: Arc<dyn Observer>,
    curves: CurveRecorder,
}

impl Listener for StepListener {
    fn log(&self, level: Level, message: &str) {
        self.observer.log(&self.step, level, message);
    }

    fn metric(&self, name: &str, step: u64, value: f64) {
        self.curves.point(name, step, value);
    }
}
