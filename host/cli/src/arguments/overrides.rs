//! What is put over a pipeline file for one time.

use std::path::PathBuf;

use clap::Args;

use super::pair;

/// What is put over a pipeline file, in the order in which it is applied.
#[derive(Debug, Args)]
pub(crate) struct OverrideArguments {
    /// Put a profile of the pipeline over it, `[profiles.NAME]`; may be given several times
    #[arg(long = "profile", value_name = "NAME")]
    pub(crate) profiles: Vec<String>,

    /// Put a file over it that has some keys of a pipeline; may be given several times
    #[arg(long = "patch", value_name = "FILE")]
    pub(crate) patches: Vec<PathBuf>,

    /// Set one value, such as steps.tree.with.max_depth=8; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_setting)]
    pub(crate) settings: Vec<String>,

    /// Set a parameter of the pipeline, for this time
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub(crate) params: Vec<(String, String)>,
}

fn parse_param(text: &str) -> Result<(String, String), String> {
    pair(text).ok_or_else(|| "a parameter is set as NAME=VALUE".to_owned())
}

fn parse_setting(text: &str) -> Result<String, String> {
    match pair(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("a value is set as PATH=VALUE".to_owned()),
    }
}
