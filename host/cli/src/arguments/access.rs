//! How far a command goes for packages.

use clap::Args;
use mlhost_packages::Access;

#[derive(Debug, Args)]
pub(crate) struct AccessArguments {
    /// Fail if the lock of the pipeline would change
    #[arg(long)]
    pub(crate) locked: bool,

    /// Ask no registry for packages, and take those that are on this machine
    #[arg(long)]
    pub(crate) offline: bool,
}

impl AccessArguments {
    pub(crate) fn access(&self) -> Access {
        Access {
            locked: self.locked,
            offline: self.offline,
        }
    }
}
