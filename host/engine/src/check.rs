//! Checks a pipeline before it runs: plugins, plan, data, and a rehearsal.
//!
//! What a step makes of its input is known only once it is fitted: which columns
//! a one-hot encoding gives depends on the values. So the check runs the whole
//! pipeline on the first rows. That finds every wrong column and parameter, in
//! milliseconds, before the real work begins.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::datatypes::Schema;
use mlhost_data::{Limited, Table};
use mlhost_packages::{Found, Pins};
use mlhost_pipeline::{Diagnostic, Diagnostics, Items, Iteration, Kind, Pipeline, Plan, Step};
use mlhost_sandbox::{Failure, Grants, Outcome, PluginName, Severity};

use crate::{
    Engine, Error, MachineClock, NoObserver, Result, Reuse, Supplies, conditions,
    error::{unwrapped, with_causes},
    faults, gate_check, granted,
    opened::{self, Opened, data_name},
    params,
    recall::was_done,
    results::Results,
    rivals::Rivals,
    schedule::Facts,
    trigger::Known,
    workshop::{Manner, Workshop},
};

/// How many rows of each table a rehearsal reads.
const REHEARSAL_ROWS: u64 = 1000;

/// How many iterations of a loop a rehearsal goes through.
const REHEARSED_ITERATIONS: usize = 16;

/// A pipeline that may run.
pub struct Checked {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) plugins: Arc<HashMap<String, Found>>,
    /// What the steps that allow something let their plugins reach, by the name of the step.
    pub(crate) grants: Arc<HashMap<String, Arc<Grants>>>,
    /// By the name of the data.
    pub(crate) tables: HashMap<String, Arc<Opened>>,
    /// The folder that its paths are relative to.
    pub(crate) base: PathBuf,
    pub(crate) profiler: Option<Found>,
    pub(crate) reuse: Reuse,
    /// The steps that are done even if their results are known.
    pub(crate) again: HashSet<String>,
    /// Steps that the rehearsal could not judge.
    pub unchecked: Vec<Unchecked>,
    /// What the rehearsal has found out, if there was one.
    pub(crate) known: Known,
    /// The packages of its plugins: those that were pinned, and those that are from now on.
    pub pins: Pins,
}

/// A step that could not be rehearsed, because the first rows do not suffice.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Unchecked {
    /// The step.
    pub step: String,
    /// Why.
    pub reason: String,
}

impl Checked {
    /// The pipeline.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// Its steps in the order of running.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What a step lets its plugin reach beside its rows, each in a few words.
    pub fn granted(&self, step: &str) -> Vec<String> {
        let grants = self.grants.get(step);
        grants.map(|grants| grants.in_words()).unwrap_or_default()
    }

    /// What the plugin of a step asks for and is not given, each in a few words.
    pub fn denied(&self, step: &str) -> Vec<String> {
        let allowed = self.pipeline.steps.get(step).map(|step| &step.allow);
        let wants = self.plugin(step).map(mlhost_sandbox::Plugin::wants);
        match wants.zip(allowed) {
            Some((wants, allowed)) => wants.without(allowed).in_words(),
            None => Vec::new(),
        }
    }

    /// The plugin of a step.
    pub fn plugin(&self, step: &str) -> Option<&mlhost_sandbox::Plugin> {
        self.plugins.get(step).map(|found| &found.plugin)
    }
}

impl Engine {
    /// Checks a pipeline whose paths are relative to `base`.
    ///
    /// # Errors
    /// [`Error::Pipeline`] with everything that is wrong, each at its place.
    pub fn check(&self, pipeline: Pipeline, base: &Path) -> Result<Checked> {
        self.check_before_run(pipeline, base, Supplies::default())
    }

    /// The same before a run that has some things at hand already.
    ///
    /// # Errors
    /// See [`Engine::check`], and [`Error::UnknownStep`].
    pub fn check_before_run(
        &self,
        pipeline: Pipeline,
        base: &Path,
        supplies: Supplies,
    ) -> Result<Checked> {
        let (mut pipeline, mut supplies) = (pipeline, supplies);
        let mut pins = std::mem::take(&mut supplies.pins);
        let mut plugins = self.find_plugins(&pipeline, base, &supplies, &mut pins)?;
        pipeline.cross_validate(|step| plugins[&step.name].plugin.kind())?;
        for (name, step) in &pipeline.steps {
            if !plugins.contains_key(name) {
                let mut known = pipeline
                    .steps
                    .keys()
                    .filter(|other| plugins.contains_key(*other));
                let same = known.find(|other| pipeline.steps[*other].written == step.written);
                let found = same.map(|same| plugins[same].clone());
                plugins.extend(found.map(|found| (name.clone(), found)));
            }
        }
        let plan = pipeline.plan(|step| plugins[&step.name].plugin.kind())?;
        check_parameters(&pipeline, &plugins)?;
        check_targets(&pipeline, &plan, &plugins)?;
        let grants = granted::open(&pipeline, &plugins, base)?;
        let again = supplies.reuse.again(&plan)?;
        let tables = opened::open(&pipeline, base, &supplies)?;
        opened::refuse_empty(&pipeline, &plan, &tables)?;
        let mut checked = Checked {
            pipeline: Arc::new(pipeline),
            plan: Arc::new(plan),
            plugins: Arc::new(plugins),
            grants: Arc::new(grants),
            tables,
            base: base.to_owned(),
            profiler: supplies.profiler,
            reuse: supplies.reuse,
            again,
            unchecked: vec![],
            known: Known::new(),
            pins,
        };
        let store = supplies.store.as_ref();
        let rivals = match store {
            Some(store) => self.known_rivals(store, &checked.pipeline, &checked.plan)?,
            None => Rivals::new(),
        };
        if !store.is_some_and(|store| was_done(&checked, store)) {
            (checked.unchecked, checked.known) = rehearse(&checked, rivals)?;
        }
        Ok(checked)
    }

    fn find_plugins(
        &self,
        pipeline: &Pipeline,
        base: &Path,
        supplies: &Supplies,
        pins: &mut Pins,
    ) -> Result<HashMap<String, Found>> {
        let mut diagnostics = pipeline.diagnostics();
        let mut plugins: HashMap<String, Found> = HashMap::new();
        let mut found_before: HashMap<&str, Found> = HashMap::new();
        for step in pipeline.steps.values() {
            let before = found_before.get(step.written.as_str());
            let found = match supplies.plugins.get(&step.name).or(before) {
                Some(given) => Ok(given.clone()),
                None => self.packages().find_pinned(&step.plugin, base, pins),
            };
            match found {
                Ok(found) => {
                    found_before.insert(&step.written, found.clone());
                    plugins.insert(step.name.clone(), found);
                }
                Err(error) => {
                    let diagnostic = Diagnostic::new(error.to_string()).at(step.plugin_span());
                    diagnostics.push(with_hint(diagnostic, error.hint()));
                }
            }
        }
        Ok(diagnostics.into_result(plugins)?)
    }
}

/// Finds parameters that a plugin does not take, by the schema that it gives.
fn check_parameters(
    pipeline: &Pipeline,
    plugins: &HashMap<String, Found>,
) -> Result<(), Diagnostics> {
    let mut diagnostics = pipeline.diagnostics();
    for step in pipeline.steps.values() {
        // All iterations of a loop have the same names.
        if step
            .iteration
            .as_ref()
            .is_some_and(|iteration| iteration.index > 0)
        {
            continue;
        }
        let plugin = &plugins[&step.name].plugin;
        for (name, nearest) in params::unknown(plugin, &step.with) {
            let hint = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("it has: {}", params::names(plugin).join(", ")),
            };
            let message = format!("plugin {} has no parameter `{name}`", plugin.name());
            // RFC 6901 escapes these two characters of a key.
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            diagnostics.push(step.diagnostic_at_key(&pointer, message).hint(hint));
        }
    }
    diagnostics.into_result(())
}

/// A trainer and the preprocessor before it should mean the same column when they
/// say target: otherwise the model would see what it is to predict.
fn check_targets(
    pipeline: &Pipeline,
    plan: &Plan,
    plugins: &HashMap<String, Found>,
) -> Result<(), Diagnostics> {
    let mut diagnostics = pipeline.diagnostics();
    for planned in &plan.steps {
        let plugin = &plugins[&planned.name].plugin;
        let step = &pipeline.steps[&planned.name];
        if plugin.kind() != Kind::Trainer {
            continue;
        }
        for parameter in params::target_parameters(plugin) {
            let Some(target) = step.with.get(parameter).and_then(|value| value.as_str()) else {
                continue;
            };
            for before in &planned.needs {
                let other = &pipeline.steps[before];
                let other_plugin = &plugins[before].plugin;
                if other_plugin.kind() == Kind::Preprocessor {
                    let theirs = params::targets(other_plugin, &other.with);
                    if !theirs.is_empty() && !theirs.iter().any(|name| name == target) {
                        diagnostics.push(
                            step.diagnostic_at(
                                &format!("/{parameter}"),
                                format!(
                                    "step `{}` predicts `{target}`, and step `{before}` before it has the target `{}`",
                                    step.name, theirs[0]
                                ),
                            )
                            .hint("name the same column in both"),
                        );
                    }
                }
            }
        }
    }
    diagnostics.into_result(())
}

/// Steps that nobody watches, one at a time.
pub(crate) fn workshop(
    checked: &Checked,
    tables: HashMap<String, Arc<dyn Table>>,
    results: Results,
) -> Workshop {
    let manner = Manner {
        grants: checked.grants.clone(),
        observer: Arc::new(NoObserver),
        jobs: 1,
        memory: None,
        results,
        again: checked.again.clone(),
        clock: Arc::new(MachineClock),
        faults: faults::Planned::default(),
    };
    let Checked {
        pipeline,
        plan,
        plugins,
        ..
    } = checked;
    Workshop::new(
        pipeline.clone(),
        plan.clone(),
        plugins.clone(),
        tables,
        manner,
    )
}

/// Runs every step on the first rows, and gives the steps it could not judge, and what is known of
/// the others.
fn rehearse(checked: &Checked, rivals: Rivals) -> Result<(Vec<Unchecked>, Known)> {
    // All sides of a split show the same rows: which these are is known after a look at all of
    // them at the earliest, and they differ in no column.
    let limited = |opened: &Arc<Opened>| -> Arc<dyn Table> {
        let preview = opened.dataset.preview().clone();
        Arc::new(Limited::new(preview, REHEARSAL_ROWS))
    };
    let data = checked.pipeline.data.values();
    let tables = data.flat_map(|data| {
        let preview = limited(&checked.tables[&data.name]);
        let folded = checked
            .pipeline
            .folded
            .iter()
            .filter(|(_, folded)| data_name(&folded.table) == data.name);
        let folds = folded.flat_map(|(step, folded)| {
            let fold = |fold| <[String; 2]>::from(folded.tables(step, fold));
            (0..folded.folds.count()).flat_map(fold)
        });
        let names = data
            .table_names()
            .into_iter()
            .chain(folds)
            .collect::<Vec<_>>()
            .into_iter();
        names.map(move |name| (name, preview.clone()))
    });
    let workshop = workshop(checked, tables.collect(), Results::default());
    workshop.set_rivals(rivals);
    let mut diagnostics = checked.pipeline.diagnostics();
    let mut unchecked = Vec::new();
    let mut skipped = HashSet::new();
    let mut known = Known::new();
    for planned in &checked.plan.steps {
        let step = &checked.pipeline.steps[&planned.name];
        let iteration = step.iteration.as_ref();
        if iteration
            .is_some_and(|iteration| iteration.index >= rehearsed_iterations(checked, iteration))
        {
            continue;
        }
        if iteration.is_some_and(|iteration| iteration.values.is_none()) {
            skipped.insert(planned.name.as_str());
            let reason = "the list that it loops over is known in the run only".to_owned();
            unchecked.push(Unchecked {
                step: step.written.clone(),
                reason,
            });
            continue;
        }
        if checked.grants.contains_key(&planned.name) {
            skipped.insert(planned.name.as_str());
            let reason = "it may reach more than its rows, and does so in the run only".to_owned();
            unchecked.push(Unchecked {
                step: step.written.clone(),
                reason,
            });
            continue;
        }
        if planned
            .needs
            .iter()
            .any(|need| skipped.contains(need.as_str()))
        {
            skipped.insert(planned.name.as_str());
            continue;
        }
        match workshop.work(&planned.name) {
            Ok(done) => {
                known.insert(planned.name.clone(), Facts::done(done.outcome.clone()));
                if let Some(outcome) = &done.outcome {
                    let unknown = gate_check::check(&workshop, step, outcome, &mut diagnostics)?;
                    unchecked.extend(unknown);
                }
                if let Some(schema) = workshop.validated_schema(&planned.name)? {
                    let plugin = checked.plugins[&planned.name].plugin.name();
                    let outcome = done.outcome.as_ref();
                    check_columns((step, &plugin), &schema, outcome, &mut diagnostics);
                }
            }
            Err(error) => {
                skipped.insert(planned.name.as_str());
                match judge(&checked.pipeline, step, error) {
                    Judgement::Wrong(diagnostic) => diagnostics.push(*diagnostic),
                    Judgement::Unknown(reason) => {
                        unchecked.push(Unchecked {
                            step: step.name.clone(),
                            reason,
                        });
                    }
                    Judgement::Fatal(error) => return Err(error),
                }
            }
        }
    }
    conditions::check(
        &checked.pipeline,
        &checked.plugins,
        &known,
        &mut diagnostics,
    );
    Ok(diagnostics.into_result((unchecked, known))?)
}

/// How many iterations of a loop are tried: a grid of parameters as far as it is small, one of a
/// repetition.
fn rehearsed_iterations(checked: &Checked, iteration: &Iteration) -> usize {
    match checked.pipeline.loops[&iteration.of].items {
        Items::Known(_) => REHEARSED_ITERATIONS,
        Items::Listed { .. } | Items::Until { .. } => 1,
    }
}

/// Columns that a validator misses are missing in every row, not in the first ones
/// only, and so are a mistake in the pipeline; so is every finding that says by its
/// detail `parameter`, a JSON Pointer, that a parameter does not fit the columns.
/// Others are told where a parameter `columns` names the column.
fn check_columns(
    (step, plugin): (&Step, &PluginName),
    schema: &Schema,
    outcome: Option<&Outcome>,
    diagnostics: &mut Diagnostics,
) {
    let findings = outcome.into_iter().flat_map(|outcome| &outcome.findings);
    for finding in findings.filter(|finding| !finding.passed) {
        let missing = finding.column.as_deref();
        let missing = missing.filter(|name| schema.index_of(name).is_err());
        let parameter = finding.details.get("parameter").and_then(|at| at.as_str());
        let pointer = match (parameter, missing) {
            (Some(parameter), _) => parameter.to_owned(),
            (None, Some(missing)) => {
                format!("/columns/{}", missing.replace('~', "~0").replace('/', "~1"))
            }
            (None, None) => continue,
        };
        if finding.severity == Severity::Error {
            let message = format!(
                "plugin {plugin} in step `{}`: {}",
                step.name, finding.message
            );
            diagnostics.push(step.diagnostic_at_key(&pointer, message));
        }
    }
}

/// What an error in the rehearsal means for the pipeline.
pub(crate) enum Judgement {
    Wrong(Box<Diagnostic>),
    /// The first rows do not suffice; all of them may.
    Unknown(String),
    Fatal(Error),
}

pub(crate) fn judge(pipeline: &Pipeline, step: &Step, error: Error) -> Judgement {
    let wrong = |diagnostic| Judgement::Wrong(Box::new(diagnostic));
    let error = match unwrapped(error) {
        Error::Sandbox(error) => error,
        Error::Data(error) => {
            let diagnostic = Diagnostic::new(with_causes(&error)).at(step.input_span());
            return wrong(with_hint(diagnostic, error.hint()));
        }
        error @ Error::NotApplicable { .. } => {
            let diagnostic = Diagnostic::new(error.to_string()).at(step.input_span());
            return wrong(with_hint(diagnostic, error.hint()));
        }
        error => return Judgement::Fatal(error),
    };
    let hint = error.hint();
    // The plugin that failed may be that of a step before this one.
    let step = match &error {
        mlhost_sandbox::Error::Plugin { step, .. } => pipeline.steps.get(step),
        _ => None,
    }
    .unwrap_or(step);
    match &error {
        mlhost_sandbox::Error::Plugin { failure, .. } => match failure.as_ref() {
            Failure::Reported(reported) if reported.kind == "invalid-params" => {
                let at = reported.at.as_deref().unwrap_or_default();
                wrong(step.diagnostic_at(at, error.to_string()))
            }
            Failure::Reported(_) => Judgement::Unknown(error.to_string()),
            _ => wrong(with_hint(
                Diagnostic::new(error.to_string()).at(step.plugin_span()),
                hint,
            )),
        },
        _ => wrong(with_hint(
            Diagnostic::new(error.to_string()).at(step.input_span()),
            hint,
        )),
    }
}

pub(crate) fn with_hint(diagnostic: Diagnostic, hint: Option<String>) -> Diagnostic {
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}
