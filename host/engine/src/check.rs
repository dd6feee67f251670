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

use mlhost_data::Table;
use mlhost_packages::{Found, Pins};
use mlhost_pipeline::{Diagnostic, Diagnostics, Kind, Pipeline, Plan};
use mlhost_sandbox::{Grants, Limits};

use crate::{
    Engine, MachineClock, NoObserver, Result, Reuse, Supplies, faults, granted,
    opened::{self, Opened},
    params,
    predicting::Registered,
    recall::was_done,
    rehearsal::rehearse,
    results::Results,
    rivals::Rivals,
    trigger::Known,
    workshop::{Manner, Workshop},
};

/// A pipeline that may run.
pub struct Checked {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) plugins: Arc<HashMap<String, Found>>,
    /// What the steps that allow something let their plugins reach, by the name of the step.
    pub(crate) grants: Arc<HashMap<String, Arc<Grants>>>,
    /// By the name of the data.
    pub(crate) tables: HashMap<String, Arc<Opened>>,
    /// The registered models that steps read.
    pub(crate) registered: Arc<Registered>,
    /// The folder that its paths are relative to.
    pub(crate) base: PathBuf,
    pub(crate) profiler: Option<Found>,
    pub(crate) plain_profiles: bool,
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
    /// [`crate::Error::Pipeline`] with everything that is wrong, each at its place.
    pub fn check(&self, pipeline: Pipeline, base: &Path) -> Result<Checked> {
        self.check_before_run(pipeline, base, Supplies::default())
    }

    /// The same before a run that has some things at hand already.
    ///
    /// # Errors
    /// See [`Engine::check`], and [`crate::Error::UnknownStep`].
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
        let registered = self.registered(&pipeline, &supplies)?;
        let tables = opened::open(&pipeline, base, &supplies)?;
        opened::refuse_empty(&pipeline, &plan, &tables)?;
        let mut checked = Checked {
            pipeline: Arc::new(pipeline),
            plan: Arc::new(plan),
            plugins: Arc::new(plugins),
            grants: Arc::new(grants),
            tables,
            registered: Arc::new(registered),
            base: base.to_owned(),
            profiler: supplies.profiler,
            plain_profiles: supplies.plain_profiles,
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
                None => {
                    let limits = Limits::from(&step.limits.or(&pipeline.limits));
                    let packages = self.packages();
                    packages.find_pinned(&step.plugin, base, pins, &limits)
                }
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
        registered: checked.registered.clone(),
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

pub(crate) fn with_hint(diagnostic: Diagnostic, hint: Option<String>) -> Diagnostic {
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}
