//! What the user lets a pipeline do beyond this machine.

use clap::Args;
use mlhost_pipeline::UrlGrant;

#[derive(Debug, Args)]
pub(crate) struct GrantArguments {
    /// Let the pipeline send notifications to addresses that begin like this; may be given several
    /// times
    #[arg(long = "grant-url", value_name = "URL", value_parser = parse_grant)]
    pub(crate) urls: Vec<UrlGrant>,
}

fn parse_grant(text: &str) -> Result<UrlGrant, String> {
    text.parse()
        .map_err(|error: mlhost_pipeline::UrlError| format!("it {error}"))
}
