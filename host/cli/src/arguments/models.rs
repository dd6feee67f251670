//! What can be typed after `host models`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mlhost_store::{Selector, VersionSelector};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ModelsArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ModelsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Show one version: where it comes from, as a tree; metrics and columns
    Show {
        /// NAME, NAME@VERSION or NAME@ALIAS
        model: Selector,
    },
    #[command(flatten)]
    Version(VersionCommand),
    /// Compare two versions: metrics, columns, steps, data
    Compare {
        /// NAME, NAME@VERSION or NAME@ALIAS
        left: Selector,
        /// The one to compare it with
        right: Selector,
    },
    /// Write the model card of a version, in Markdown
    Card {
        /// NAME, NAME@VERSION or NAME@ALIAS
        model: Selector,

        /// The file to write [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write a version with all its parts as an OCI image layout
    Export(ExportArguments),
    /// Register the model of an archive that `export` has written
    Import(ImportArguments),
}

/// What can be done to versions and their aliases.
#[derive(Debug, Subcommand)]
pub(crate) enum VersionCommand {
    /// Let an alias such as `champion` stand for a version
    Alias {
        /// NAME@VERSION, or NAME@ALIAS for where another alias stands
        model: Selector,
        /// The alias: lower-case letters, digits and `-`
        alias: String,
        /// Why, for the history
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Let an alias stand for the version that it stood for before its last move
    Rollback {
        /// The name of the model
        #[arg(value_parser = parse_model_name)]
        name: String,
        /// The alias
        alias: String,
        /// Why, for the history
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Show every move of every alias: when, from where to where, by whom and why
    History {
        /// The name of the model
        #[arg(value_parser = parse_model_name)]
        name: String,
    },
    /// Tag a version, or take tags from it
    Tag {
        /// NAME, NAME@VERSION or NAME@ALIAS
        model: Selector,
        /// What to tag it with
        #[arg(value_name = "KEY=VALUE", value_parser = parse_tag, required_unless_present = "remove")]
        tags: Vec<(String, String)>,
        /// Take this tag away; may be given several times
        #[arg(long, value_name = "KEY")]
        remove: Vec<String>,
    },
    /// Say what a version is; an empty text takes it back
    Describe {
        /// NAME, NAME@VERSION or NAME@ALIAS
        model: Selector,
        /// The description
        text: String,
    },
    /// Delete a version that no alias stands for; its number is not given again
    Delete {
        /// NAME@VERSION
        model: Selector,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// NAME, NAME@VERSION or NAME@ALIAS
    pub(crate) model: Selector,

    /// A .tar file, or a folder that is not there yet
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: PathBuf,

    /// Sign it with this Ed25519 private key (PEM, PKCS #8)
    #[arg(long, value_name = "KEY")]
    pub(crate) sign: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// A .tar file or a folder
    pub(crate) archive: PathBuf,

    /// The name to register it under [default: its own]
    #[arg(long, value_parser = parse_model_name)]
    pub(crate) name: Option<String>,

    /// Let this alias stand for it; may be given several times
    #[arg(long = "alias", value_name = "ALIAS", value_parser = parse_alias)]
    pub(crate) aliases: Vec<String>,

    /// Refuse it unless it was signed with the private part of this Ed25519 key (PEM)
    #[arg(long, value_name = "PUBLIC_KEY")]
    pub(crate) verify: Option<PathBuf>,
}

/// The name of a model, without a version.
fn parse_model_name(text: &str) -> Result<String, String> {
    match text.parse::<Selector>() {
        Ok(selector) if selector.name == text => Ok(selector.name),
        Ok(selector) => Err(format!("name the model alone: {}", selector.name)),
        Err(error) => Err(with_hint(&error)),
    }
}

pub(super) fn with_hint(error: &mlhost_store::Error) -> String {
    let hint = error.hint().map(|hint| format!(": {hint}"));
    format!("{error}{}", hint.unwrap_or_default())
}

pub(super) fn parse_alias(text: &str) -> Result<String, String> {
    match text.parse::<VersionSelector>() {
        Ok(VersionSelector::Alias(alias)) => Ok(alias),
        Ok(_) => Err("an alias is a word, and not `latest`".to_owned()),
        Err(error) => Err(with_hint(&error)),
    }
}

fn parse_tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a tag is set as KEY=VALUE".to_owned()),
    }
}
