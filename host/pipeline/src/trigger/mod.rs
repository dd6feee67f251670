//! Reads `[trigger]`: what starts a pipeline by itself in a process that waits for it. A table for
//! one set of triggers, or an array of tables, `[[trigger]]`, for several of a kind.

mod timetable;

pub use timetable::{Timetable, TimetableError};

use crate::control::{self, Condition};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::node::{Content, Entry, Node};
use crate::reader::{self, Section};
use crate::source::Span;

const KEYS: [&str; 6] = ["cron", "timezone", "watch", "on", "of", "when"];

/// Where nothing else is said, times are the same wherever the pipeline runs.
pub const DEFAULT_ZONE: &str = "UTC";

const HINT: &str =
    "add `cron = \"0 3 * * *\"`, `watch = true`, or `on = \"drift\"` with `of` and `when`";

/// What starts a pipeline.
#[derive(Debug, Clone, Default)]
pub struct Triggers {
    /// Times.
    pub timetables: Vec<Timetable>,
    /// A change of its data, its file, what is put over it, or a plugin that is a file.
    pub watch: bool,
    /// What runs of other pipelines come to.
    pub follows: Vec<Follow>,
}

impl Triggers {
    /// Whether nothing starts it.
    pub fn is_empty(&self) -> bool {
        self.timetables.is_empty() && !self.watch && self.follows.is_empty()
    }
}

/// Another pipeline, and what a run of it must have come to.
#[derive(Debug, Clone)]
pub struct Follow {
    /// The file of the other pipeline, relative to the folder of this one.
    pub of: String,
    /// What must be true of its run. The steps are those of the other pipeline, the parameters those
    /// of this one.
    pub when: Condition,
    of_span: Span,
}

impl Follow {
    /// Where the other pipeline is named.
    pub fn of_span(&self) -> Span {
        self.of_span.clone()
    }
}

pub(crate) fn read(entry: Option<&Entry>, diagnostics: &mut Diagnostics) -> Triggers {
    let mut triggers = Triggers::default();
    let Some(entry) = entry else {
        return triggers;
    };
    let Content::Array(items) = &entry.node.content else {
        read_one(entry, "`trigger`", &mut triggers, diagnostics);
        return triggers;
    };
    for (number, item) in (1..).zip(items) {
        let item = Entry {
            key_span: item.span.clone(),
            node: item.clone(),
            ..entry.clone()
        };
        let title = format!("trigger {number}");
        read_one(&item, &title, &mut triggers, diagnostics);
    }
    triggers
}

fn read_one(entry: &Entry, title: &str, triggers: &mut Triggers, diagnostics: &mut Diagnostics) {
    let Some(section) = Section::open(entry, title, &KEYS, diagnostics) else {
        return;
    };
    let is_there = |key| section.optional(key).is_some();
    if !["cron", "watch", "on"].into_iter().any(is_there) {
        diagnostics.push(
            Diagnostic::new(format!("nothing starts the pipeline in {title}"))
                .at(entry.key_span.clone())
                .hint(HINT),
        );
    }
    for (key, needed) in [("timezone", "cron"), ("of", "on"), ("when", "on")] {
        if let (Some(entry), None) = (section.optional(key), section.optional(needed)) {
            let what = section.key(key);
            diagnostics.push(
                Diagnostic::new(format!("{what} is of no use without `{needed}`"))
                    .at(entry.key_span.clone())
                    .hint(HINT),
            );
        }
    }
    triggers.timetables.extend(timetable(section, diagnostics));
    if let Some(watch) = section.optional("watch") {
        let watch = reader::boolean(&watch.node, &section.key("watch"), diagnostics);
        triggers.watch |= watch.unwrap_or_default();
    }
    if let Some(on) = section.optional("on") {
        reader::one_of(&on.node, &section.key("on"), &[("drift", ())], diagnostics);
        triggers.follows.extend(follow(section, diagnostics));
    }
}

fn timetable(section: Section<'_>, diagnostics: &mut Diagnostics) -> Option<Timetable> {
    let cron = section.optional("cron")?;
    let zone = section.optional("timezone");
    let expression = reader::string(&cron.node, &section.key("cron"), diagnostics);
    let zone_name = match zone {
        Some(zone) => reader::string(&zone.node, &section.key("timezone"), diagnostics)?,
        None => DEFAULT_ZONE,
    };
    match Timetable::new(expression?, zone_name) {
        Ok(timetable) => Some(timetable),
        Err(error) => {
            let place: &Node = match (&error, zone) {
                (TimetableError::UnknownZone(_), Some(zone)) => &zone.node,
                _ => &cron.node,
            };
            reader::report(place, error.to_string(), Some(error.hint()), diagnostics);
            None
        }
    }
}

fn follow(section: Section<'_>, diagnostics: &mut Diagnostics) -> Option<Follow> {
    let remedy = "add `of = \"monitor.toml\"`, the pipeline that looks for drift";
    let of = section.required("of", remedy, diagnostics);
    let remedy = "add `when = \"drift.share_drifted > 0.3\"`, of its steps";
    let when = section.required("when", remedy, diagnostics);
    let when = when
        .and_then(|when| control::read_condition(&when.node, &section.key("when"), diagnostics));
    let of = &of?.node;
    let path = reader::string(of, &section.key("of"), diagnostics)?;
    Some(Follow {
        of: path.to_owned(),
        when: when?,
        of_span: of.span.clone(),
    })
}
