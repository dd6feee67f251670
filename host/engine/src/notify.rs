//! Tells web servers how a run went. It comes last, when the outcome is known, and changes nothing
//! of it: whether the telling failed is on the record, and said.

use std::time::Instant;

use mlhost_data::post_json;
use mlhost_pipeline::{Notification, Pipeline, Policy, UrlGrant};
use mlhost_sandbox::{CancelToken, Level, Metric};
use mlhost_store::{Outcome, RunId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Clock, Observer, Result, RunRecord, StepRecord, StepStatus};

/// The version of what is sent.
const VERSION: u32 = 1;

/// A message about a run, as its record keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotificationRecord {
    /// The name of the step.
    pub name: String,
    /// Where it was sent: the host alone, since the rest may be secret.
    pub to: String,
    /// `done` if the server has taken it, `skipped` if the run was none to be told, else `failed`;
    /// `cancelled` if the run was ended at once.
    pub status: StepStatus,
    /// How often it was sent.
    pub attempts: u32,
    /// Why it failed the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Wall time, with the waits.
    pub seconds: f64,
}

/// A run that has ended, and what notifications of it need.
pub(crate) struct Ended<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) run: RunId,
    pub(crate) outcome: Outcome,
    pub(crate) summary: &'a str,
    pub(crate) record: &'a RunRecord,
    pub(crate) grants: &'a [UrlGrant],
    pub(crate) clock: &'a dyn Clock,
    pub(crate) cancel: &'a CancelToken,
    pub(crate) observer: &'a dyn Observer,
}

impl Ended<'_> {
    /// Sends all that is to be sent, one after the other.
    pub(crate) fn tell(&self) -> Result<Vec<NotificationRecord>> {
        let notifications = self.pipeline.notifications.values();
        if notifications.len() == 0 {
            return Ok(Vec::new());
        }
        let body = serde_json::to_vec(&self.message())?;
        Ok(notifications
            .map(|notification| self.send(notification, &body))
            .collect())
    }

    fn send(&self, notification: &Notification, body: &[u8]) -> NotificationRecord {
        let started = Instant::now();
        let mut record = NotificationRecord {
            name: notification.name.clone(),
            to: notification.url.shown(),
            status: StepStatus::Skipped,
            attempts: 0,
            error: None,
            seconds: 0.0,
        };
        match self.is_wanted(notification) {
            Ok(true) => self.post(notification, body, &mut record),
            Ok(false) => return record,
            Err(error) => {
                record.status = StepStatus::Failed;
                record.error = Some(error);
            }
        }
        if let Some(error) = &record.error {
            let message = format!("{} was not told: {error}", record.to);
            self.observer.log(&record.name, Level::Warn, &message);
        }
        record.seconds = started.elapsed().as_secs_f64();
        record
    }

    fn is_wanted(&self, notification: &Notification) -> Result<bool, String> {
        if !notification.tells(&self.outcome.to_string()) {
            return Ok(false);
        }
        let callers = self.pipeline.callers(&notification.name);
        let callers: Vec<&str> = callers.map(|step| step.name.as_str()).collect();
        let has_failed = |step: &&StepRecord| {
            let failed = matches!(step.status, StepStatus::Failed | StepStatus::Refused);
            failed && callers.contains(&step.name.as_str())
        };
        if !callers.is_empty() && !self.record.steps.iter().any(|step| has_failed(&step)) {
            return Ok(false);
        }
        let Some(when) = &notification.when else {
            return Ok(true);
        };
        self.record
            .satisfies(&when.expression, &self.pipeline.params)
            .map_err(|mistake| format!("`when` cannot be decided: {}", mistake.message))
    }

    fn post(&self, notification: &Notification, body: &[u8], record: &mut NotificationRecord) {
        let url = &notification.url;
        if !self.grants.iter().any(|grant| grant.covers(url)) {
            record.status = StepStatus::Failed;
            record.error = Some("nothing may be sent there: the address is not granted".to_owned());
            return;
        }
        let retry = &notification.retry;
        loop {
            if self.cancel.is_cancelled() {
                record.status = StepStatus::Cancelled;
                return;
            }
            record.attempts += 1;
            let Err(error) = post_json(url.secret(), body, notification.timeout) else {
                record.status = StepStatus::Done;
                record.error = None;
                return;
            };
            record.status = StepStatus::Failed;
            record.error = Some(error.reason);
            let is_worth_it = match retry.policy {
                Policy::Never => false,
                Policy::Transient => error.is_transient,
                Policy::Always => true,
            };
            let wait = retry.wait(record.attempts, self.clock.random());
            if record.attempts > retry.limit || !is_worth_it || !self.clock.wait(wait, self.cancel)
            {
                return;
            }
        }
    }

    /// What is sent: how the run went, and nothing of its data, its parameters or this machine.
    fn message(&self) -> Value {
        let steps = self.record.steps.iter().map(|step| {
            let outcome = step.outcome.as_ref();
            let metrics = outcome.into_iter().flat_map(|outcome| &outcome.metrics);
            let headline = metrics.filter(|metric| metric.labels.is_empty());
            let metrics: Map<String, Value> = headline
                .map(|Metric { name, value, .. }| (name.clone(), json!(value)))
                .collect();
            json!({
                "name": step.name,
                "kind": step.kind,
                "plugin": step.plugin.to_string(),
                "status": step.status,
                "rows": step.rows,
                "seconds": step.seconds,
                "summary": outcome.map(|outcome| &outcome.summary),
                "metrics": metrics,
                "error": step.error,
            })
        });
        json!({
            "version": VERSION,
            "run": self.run,
            "pipeline": self.record.pipeline,
            "outcome": self.outcome,
            "summary": self.summary,
            "seconds": self.record.seconds,
            "trigger": self.record.trigger,
            "steps": steps.collect::<Vec<_>>(),
            "models": self.record.models,
        })
    }
}
