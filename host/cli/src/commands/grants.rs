//! Whether the user has granted all that a pipeline wants to do beyond this machine.

use mlhost_pipeline::{Diagnostic, Pipeline, UrlGrant};

use crate::{arguments::GrantArguments, configuration, error::Failure};

/// The addresses that are granted on the command line and in the user's configuration.
///
/// # Errors
/// When a notification of the pipeline is to be sent to another one, at its place; and when the
/// configuration cannot be read.
pub(super) fn urls(
    arguments: &GrantArguments,
    pipeline: &Pipeline,
) -> Result<Vec<UrlGrant>, Failure> {
    if pipeline.notifications.is_empty() {
        return Ok(Vec::new());
    }
    let mut granted = configuration::granted_urls()?;
    granted.extend(arguments.urls.iter().cloned());
    let mut diagnostics = pipeline.diagnostics();
    for notification in pipeline.notifications.values() {
        let url = &notification.url;
        if granted.iter().any(|grant| grant.covers(url)) {
            continue;
        }
        let origin = url.origin();
        diagnostics.push(
            Diagnostic::new(format!(
                "step `{}` is to send something to {}, which is not granted",
                notification.name,
                url.shown()
            ))
            .at(notification.url_span())
            .hint(format!(
                "give `--grant-url {origin}`, or write `urls = [\"{origin}\"]` under `[grants]` in \
                 your configuration"
            )),
        );
    }
    Ok(diagnostics.into_result(granted)?)
}
