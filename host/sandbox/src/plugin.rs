//! A compiled component that has described itself.

use std::{str::FromStr, sync::Arc, time::Duration};

use arrow::datatypes::Schema;
use mlhost_pipeline::Kind;
use serde::Serialize;
use wasm_metadata::Payload;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::{
    CONTRACT, Context, Error, Folder, Limits, Outcome, PluginName, Sandbox, Silent, Trainer,
    Transformer, Wants,
    compile::CompileCache,
    contract::{describe, fit, fold, report, transform},
    convert::cut,
    error::FAULT,
    instance::Instance,
    outcome,
    session::Session,
    wasi,
};

/// Bytes of a word in a component's metadata.
const MAX_WORD: usize = 4 << 10;

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
pub struct Plugin(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) pre: InstancePre<Session>,
    pub(crate) interfaces: Interfaces,
    package: Package,
    description: Description,
    digest: String,
    imports: Vec<String>,
    wants: Wants,
}

/// The interfaces that the component exports.
pub(crate) struct Interfaces {
    pub(crate) fold: Option<fold::GuestIndices>,
    pub(crate) fit: Option<fit::GuestIndices>,
    pub(crate) transform: Option<transform::GuestIndices>,
    pub(crate) report: Option<report::GuestIndices>,
}

impl Plugin {
    pub(crate) fn load(
        sandbox: &Sandbox,
        bytes: &[u8],
        digest: &str,
        cache: &CompileCache,
    ) -> Result<Self, Error> {
        if !wasmparser_says_component(bytes) {
            return Err(not_a_plugin("it is not a WebAssembly component"));
        }
        let component = cache.compile(&sandbox.engine, bytes, digest)?;
        let imports = imports(sandbox, &component);
        refuse_foreign_imports(&imports)?;
        let pre = linked(sandbox, &component, &imports)?;
        let interfaces = Interfaces {
            fold: fold::GuestIndices::new(&pre).ok(),
            fit: fit::GuestIndices::new(&pre).ok(),
            transform: transform::GuestIndices::new(&pre).ok(),
            report: report::GuestIndices::new(&pre).ok(),
        };
        let describe = describe::GuestIndices::new(&pre)
            .map_err(|_| not_a_plugin("it does not export `mlhost:plugin/describe`"))?;
        let mut inner = Inner {
            pre,
            interfaces,
            package: Package::of(bytes),
            description: Description {
                name: "unknown".to_owned(),
                kind: Kind::Validator,
                summary: String::new(),
                params_schema: serde_json::Value::Null,
                contract: CONTRACT.to_owned(),
            },
            digest: digest.to_owned(),
            imports,
            wants: Wants::of(bytes).map_err(not_a_plugin)?,
        };
        inner.description = inner.describe(describe).map_err(cannot_describe)?;
        inner.check_interfaces()?;
        Ok(Self(Arc::new(inner)))
    }

    /// What the plugin says about itself.
    pub fn description(&self) -> &Description {
        &self.0.description
    }

    /// What its metadata says.
    pub fn package(&self) -> &Package {
        &self.0.package
    }

    /// The kind of step it can be.
    pub fn kind(&self) -> Kind {
        self.0.description.kind
    }

    /// `sha256:<hex>` of the component's bytes.
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    /// The interfaces it imports, `mlhost:plugin/log@0.1.0` for one.
    pub fn imports(&self) -> &[String] {
        &self.0.imports
    }

    /// What it declares that it may want beside its rows.
    pub fn wants(&self) -> &Wants {
        &self.0.wants
    }

    /// Whether it tells what it has learned, as a trainer may: then [`Plugin::assess`] takes its one
    /// state, under the name `model`.
    pub fn explains(&self) -> bool {
        self.kind() == Kind::Trainer && self.0.interfaces.report.is_some()
    }

    /// Whether the seed decides anything of what it does: whether it may ask for random numbers.
    pub fn is_seeded(&self) -> bool {
        let mut imports = self.0.imports.iter();
        imports.any(|name| name.starts_with("wasi:random/"))
    }

    /// Its name and version, for messages and records.
    pub fn name(&self) -> PluginName {
        self.0.name()
    }

    /// Starts a fold over an input of this schema.
    ///
    /// # Errors
    /// What the plugin finds wrong with the parameters or the schema.
    pub fn folder(&self, context: &Context, params: &str, input: &Schema) -> Result<Folder, Error> {
        Folder::open(&self.0, context, params, input)
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
        Transformer::open(&self.0, context, params, state, input)
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
        Trainer::open(&self.0, context, params, input)
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
        let indices = self
            .0
            .interface(self.0.interfaces.report.as_ref(), "report")?;
        let mut instance = Instance::new(&self.0, context)?;
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

impl Instance {
    /// The functions of one interface of this instance.
    pub(crate) fn guest<G>(
        &mut self,
        load: impl FnOnce(
            &mut wasmtime::Store<Session>,
            &wasmtime::component::Instance,
        ) -> wasmtime::Result<G>,
    ) -> Result<G, Error> {
        let wasm = self.wasm;
        self.call_infallible(|store| load(store, &wasm))
    }
}

impl Inner {
    pub(crate) fn name(&self) -> PluginName {
        PluginName {
            name: self
                .package
                .name
                .clone()
                .unwrap_or_else(|| self.description.name.clone()),
            version: self.package.version.clone(),
        }
    }

    /// The interface, which a plugin of the wrong kind does not have.
    pub(crate) fn interface<'a, I>(
        &self,
        indices: Option<&'a I>,
        interface: &'static str,
    ) -> Result<&'a I, Error> {
        indices.ok_or_else(|| Error::WrongKind {
            plugin: self.name(),
            kind: self.description.kind,
            interface,
        })
    }

    fn describe(&self, describe: describe::GuestIndices) -> Result<Description, Error> {
        let limits = Limits {
            memory_bytes: 256 << 20,
            time: Duration::from_secs(10),
            returned_bytes: 16 << 20,
            ..Limits::default()
        };
        let text_bytes = limits.text_bytes;
        let context = Context::with("describe", limits, Arc::new(Silent));
        // `Instance` wants a shared plugin, and this one is still in the making.
        let shared = Arc::new(Inner {
            pre: self.pre.clone(),
            interfaces: Interfaces {
                fold: None,
                fit: None,
                transform: None,
                report: None,
            },
            package: self.package.clone(),
            description: self.description.clone(),
            digest: self.digest.clone(),
            imports: vec![],
            wants: Wants::default(),
        });
        let mut instance = Instance::new(&shared, &context)?;
        let guest = instance.guest(|store, wasm| describe.load(store, wasm))?;
        let described = instance.call_infallible(|store| guest.call_describe(store))?;
        let describe::Description {
            mut name,
            kind,
            mut summary,
            params_schema,
            mut contract,
        } = described;
        for text in [&mut name, &mut summary, &mut contract] {
            cut(text, text_bytes);
        }
        Ok(Description {
            kind: Kind::from_str(&kind)
                .map_err(|error| instance.invalid(format!("an unusable description: {error}")))?,
            params_schema: serde_json::from_str(&params_schema).map_err(|error| {
                instance.invalid(format!("a parameter schema that is not JSON: {error}"))
            })?,
            name,
            summary,
            contract,
        })
    }

    /// Whether what is exported makes up the kind that the plugin says it is.
    fn check_interfaces(&self) -> Result<(), Error> {
        let Interfaces {
            fold,
            fit,
            transform,
            report,
        } = &self.interfaces;
        let has = |name| match name {
            "fold" => fold.is_some(),
            "fit" => fit.is_some(),
            "transform" => transform.is_some(),
            _ => report.is_some(),
        };
        let needed = match self.description.kind {
            Kind::Preprocessor => ["fold", "transform"],
            Kind::Trainer => ["fit", "transform"],
            Kind::Validator | Kind::DriftDetector | Kind::Evaluator => ["fold", "report"],
        };
        match needed.into_iter().find(|name| !has(name)) {
            None => Ok(()),
            Some(missing) => Err(not_a_plugin(format!(
                "it says it is a {} and does not export `mlhost:plugin/{missing}@{CONTRACT}`",
                self.description.kind
            ))),
        }
    }
}

fn wasmparser_says_component(bytes: &[u8]) -> bool {
    // "\0asm", version 0x0d, layer 1: see the component model's binary format.
    bytes.starts_with(b"\0asm\x0d\0\x01\0")
}

fn imports(sandbox: &Sandbox, component: &Component) -> Vec<String> {
    let types = component.component_type();
    types
        .imports(&sandbox.engine)
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// The component with everything that it imports.
fn linked(
    sandbox: &Sandbox,
    component: &Component,
    imports: &[String],
) -> Result<InstancePre<Session>, Error> {
    let refused = |error: wasmtime::Error| not_a_plugin(format!("{error:#}"));
    if !imports.iter().any(|name| wasi::is_known(name)) {
        return sandbox.linker.instantiate_pre(component).map_err(refused);
    }
    let mut linker = Linker::clone(&sandbox.linker);
    wasi::add_inert(&sandbox.engine, &mut linker, component).map_err(refused)?;
    linker.instantiate_pre(component).map_err(refused)
}

/// A component that imports more than the contract and WASI cannot run; say so in words.
fn refuse_foreign_imports(imports: &[String]) -> Result<(), Error> {
    let is_contract = |name: &str| {
        name.strip_prefix("mlhost:plugin/")
            .is_some_and(|rest| rest.ends_with(&format!("@{CONTRACT}")))
    };
    let is_ours = |name: &&String| is_contract(name) || wasi::is_known(name);
    match imports.iter().find(|name| !is_ours(name)) {
        None => Ok(()),
        Some(name) => Err(Error::NotAPlugin {
            reason: format!(
                "it imports `{name}`, which is part of neither `mlhost:plugin@{CONTRACT}` nor WASI 0.2"
            ),
            hint: Some(
                "a plugin reaches the contract's own interfaces, and WASI 0.2 as far as its step \
                 grants it"
                    .to_owned(),
            ),
        }),
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

/// No step is to blame, and none can give it more time or memory.
fn cannot_describe(error: Error) -> Error {
    match error {
        Error::Plugin { failure, .. } => Error::NotAPlugin {
            reason: format!("it cannot describe itself: {failure}"),
            hint: Some(FAULT.to_owned()),
        },
        other => other,
    }
}

fn not_a_plugin(reason: impl Into<String>) -> Error {
    let mut reason = reason.into();
    cut(&mut reason, MAX_WORD);
    Error::NotAPlugin { reason, hint: None }
}
