//! `host plugin publish`: a component becomes a version of a package.

use std::path::Path;

use mlhost_packages::{Published, SigningKey};

use super::engine;
use crate::{arguments::PublishArguments, error::Failure, output::Output};

pub(super) fn publish(arguments: &PublishArguments, output: &mut Output) -> Result<(), Failure> {
    let key = arguments
        .sign
        .as_deref()
        .map(SigningKey::read)
        .transpose()?;
    let engine = engine()?;
    let published = engine.packages().publish(
        &arguments.plugin,
        Path::new("."),
        &arguments.registry,
        key.as_ref(),
    )?;
    output.print(&published, words)
}

fn words(published: &Published) -> String {
    let Published {
        name,
        version,
        digest,
        registry,
        compatible_with,
        signed,
    } = published;
    let signed = if *signed { ", signed" } else { "" };
    let mut words = format!("published {name}@{version} to `{registry}`{signed}\n  {digest}\n");
    if let Some(before) = compatible_with {
        words.push_str(&format!("  keeps what {before} has promised\n"));
    }
    words
}
