//! Reads `pipeline.toml` and turns it into a typed, checked plan.
//!
//! Nothing here touches a file, a plugin or a clock, but for the database of time zones: the text
//! comes in as a string, and what is wrong with it goes out as [`Diagnostics`] that point at file,
//! line and column and say what to do. All mistakes of a file are found at once. This is the lowest
//! floor of the host; it uses no other crate of it.
//!
//! Reading has two phases. [`parse`] checks everything that can be known from the text alone.
//! [`Pipeline::plan`] is told the [`Kind`] of every plugin, checks that each step gets what its
//! kind takes, and gives the steps in the order of running.
//!
//! ```
//! use mlhost_pipeline::{Kind, PluginReference, Source, parse};
//!
//! let text = r#"
//! mlhost = 1
//! name = "flights"
//!
//! [data.train]
//! path = "flights.parquet"
//!
//! [steps.tree]
//! plugin = "tree"
//! input = "validate"
//!
//! [steps.validate]
//! plugin = "validate"
//! input = "train"
//! "#;
//! let pipeline = parse(Source::new("pipeline.toml", text), &[])?;
//! let plan = pipeline.plan(|step| match &step.plugin {
//!     PluginReference::Package { name, .. } if name == "tree" => Kind::Trainer,
//!     _ => Kind::Validator,
//! })?;
//! let order: Vec<&str> = plan.steps.iter().map(|step| step.name.as_str()).collect();
//! assert_eq!(order, ["validate", "tree"]);
//! # Ok::<(), mlhost_pipeline::Diagnostics>(())
//! ```

#![forbid(unsafe_code)]

mod allow;
mod check;
mod column_type;
mod compression;
mod configuration;
mod control;
mod cross_validation;
mod data;
mod data_location;
mod data_text;
mod diagnostic;
mod document;
mod duplicates;
mod error;
mod experiment;
pub mod expression;
mod faults;
mod format;
mod gate;
mod grant;
mod graph;
mod include;
mod input;
mod interpolate;
mod kind;
mod limit;
mod limits;
mod location;
mod model_version;
mod names;
mod node;
mod params;
mod patch;
mod pipeline;
mod plan;
mod planner;
mod print;
mod reader;
mod reference;
mod registries;
mod render;
mod retention;
mod scope;
mod selection;
mod source;
mod sources;
mod step;
mod syntax;
mod trigger;
mod unroll;

pub use allow::{Allow, AllowedDir, AllowedHost};
pub use column_type::ColumnType;
pub use compression::Compression;
pub use configuration::{Configuration, parse_configuration};
pub use control::{
    Best, Case, Condition, Control, Folds, Items, Jitter, Notification, OnFailure, Policy, Retry,
    Select, Switch,
};
pub use cross_validation::FoldedData;
pub use diagnostic::{Diagnostic, Diagnostics, Related};
pub use document::{FORMAT_VERSION, parse, parse_name, parse_with};
pub use error::Error;
pub use expression::Expression;
pub use faults::{Fault, FaultKind, Faults, Harm, Moment, parse_faults};
pub use format::{CsvOptions, Format};
pub use gate::{BetterThan, Direction, Gate, Rival};
pub use grant::{UrlError, UrlGrant, WebhookUrl};
pub use include::{included, path_from, profile_names};
pub use kind::Kind;
pub use limit::{Limit, LimitSet, Measure};
pub use limits::{parse_duration, parse_size};
pub use location::{LocationError, Scheme, StoreOptions, without_query};
pub use model_version::{ModelVersion, RegisteredReference};
pub use names::printable;
pub use patch::{AppliedPatch, Overrides, Patch, PatchChange};
pub use pipeline::{Data, Input, NamedInput, Pipeline, Reference, Step};
pub use plan::{DatasetReference, ModelReference, Plan, PlannedStep, Work};
pub use reference::{DEFAULT_NAMESPACE, PluginReference, VersionRequirement};
pub use registries::{ANY_NAMESPACE, RegistryPlace, RegistrySettings};
pub use retention::Retention;
pub use selection::{Comparison, Cut, Operator, Sample, Selection, Side, Split, Takes, Value};
pub use source::{Position, Source, Span};
pub use sources::Sources;
pub use trigger::{DEFAULT_ZONE, Follow, Timetable, TimetableError, Triggers};
pub use unroll::{Iteration, Loop};
