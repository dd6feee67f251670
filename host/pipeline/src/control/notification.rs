//! Reads a step that tells a web server how the run went: `webhook = "https://…"`. It has no plugin
//! and no data; it comes after everything else, when the outcome of the run is known.

use std::time::Duration;

use super::retry::{self, Retry};
use super::{Condition, condition};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::grant::WebhookUrl;
use crate::limits;
use crate::node::{Content, Entry};
use crate::reader::{self, Section};
use crate::source::Span;

const KEYS: [&str; 6] = ["webhook", "on", "when", "retry", "timeout", "finally"];

/// How a run may end, in the words of its record.
const OUTCOMES: [&str; 5] = ["done", "refused", "failed", "cancelled", "error"];

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// A message about a run that has ended.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The name of the step.
    pub name: String,
    /// Where it is sent.
    pub url: WebhookUrl,
    /// The outcomes that are told; empty for all of them.
    pub on: Vec<String>,
    /// What must be true of the run besides.
    pub when: Option<Condition>,
    /// When it is sent again.
    pub retry: Retry,
    /// The longest that one attempt may take.
    pub timeout: Duration,
    url_span: Span,
}

impl Notification {
    /// Where the address is written.
    pub fn url_span(&self) -> Span {
        self.url_span.clone()
    }

    /// Whether it tells runs that end like this.
    pub fn tells(&self, outcome: &str) -> bool {
        self.on.is_empty() || self.on.iter().any(|on| on == outcome)
    }
}

/// Whether a step is a notification.
pub(crate) fn is_notification(entry: &Entry) -> bool {
    match &entry.node.content {
        Content::Table(entries) => entries.iter().any(|entry| entry.name == "webhook"),
        _ => false,
    }
}

pub(crate) fn read(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Notification> {
    let title = format!("step `{}`", entry.name);
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    let webhook = &section.optional("webhook")?.node;
    let url = reader::string(webhook, &section.key("webhook"), diagnostics);
    let url = url.and_then(|url| match url.parse::<WebhookUrl>() {
        Ok(url) => Some(url),
        Err(error) => {
            let message = format!("{} {error}", section.key("webhook"));
            let hint = "write an address such as \"https://hooks.example.com/runs\"";
            reader::report(webhook, message, Some(hint.to_owned()), diagnostics);
            None
        }
    });
    let when = section
        .optional("when")
        .and_then(|entry| condition::read(&entry.node, &section.key("when"), diagnostics));
    let retry = section
        .optional("retry")
        .and_then(|entry| retry::read(entry, &title, diagnostics));
    let timeout = section
        .optional("timeout")
        .and_then(|entry| limits::timeout(&entry.node, &section.key("timeout"), diagnostics));
    if let Some(entry) = section.optional("finally")
        && reader::boolean(&entry.node, &section.key("finally"), diagnostics) == Some(false)
    {
        diagnostics.push(
            Diagnostic::new(format!("{} cannot be false", section.key("finally")))
                .at(entry.node.span.clone())
                .hint("a notification always comes last: leave the key out"),
        );
    }
    Some(Notification {
        name: entry.name.clone(),
        url: url?,
        on: read_on(section, diagnostics),
        when,
        retry: retry.unwrap_or_default(),
        timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
        url_span: webhook.span.clone(),
    })
}

/// The outcomes that are told.
fn read_on(section: Section<'_>, diagnostics: &mut Diagnostics) -> Vec<String> {
    let Some(on) = section.optional("on") else {
        return Vec::new();
    };
    let what = section.key("on");
    let items = reader::array(&on.node, &what, diagnostics).unwrap_or_default();
    let known = OUTCOMES.map(|outcome| (outcome, outcome));
    let outcomes = items
        .iter()
        .filter_map(|item| reader::one_of(item, &what, &known, diagnostics));
    outcomes.map(str::to_owned).collect()
}
