//! The loop of a process that runs pipelines when something starts them.

use jiff::Timestamp;
use mlhost_engine::TriggerRecord;

use super::agenda::{Agenda, Next, Which};
use crate::error::Failure;

/// What the loop needs of the world around it.
pub(super) trait World {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Whether somebody has asked for the end.
    fn is_over(&self) -> bool;

    /// The pipelines whose files have changed since they were run or asked about, with the files. A
    /// file that is still being written has not changed yet.
    fn changed(&mut self) -> Vec<(Which, Vec<String>)>;

    /// Waits until something may have changed, somebody asks for the end, or it is this late. It may
    /// come back before.
    fn wait(&mut self, next: Option<Next>);

    /// Runs a pipeline to its end, and tells which others it starts. A run that fails is no failure
    /// of this.
    fn run(
        &mut self,
        which: Which,
        trigger: TriggerRecord,
    ) -> Result<Vec<(Which, TriggerRecord)>, Failure>;
}

/// Runs what is due, one after the other, until somebody asks for the end.
///
/// # Errors
/// When nobody reads any more what is printed.
pub(super) fn drive(agenda: &mut Agenda, world: &mut impl World) -> Result<(), Failure> {
    while !world.is_over() {
        agenda.pass(world.now());
        for (which, changed) in world.changed() {
            agenda.start(which, TriggerRecord::Watch { changed });
        }
        match agenda.take() {
            Some((which, trigger)) => {
                for (other, trigger) in world.run(which, trigger)? {
                    agenda.start(other, trigger);
                }
            }
            None => world.wait(agenda.next()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
