//! Runs that nobody starts by hand: at times, after changes of files, after runs of other pipelines.
//!
//! - [`agenda`] knows what is due: pure rules over moments that it is told.
//! - [`drive`] is the loop: it waits, runs what is due, and waits again. What it needs of the world
//!   is a trait, so that its rules are tested with a clock of their own.
//! - [`station`] is the world as it is: the clock of the machine, files, signals, the engine.
//!
//! One run goes on at a time. What becomes due in the meantime is kept: once for each pipeline.

mod agenda;
mod drive;
mod files;
mod follow;
mod line;
mod scheduled;
mod settling;
mod station;

pub(super) use follow::check as check_followers;
pub(super) use scheduled::Scheduled;
pub(super) use station::Station;
