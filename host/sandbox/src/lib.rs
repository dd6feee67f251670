//! Runs plugins in a WebAssembly sandbox.
//!
//! A plugin is a component that somebody else wrote. It gets the columns it asked
//! for and nothing else, stays within its time and memory, and can fail its own
//! step only: whatever it returns is checked before anything uses it. This is the
//! only crate that names wasmtime, and the only one with `unsafe`.
//!
//! - [`Sandbox`] is the engine: one per process, made in one place, so that
//!   compiled code always fits. It compiles components and keeps the result on
//!   disk.
//! - [`Plugin`] is a compiled component that has described itself. Cheap to clone.
//! - [`Folder`], [`Transformer`] and [`Trainer`] are the contract's resources,
//!   each in an instance of its own; [`Plugin::assess`] asks for a verdict. All
//!   are opened with a [`Context`]: whose step it is, its [`Limits`], and who
//!   hears what the plugin says.
//!
//! Calls are synchronous and take as long as the plugin takes: run them on a
//! thread that may block.
//!
//! ```no_run
//! use mlhost_sandbox::{Context, Options, Sandbox};
//!
//! # fn example(batch: &arrow::record_batch::RecordBatch) -> Result<(), mlhost_sandbox::Error> {
//! let sandbox = Sandbox::new(Options::default())?;
//! let plugin = sandbox.load(&std::fs::read("standardise.wasm").unwrap_or_default())?;
//! let context = Context::new("scale");
//! let mut folder = plugin.folder(&context, "{}", &batch.schema())?;
//! folder.update(batch)?;
//! let state = folder.state()?;
//!
//! let mut transformer = plugin.transformer(&context, "{}", &state, &batch.schema())?;
//! let scaled = transformer.apply(batch)?;
//! # Ok(())
//! # }
//! ```
//!
//! May use the floors `data` and `pipeline`.

mod compile;
mod compiler;
mod context;
mod contract;
mod convert;
mod engine;
mod error;
mod folder;
mod grants;
mod inner;
mod instance;
#[cfg(all(test, feature = "pulley"))]
mod interpreted;
mod limits;
mod map;
mod memory;
mod outcome;
mod plugin;
mod seal;
mod session;
mod stack;
mod trainer;
mod transformer;
mod wants;
mod wasi;

pub use compiler::{Compiler, compile_for_parent};
pub use context::{CancelToken, Context, Level, Listener, Silent, Terms};
pub use engine::{Options, Sandbox};
pub use error::{Error, Failure, PluginName, Reported};
pub use folder::Folder;
pub use grants::{GrantError, Grants};
pub use limits::Limits;
pub use map::map_file;
pub use memory::{HeldMemory, MemoryBudget, OverBudget};
pub use outcome::{Better, Figure, Finding, Metric, Outcome, Severity, Verdict};
pub use plugin::{Description, Package, Plugin};
pub use trainer::Trainer;
pub use transformer::Transformer;
pub use wants::{WANTS_SECTION, WantedDir, WantedMode, Wants};

/// The version of the contract (`wit/`) that this host speaks.
pub const CONTRACT: &str = "0.1.0";

/// The version of wasmtime that runs the plugins, for the record of a run.
pub const WASMTIME: &str = "48";

/// `sha256:<hex>` of a component's bytes: what [`Plugin::digest`] says of it.
pub fn digest(component: &[u8]) -> String {
    use sha2::Digest;
    format!("sha256:{}", compile::hex(&sha2::Sha256::digest(component)))
}
