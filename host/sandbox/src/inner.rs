//! What a plugin is inside: compiled code with what it imports, the functions that it exports, and
//! what it has said about itself.

use std::{str::FromStr, sync::Arc, time::Duration};

use mlhost_pipeline::Kind;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::{
    CONTRACT, Context, Error, Limits, PluginName, Sandbox, Silent, Wants, compile,
    contract::{describe, fit, fold, report, transform},
    convert::cut,
    engine::Ticker,
    error::FAULT,
    instance::Instance,
    plugin::{Description, MAX_WORD, Package},
    session::Session,
    wasi,
};

/// A plugin for as long as anybody calls it.
pub(crate) struct Inner {
    pub(crate) pre: InstancePre<Session>,
    pub(crate) interfaces: Interfaces,
    pub(crate) package: Package,
    pub(crate) description: Description,
    pub(crate) digest: String,
    pub(crate) imports: Vec<String>,
    pub(crate) wants: Wants,
    /// Its instances may outlive the sandbox, and have to end in time all the same.
    ticker: Arc<Ticker>,
}

/// The interfaces that the component exports.
pub(crate) struct Interfaces {
    pub(crate) fold: Option<fold::GuestIndices>,
    pub(crate) fit: Option<fit::GuestIndices>,
    pub(crate) transform: Option<transform::GuestIndices>,
    pub(crate) report: Option<report::GuestIndices>,
}

impl Interfaces {
    fn of(pre: &InstancePre<Session>) -> Self {
        Self {
            fold: fold::GuestIndices::new(pre).ok(),
            fit: fit::GuestIndices::new(pre).ok(),
            transform: transform::GuestIndices::new(pre).ok(),
            report: report::GuestIndices::new(pre).ok(),
        }
    }
}

impl Inner {
    /// What was compiled of these bytes, once it has described itself.
    ///
    /// # Errors
    /// See [`Sandbox::load`].
    pub(crate) fn load(
        sandbox: &Sandbox,
        component: &Component,
        bytes: &[u8],
        digest: &str,
    ) -> Result<Self, Error> {
        let mut inner = Self::compiled(sandbox, component, bytes, digest)?;
        let describe = describe::GuestIndices::new(&inner.pre)
            .map_err(|_| not_a_plugin("it does not export `mlhost:plugin/describe`"))?;
        inner.description = inner.describe(describe).map_err(cannot_describe)?;
        inner.check_interfaces()?;
        Ok(inner)
    }

    /// What was compiled of these bytes, before it has said anything.
    ///
    /// # Errors
    /// [`Error::NotAPlugin`] when it imports what nobody offers, or declares wrongly what it wants.
    pub(crate) fn compiled(
        sandbox: &Sandbox,
        component: &Component,
        bytes: &[u8],
        digest: &str,
    ) -> Result<Self, Error> {
        let imports = imports(sandbox, component);
        refuse_foreign_imports(&imports)?;
        let pre = linked(sandbox, component, &imports)?;
        Ok(Self {
            interfaces: Interfaces::of(&pre),
            pre,
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
            ticker: sandbox.ticker.clone(),
        })
    }

    /// The same plugin in another sandbox, which has the same settings but for the stack.
    ///
    /// # Errors
    /// [`Error::Engine`] when that sandbox does not take its compiled form.
    pub(crate) fn moved(&self, sandbox: &Sandbox) -> Result<Self, Error> {
        let compiled = self.pre.component().serialize();
        let compiled = compiled.map_err(|error| Error::Engine(format!("{error:#}")))?;
        let component = compile::load(&sandbox.engine, &compiled)
            .ok_or_else(|| Error::Engine("what was compiled cannot be loaded again".to_owned()))?;
        let pre = linked(sandbox, &component, &self.imports)?;
        Ok(Self {
            interfaces: Interfaces::of(&pre),
            pre,
            package: self.package.clone(),
            description: self.description.clone(),
            digest: self.digest.clone(),
            imports: self.imports.clone(),
            wants: self.wants.clone(),
            ticker: sandbox.ticker.clone(),
        })
    }

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
            ticker: self.ticker.clone(),
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
