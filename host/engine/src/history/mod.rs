//! What the records of earlier runs tell: why a step ran, how two runs differ, how to go on with a
//! run that did not come to its end, and how to make a model again.

mod changes;
mod diff;
mod explain;
mod imported;
mod lineage;
mod reproduction;
mod resume;

pub use changes::{FileChange, FilesChange, ValueChange, VersionChange};
pub use diff::{MetricChange, PackageChange, PatchDiff, RunDiff, RunSide, StepParams, diff};
pub use explain::{Change, Explanation, StepExplanation, Why, explain};
pub use lineage::Lineage;
pub use reproduction::{Difference, Reproduction};
pub use resume::{Unfinished, pipeline_changes, unfinished};
