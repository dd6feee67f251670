//! The model card: what is known of a version, as Markdown for people, after front matter for
//! model hubs as Hugging Face defines it. Nothing in it is made up, and nothing that data or
//! plugins have named is believed to be harmless.

mod body;
mod front_matter;
mod markdown;

use std::collections::BTreeMap;

use mlhost_store::StoredModel;
use serde_json::Value;

use crate::Result;

/// What a card is made of.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The version.
    pub stored: &'a StoredModel,
    /// What people say that it is meant for.
    pub description: Option<&'a str>,
    /// How people have marked it.
    pub tags: &'a BTreeMap<String, String>,
    /// The record of the run that registered it, for what its gates decided.
    pub record: Option<&'a Value>,
}

/// The card of a version.
///
/// # Errors
///
/// [`Error::Card`](crate::Error::Card) when the front matter cannot be written.
pub fn card(facts: &Facts<'_>) -> Result<String> {
    let front_matter = front_matter::text(facts)?;
    let body = body::text(facts);
    Ok(format!("---\n{front_matter}---\n\n{body}"))
}
