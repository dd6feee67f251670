//! What the tests share: a pipeline with every feature, and the kinds of its plugins.

use mlhost_pipeline::{Kind, PluginReference, Step};

/// A pipeline that uses everything the format has, without a mistake.
#[allow(dead_code, reason = "not every test binary reads it")]
pub(crate) const COMPLETE: &str = include_str!("../complete.toml");

/// The kind that the standard package of this name has; other plugins are validators.
#[allow(dead_code, reason = "not every test binary plans")]
pub(crate) fn kind_by_name(step: &Step) -> Kind {
    let PluginReference::Package { name, .. } = &step.plugin else {
        return Kind::Validator;
    };
    match name.as_str() {
        "preprocess" => Kind::Preprocessor,
        "tree" | "linear" => Kind::Trainer,
        "drift" => Kind::DriftDetector,
        "evaluate" => Kind::Evaluator,
        _ => Kind::Validator,
    }
}
