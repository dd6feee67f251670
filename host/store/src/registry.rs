//! Registered models: names, and under each name versions that count up. A version is one model
//! digest for ever; registering the same model again finds the version it has.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::Transaction;
use serde::Serialize;
use serde_json::Value;

use crate::database::Abort;
use crate::lock::Held;
use crate::name::{check_alias, check_experiment_name, check_model_name};
use crate::run::require_run;
use crate::version::{self, ModelVersion};
use crate::{
    Decision, Digest, Error, Import, Model, Result, RunId, Selector, Store, alias, decision,
    experiment, time,
};

/// What registering a model came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// The version that the model has under its name.
    pub version: u32,
    /// The identity of the model.
    pub digest: Digest,
    /// Whether this call has made the version; otherwise it was there.
    pub new: bool,
    /// The version that the alias stood for before, where one was moved.
    pub before: Option<u32>,
}

/// What is said of a model when it is registered.
#[derive(Debug, Clone, Default)]
pub struct Registration<'a> {
    /// What the gates decided on it: a JSON array, empty if there were none.
    pub gates: Vec<Value>,
    /// The alias that is moved to its version.
    pub promotion: Option<Promotion<'a>>,
    /// The experiment that its version enters.
    pub experiment: Option<&'a str>,
}

/// An alias that is moved to a version at the moment in which that is registered.
#[derive(Debug, Clone)]
pub struct Promotion<'a> {
    /// The alias.
    pub alias: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The version that it has to stand for until then, if that matters; `Some(None)` if there
    /// must be no such alias. It matters where that version was compared with.
    pub expected: Option<Option<u32>>,
}

/// A registered name, with its latest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelSummary {
    /// The name.
    pub name: String,
    /// The latest version.
    pub version: u32,
    /// The identity of the latest version.
    pub digest: Digest,
    /// When the latest version was registered.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
    /// The run that registered the latest version; none if it was imported.
    pub run: Option<RunId>,
    /// The aliases of the name, and the versions they stand for.
    pub aliases: BTreeMap<String, u32>,
    /// The tags of the latest version.
    pub tags: BTreeMap<String, String>,
    /// What somebody has said of the latest version.
    pub description: Option<String>,
}

/// One version of a model, with the model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredModel {
    /// The name.
    pub name: String,
    /// The version.
    pub version: u32,
    /// The identity of the model.
    pub digest: Digest,
    /// When it was registered.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
    /// The run that registered it first; none if it was imported.
    pub run: Option<RunId>,
    /// How it was imported, if it was.
    pub imported: Option<Import>,
    /// The aliases that stand for this version.
    pub aliases: Vec<String>,
    /// What the gates of the runs that registered it decided, the latest first.
    pub decisions: Vec<Decision>,
    /// What the version is tagged with.
    pub tags: BTreeMap<String, String>,
    /// What somebody has said of the version.
    pub description: Option<String>,
    /// The model.
    pub model: Model,
}

impl Store {
    /// Registers a model under its name, on behalf of a run. The model becomes a blob; the blobs
    /// it points at have to be in the store already.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidModelName`], [`Error::MissingPart`], [`Error::UnknownRun`], the errors of
    /// [`canonical_json`](crate::canonical_json), [`Error::Io`] and [`Error::Database`].
    pub fn register(&self, model: &Model, run: RunId) -> Result<Registered> {
        self.register_with(model, run, &Registration::default())
    }

    /// The same with what is said of the model: what gates decided on it is kept with the version,
    /// an alias is moved to it, by `run N`, and it enters an experiment, all at once or not at all.
    ///
    /// # Errors
    ///
    /// Those of [`Store::register`], [`Error::InvalidAlias`], [`Error::ReservedAlias`],
    /// [`Error::InvalidExperimentName`], and [`Error::AliasMoved`] when the alias no longer stands
    /// where it should.
    pub fn register_with(
        &self,
        model: &Model,
        run: RunId,
        registration: &Registration<'_>,
    ) -> Result<Registered> {
        let wanted = [(model, registration)];
        let mut registered = self.register_all(run, &wanted)?;
        Ok(registered.remove(0))
    }

    /// Registers several models of one run, in this order: all of them or none. Whoever looks in
    /// between sees none.
    ///
    /// # Errors
    ///
    /// Those of [`Store::register_with`], for the first model that has one.
    pub fn register_all(
        &self,
        run: RunId,
        models: &[(&Model, &Registration<'_>)],
    ) -> Result<Vec<Registered>> {
        for (model, registration) in models {
            check_model_name(&model.name)?;
            if let Some(promotion) = &registration.promotion {
                check_alias(promotion.alias)?;
            }
            if let Some(experiment) = registration.experiment {
                check_experiment_name(experiment)?;
            }
        }
        // Until the versions are known, so that none of their parts can go in between.
        let held = self.blobs().lock().together()?;
        let mut digests = Vec::with_capacity(models.len());
        for (model, _) in models {
            self.require_parts(model, &held)?;
            digests.push(self.blobs().put_under(&held, &model.to_json()?)?);
        }
        self.database.write("register the models", |transaction| {
            require_run(transaction, run)?;
            let models = models.iter().zip(digests);
            models
                .map(|((model, registration), digest)| {
                    register(transaction, (&model.name, digest), run, registration)
                })
                .collect()
        })
    }

    /// Every registered name with its latest version, sorted by name.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    pub fn models(&self) -> Result<Vec<ModelSummary>> {
        self.database.read("list the models", |transaction| {
            let mut models = Vec::new();
            for name in version::names(transaction)? {
                let latest = version::latest(transaction, &name)?;
                let latest = version::require(transaction, &name, latest)?;
                models.push(ModelSummary {
                    aliases: version::aliases(transaction, &name)?,
                    name,
                    version: latest.version,
                    digest: latest.digest,
                    created_at: latest.created_at,
                    run: latest.run,
                    tags: latest.tags,
                    description: latest.description,
                });
            }
            Ok(models)
        })
    }

    /// Every version of a model, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownModel`] and [`Error::Database`].
    pub fn model_versions(&self, name: &str) -> Result<Vec<ModelVersion>> {
        self.database
            .read("list the versions of the model", |transaction| {
                version::require_name(transaction, name)?;
                Ok(version::all(transaction, name)?)
            })
    }

    /// The version that is selected, without the model.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownModel`], [`Error::UnknownVersion`], [`Error::UnknownAlias`] and
    /// [`Error::Database`].
    pub fn version(&self, selector: &Selector) -> Result<ModelVersion> {
        self.database.read("find the model", |transaction| {
            version::require_name(transaction, &selector.name)?;
            let number = version::selected(transaction, selector)?;
            version::require(transaction, &selector.name, number)
        })
    }

    /// The model that is selected.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownModel`], [`Error::UnknownVersion`], [`Error::UnknownAlias`], the errors of
    /// [`Blobs::get`](crate::Blobs::get) and [`Model::from_json`], and [`Error::Database`].
    pub fn model(&self, selector: &Selector) -> Result<StoredModel> {
        let (found, decisions) = self.database.read("find the model", |transaction| {
            version::require_name(transaction, &selector.name)?;
            let number = version::selected(transaction, selector)?;
            let found = version::require(transaction, &selector.name, number)?;
            let decisions = decision::all(transaction, &selector.name, number)?;
            Ok((found, decisions))
        })?;
        let model = Model::from_json(&self.blobs().get(&found.digest)?)?;
        let ModelVersion {
            name,
            version,
            digest,
            created_at,
            run,
            imported,
            aliases,
            tags,
            description,
        } = found;
        Ok(StoredModel {
            name,
            version,
            digest,
            created_at,
            run,
            imported,
            aliases,
            decisions,
            tags,
            description,
            model,
        })
    }

    pub(crate) fn require_parts(&self, model: &Model, held: &Held) -> Result<()> {
        for part in model.parts() {
            if !self.blobs().keep_under(held, &part.digest)? {
                let model = model.name.clone();
                return Err(Error::MissingPart {
                    model,
                    role: part.role,
                    digest: part.digest,
                });
            }
        }
        Ok(())
    }
}

/// Finds or makes the version of a model, and keeps what is said of it.
fn register(
    transaction: &Transaction<'_>,
    (name, digest): (&str, Digest),
    run: RunId,
    registration: &Registration<'_>,
) -> Result<Registered, Abort> {
    let known = version::with_digest(transaction, name, digest)?;
    let version = match known {
        Some(version) => version,
        None => version::insert(transaction, name, digest, Some(run))?,
    };
    if !registration.gates.is_empty() {
        let gates = Value::Array(registration.gates.clone());
        decision::insert(transaction, (name, version), run, &gates)?;
    }
    if let Some(experiment) = registration.experiment {
        experiment::enter(transaction, experiment, (name, version), run)?;
    }
    let promotion = registration.promotion.as_ref();
    let before = promotion
        .map(|promotion| promote(transaction, (name, version), run, promotion))
        .transpose()?
        .flatten();
    Ok(Registered {
        version,
        digest,
        new: known.is_none(),
        before,
    })
}

/// Moves an alias to a version, unless it has been moved since somebody looked.
fn promote(
    transaction: &Transaction<'_>,
    (name, version): (&str, u32),
    run: RunId,
    promotion: &Promotion<'_>,
) -> Result<Option<u32>, Abort> {
    let alias = promotion.alias;
    let found = version::aliases(transaction, name)?.remove(alias);
    if let Some(expected) = promotion.expected
        && expected != found
    {
        return Err(Error::AliasMoved {
            name: name.to_owned(),
            alias: alias.to_owned(),
            expected,
            found,
        }
        .into());
    }
    let by = format!("run {run}");
    let moved = alias::move_to(transaction, (name, alias), version, &by, promotion.reason)?;
    Ok(moved)
}
