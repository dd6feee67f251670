//! Python: componentize-py puts a CPython into the component, with the modules that were imported
//! when it was made.

use std::process::Command;

use crate::{Result, Source, tools};

/// The version that the SDK was made with.
const PACKAGE: &str = "componentize-py==0.25.1";

/// How to install it: also where the system keeps its Python to itself, as Debian does.
pub(crate) fn installed() -> String {
    format!(
        "install it with `pip install {PACKAGE}`, or for this project alone with `python3 -m venv \
         .venv && .venv/bin/pip install {PACKAGE}`"
    )
}

pub(crate) fn build(source: &Source<'_>, say: &dyn Fn(&str)) -> Result<Vec<u8>> {
    tools::own_file(source, "plugin.py")?;
    let program = tools::find(source, "componentize-py")?;
    let made = tools::output(source)?;
    let mut command = Command::new(program);
    command.args(["--quiet", "--wit-path"]);
    command.arg(tools::absolute(source.contract)?);
    command.args(["--world", source.world, "componentize", "--stub-wasi"]);
    for folder in [source.project, source.sdk] {
        command.arg("--python-path").arg(tools::absolute(folder)?);
    }
    command.args(["mlhost.component", "--output"]).arg(&made);
    tools::run(source.project, &mut command, say)?;
    tools::left(&made)
}
