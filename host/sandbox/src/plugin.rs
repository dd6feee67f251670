//! A compiled component that has described itself.

use std::sync::Arc;

use arrow::datatypes::Schema;
use mlhost_pipeline::Kind;
use serde::Serialize;
use wasm_metadata::Payload;
use wasmtime::component::Component;

use crate::{
    Context, Error, Folder, Outcome, PluginName, Sandbox, Trainer, Transformer, Wants,
    contract::report, convert::cut, inner::Inner, instance::Instance, outcome, stack::Stacks,
};

/// Bytes of a word in a component's metadata.
pub(crate) const MAX_WORD: usize = 4 << 10;

/// What a plugin says about itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// Lower-case words joined by `-`.
    pub name: String,
    /// The kind of step it can be.
    pub kind: Kind,
    /// One paragraph.
    pub summary: String,
    /// JSON Schema of its parameters.
    pub params_schema: serde_json::Value,
    /// The version of the contract that it was built for.
    pub contract: String,
}

/// What the component's metadata sections say, each where it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Package {
    /// `namespace:name`.
    pub name: Option<String>,
    /// Semantic version.
    pub version: Option<String>,
    /// One line.
    pub description: Option<String>,
    /// Who wrote it.
    pub authors: Option<String>,
    /// SPDX expression.
    pub licenses: Option<String>,
    /// Where the source is.
    pub source: Option<String>,
    /// Where more is said about it.
    pub homepage: Option<String>,
    /// The revision of the source.
    pub revision: Option<String>,
}

/// A plugin, ready to be instantiated. Cheap to clone.
#[derive(Clone)]
pub struct Plugin {
    inner: Arc<Inner>,
    stacks: Arc<Stacks>,
}

impl Plugin {
    pub(crate) fn load(
        sandbox: &Sandbox,
        component: &Component,
        bytes: &[u8],
        digest: &str,
    ) -> Result<Self, Error> {
        let inner = Inner::load(sandbox, component, bytes, digest)?;
        Ok(Self {
            inner: Arc::new(inner),
            stacks: Arc::new(Stacks::new(sandbox.clone())),
        })
    }

    /// The plugin for calls with the stack that a step has.
    fn inner(&self, context: &Context) -> Result<Arc<Inner>, Error> {
        self.stacks.plugin(&self.inner, context.limits.stack_bytes)
    }

    /// What the plugin says about itself.
    pub fn description(&self) -> &Description {
        &self.inner.description
    }

    /// What its metadata says.
    pub fn package(&self) -> &Package {
        &self.inner.package
    }

    /// The kind of step it can be.
    pub fn kind(&self) -> Kind {
        self.inner.description.kind
    }

    /// `sha256:<hex>` of the component's bytes.
    pub fn digest(&self) -> &str {
        &self.inner.digest
    }

    /// The interfaces it imports, `mlhost:plugin/log@0.1.0` for one.
    pub fn imports(&self) -> &[String] {
        &self.inner.imports
    }

    /// What it declares that it may want beside its rows.
    pub fn wants(&self) -> &Wants {
        &self.inner.wants
    }

    /// Whether it tells what it has learned, as a trainer may: then [`Plugin::assess`] takes its one
    /// state, under the name `model`.
    pub fn explains(&self) -> bool {
        self.kind() == Kind::Trainer && self.inner.interfaces.report.is_some()
    }

    /// Whether the seed decides anything of what it does: whether it may ask for random numbers.
    pub fn is_seeded(&self) -> bool {
        let mut imports = self.inner.imports.iter();
        imports.any(|name| name.starts_with("wasi:random/"))
    }

    /// Its name and version, for messages and records.
    pub fn name(&self) -> PluginName {
        self.inner.name()
    }

    /// Starts a fold over an input of this schema.
    ///
    /// # Errors
    /// What the plugin finds wrong with the parameters or the schema.
    pub fn folder(&self, context: &Context, params: &str, input: &Schema) -> Result<Folder, Error> {
        Folder::open(&self.inner(context)?, context, params, input)
    }

    /// Applies a state to an input of this schema.
    ///
    /// # Errors
    /// What the plugin finds wrong with the parameters, the state or the schema.
    pub fn transformer(
        &self,
        context: &Context,
        params: &str,
        state: &[u8],
        input: &Schema,
    ) -> Result<Transformer, Error> {
        Transformer::open(&self.inner(context)?, context, params, state, input)
    }

    /// Prepares training on an input of this schema.
    ///
    /// # Errors
    /// What the plugin finds wrong with the parameters or the schema.
    pub fn trainer(
        &self,
        context: &Context,
        params: &str,
        input: &Schema,
    ) -> Result<Trainer, Error> {
        Trainer::open(&self.inner(context)?, context, params, input)
    }

    /// Asks for a verdict on named states.
    ///
    /// # Errors
    /// What the plugin reports, and numbers or words that cannot be true.
    pub fn assess(
        &self,
        context: &Context,
        params: &str,
        states: &[(String, Vec<u8>)],
    ) -> Result<Outcome, Error> {
        let plugin = self.inner(context)?;
        let indices = plugin.interface(plugin.interfaces.report.as_ref(), "report")?;
        let mut instance = Instance::new(&plugin, context)?;
        let guest = instance.guest(|store, wasm| indices.load(store, wasm))?;
        let states: Vec<_> = states
            .iter()
            .map(|(name, state)| report::NamedState {
                name: name.clone(),
                state: state.clone(),
            })
            .collect();
        let outcome = instance.call(|store| guest.call_assess(store, params, &states))?;
        let outcome = instance.within(outcome, |limits, outcome| limits.check_report(outcome))?;
        outcome::outcome_in(outcome, &context.limits).map_err(|what| instance.invalid(what))
    }
}

impl Package {
    /// What the metadata sections of these bytes say; nothing, when they are no
    /// WebAssembly.
    pub fn of(bytes: &[u8]) -> Self {
        let Ok(payload) = Payload::from_binary(bytes) else {
            return Self::default();
        };
        let metadata = payload.metadata();
        Self {
            name: metadata.name.as_ref().map(word),
            version: metadata.version.as_ref().map(word),
            description: metadata.description.as_ref().map(word),
            authors: metadata.authors.as_ref().map(word),
            licenses: metadata.licenses.as_ref().map(word),
            source: metadata.source.as_ref().map(word),
            homepage: metadata.homepage.as_ref().map(word),
            revision: metadata.revision.as_ref().map(word),
        }
    }
}

/// A word of a package about itself, which is as little to be trusted as what its plugin says.
fn word(word: &impl ToString) -> String {
    let mut word = word.to_string();
    cut(&mut word, MAX_WORD);
    word.replace(['\n', '\t'], " ")
}
