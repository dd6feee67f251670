//! Registered models: names, and under each name versions that count up. A version is one model
//! digest for ever; registering the same model again finds the version it has.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::name::check_model_name;
use crate::run::require_run;
use crate::version::{self, ModelVersion};
use crate::{Digest, Error, Import, Model, Result, RunId, Selector, Store, time};

/// What registering a model came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// The version that the model has under its name.
    pub version: u32,
    /// The identity of the model.
    pub digest: Digest,
    /// Whether this call has made the version; otherwise it was there.
    pub new: bool,
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
        check_model_name(&model.name)?;
        self.require_parts(model)?;
        let digest = self.blobs().put(&model.to_json()?)?;
        self.database.write("register the model", |transaction| {
            require_run(transaction, run)?;
            let known = version::with_digest(transaction, &model.name, digest)?;
            let version = match known {
                Some(version) => version,
                None => version::insert(transaction, &model.name, digest, Some(run))?,
            };
            Ok(Registered {
                version,
                digest,
                new: known.is_none(),
            })
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

    /// The model that is selected.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownModel`], [`Error::UnknownVersion`], [`Error::UnknownAlias`], the errors of
    /// [`Blobs::get`](crate::Blobs::get) and [`Model::from_json`], and [`Error::Database`].
    pub fn model(&self, selector: &Selector) -> Result<StoredModel> {
        let found = self.database.read("find the model", |transaction| {
            version::require_name(transaction, &selector.name)?;
            let number = version::selected(transaction, selector)?;
            version::require(transaction, &selector.name, number)
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
        } = found;
        Ok(StoredModel {
            name,
            version,
            digest,
            created_at,
            run,
            imported,
            aliases,
            model,
        })
    }

    pub(crate) fn require_parts(&self, model: &Model) -> Result<()> {
        for part in model.parts() {
            if !self.blobs().contains(&part.digest)? {
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
