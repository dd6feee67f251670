//! The keys of a step that say when, how often and whether it runs: what a pipeline does beside
//! its work.

mod condition;
mod folds;
mod group;
mod looping;
mod notification;
mod retry;
mod switch;

pub use condition::Condition;
pub use folds::Folds;
pub use looping::{Best, Items, Select};
pub(crate) use looping::{ITERATION, Looping};
pub use notification::Notification;
pub use retry::{Jitter, Policy, Retry};
pub use switch::{Case, Switch};

pub(crate) use condition::read as read_condition;
pub(crate) use group::{LOOP_KEYS, STEPS as GROUP_KEY, is_group, read as read_group};
pub(crate) use notification::{is_notification, read as read_notification};
pub(crate) use switch::{is_switch, read as read_switch};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::Content;
use crate::reader::{self, Section};
use crate::scope::Scope;
use crate::source::Span;

/// When a step runs, and what follows if it fails.
#[derive(Debug, Clone, Default)]
pub struct Control {
    /// When it is tried again.
    pub retry: Retry,
    /// What must be true for it to run; it is skipped otherwise.
    pub when: Option<Condition>,
    /// Whether it runs whatever became of the steps that it is `after`.
    pub after_any: bool,
    /// What follows if it fails or is refused.
    pub on_failure: OnFailure,
    /// Whether it runs after all others, however the run went.
    pub finally: bool,
}

impl Control {
    /// Whether it says the same, wherever that is written.
    pub fn is_same(&self, other: &Self) -> bool {
        let text = |condition: &Option<Condition>| {
            let condition = condition.as_ref();
            condition.map(|condition| condition.expression.text().to_owned())
        };
        let called = |on_failure: &OnFailure| match on_failure {
            OnFailure::Stop => (0, None),
            OnFailure::Continue => (1, None),
            OnFailure::Step(step, _) => (2, Some(step.clone())),
        };
        self.retry == other.retry
            && text(&self.when) == text(&other.when)
            && self.after_any == other.after_any
            && called(&self.on_failure) == called(&other.on_failure)
            && self.finally == other.finally
    }
}

/// What follows if a step fails or is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// The run ends. The default.
    #[default]
    Stop,
    /// What needs the step is skipped, and the run goes on.
    Continue,
    /// The same, and this step runs, or this notification is sent, which otherwise is not.
    Step(String, Span),
}

/// Reads the keys that are no loop.
pub(crate) fn read(
    section: Section<'_>,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Control {
    let retry = section
        .optional("retry")
        .and_then(|entry| retry::read(entry, section.title, diagnostics));
    let when = section
        .optional("when")
        .and_then(|entry| condition::read(&entry.node, &section.key("when"), diagnostics));
    let finally = section
        .optional("finally")
        .and_then(|entry| match entry.node.content {
            Content::Boolean(finally) => Some(finally),
            _ => {
                let hint = "write `finally = true`, without quotation marks".to_owned();
                let what = section.key("finally");
                reader::mismatch_with(&entry.node, "a boolean", &what, Some(hint), diagnostics)
            }
        });
    Control {
        retry: retry.unwrap_or_default(),
        when,
        after_any: false,
        on_failure: read_on_failure(section, scope, diagnostics),
        finally: finally.unwrap_or_default(),
    }
}

fn read_on_failure(
    section: Section<'_>,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> OnFailure {
    let Some(entry) = section.optional("on_failure") else {
        return OnFailure::Stop;
    };
    let what = section.key("on_failure");
    let hint = "write \"stop\", \"continue\", or the name of a step";
    match reader::string_or(&entry.node, &what, hint, diagnostics) {
        None | Some("stop") => OnFailure::Stop,
        Some("continue") => OnFailure::Continue,
        Some(step) if scope.can_be_called(step) => {
            OnFailure::Step(step.to_owned(), entry.node.span.clone())
        }
        Some(other) => {
            let steps = scope.steps.iter().chain(scope.notifications);
            let steps = steps.map(|step| step.name.as_str());
            let known: Vec<&str> = ["stop", "continue"].into_iter().chain(steps).collect();
            let hint = match names::nearest(other, &known) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => hint.to_owned(),
            };
            diagnostics.push(
                Diagnostic::new(format!("{what} cannot be `{}`", other.escape_debug()))
                    .at(entry.node.span.clone())
                    .hint(hint),
            );
            OnFailure::Stop
        }
    }
}

/// Reads the folds of a step, and where they are written.
pub(crate) fn read_folds(
    section: Section<'_>,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(Folds, Span)> {
    let entry = section.optional("folds")?;
    let folds = folds::read(entry, section.title, scope, diagnostics)?;
    Some((folds, entry.key_span.clone()))
}

/// Reads the loop of a step, if it has one.
pub(crate) fn read_loop(
    section: Section<'_>,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Looping> {
    looping::read(section, scope.params, diagnostics)
}
