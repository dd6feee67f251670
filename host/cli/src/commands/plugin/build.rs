//! `host plugin build`: a component of a project.

use anstream::eprintln;
use mlhost_authoring::{Project, build as built};

use crate::{arguments::BuildArguments, error::Failure, output::Output, text};

pub(super) fn build(arguments: &BuildArguments, output: &mut Output) -> Result<(), Failure> {
    let project = Project::open(&arguments.folder)?;
    let built = built(&project, &|line| eprintln!("$ {line}"))?;
    output.print(&built, |built| {
        format!(
            "{}@{} is {} ({}, {})",
            built.package,
            built.version,
            built.path.display(),
            text::bytes(built.bytes),
            built.digest.get(..19).unwrap_or(&built.digest)
        )
    })
}
