//! Grants have two sides: what a plugin declares that it may want, and what its step allows. Both are
//! looked at, and folders opened, before anything runs.

use std::{collections::HashMap, path::Path, sync::Arc};

use mlhost_packages::Found;
use mlhost_pipeline::{Diagnostic, Pipeline};
use mlhost_sandbox::{Grants, WANTS_SECTION};

use crate::Result;

/// What the steps let their plugins reach, of those that allow something; paths are from `base`.
///
/// # Errors
/// [`Error::Pipeline`](crate::Error::Pipeline) with everything that a plugin does not want, and every
/// folder that cannot be opened.
pub(crate) fn open(
    pipeline: &Pipeline,
    plugins: &HashMap<String, Found>,
    base: &Path,
) -> Result<HashMap<String, Arc<Grants>>> {
    let mut diagnostics = pipeline.diagnostics();
    let mut granted = HashMap::new();
    for step in pipeline.steps.values() {
        if step.allow.is_nothing() {
            continue;
        }
        let is_first = step
            .iteration
            .as_ref()
            .is_none_or(|iteration| iteration.index == 0);
        let plugin = &plugins[&step.name].plugin;
        for key in plugin
            .wants()
            .not_wanted(&step.allow)
            .iter()
            .filter(|_| is_first)
        {
            let message = format!(
                "step `{}` allows `{key}`, which plugin {} does not ask for",
                step.written,
                plugin.name()
            );
            let wants = plugin.wants().in_words();
            let hint = match wants.as_slice() {
                [] => format!(
                    "it asks for nothing; a plugin says what it may want in its section \
                     `{WANTS_SECTION}`"
                ),
                wants => format!("it asks to {}", wants.join(", ")),
            };
            diagnostics.push(Diagnostic::new(message).at(step.allow_span()).hint(hint));
        }
        match Grants::open(&step.allow, base) {
            Ok(grants) => {
                granted.insert(step.name.clone(), Arc::new(grants));
            }
            Err(error) if is_first => {
                let message = format!("step `{}`: {error}", step.written);
                let hint =
                    "paths are from the folder of the pipeline, and the folder has to be there";
                diagnostics.push(Diagnostic::new(message).at(step.allow_span()).hint(hint));
            }
            Err(_) => {}
        }
    }
    Ok(diagnostics.into_result(granted)?)
}
