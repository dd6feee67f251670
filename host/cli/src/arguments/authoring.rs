//! What can be typed after `host plugin new`, `build` and `test`.

use std::path::PathBuf;

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use mlhost_authoring::Lang;
use mlhost_pipeline::Kind;

#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// What it is called: lower-case words joined by `-`
    pub(crate) name: String,

    /// What it does in a pipeline
    #[arg(long, value_parser = kinds())]
    pub(crate) kind: Kind,

    /// The language to write it in
    #[arg(long, value_parser = langs(), default_value = "rust")]
    pub(crate) lang: Lang,

    /// The folder of the project [default: the name]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    /// The folder of the plugin, which holds a plugin.toml
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    /// The folder of a plugin that is built, a component file, or a package such as `tree`
    #[arg(default_value = ".")]
    pub(crate) plugin: String,

    /// A TOML file of parameters to try it out with [default: those of the examples, else the least
    /// that it takes]
    #[arg(long, value_name = "FILE")]
    pub(crate) with: Option<PathBuf>,

    /// A table to try it out with, of any format [default: those of the examples, else generated]
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,

    /// The folder of the examples [default: `examples` in the folder of the plugin]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) examples: Option<PathBuf>,

    /// What generated rows and divisions follow from
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::NAMES).try_map(|word| word.parse())
}

fn langs() -> impl TypedValueParser<Value = Lang> {
    PossibleValuesParser::new(Lang::ALL.map(Lang::as_str)).try_map(|word| word.parse::<Lang>())
}
