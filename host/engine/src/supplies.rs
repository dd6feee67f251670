//! What a run takes from elsewhere than its pipeline says: results from a store, and, where an
//! earlier run is made again, the very plugins and files of that run.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use mlhost_packages::{Found, Pins};
use mlhost_store::Store;

use crate::{FittedModel, Reuse};

/// What is at hand before a pipeline is checked. Without any of it, plugins and files are looked
/// for where the pipeline says.
#[derive(Default)]
pub struct Supplies {
    /// The store that the run will use. A pipeline of which every step has been done before, with
    /// the same plugins, parameters and rows, has nothing left to find out by a rehearsal.
    pub store: Option<Arc<Store>>,
    /// The store in which the registered models are found that steps read, where it is not that of the
    /// run.
    pub registry: Option<Arc<Store>>,
    /// Registered models that steps read, by what the pipeline calls them, such as
    /// `arr-delay@champion`.
    pub models: HashMap<String, Arc<FittedModel>>,
    /// What may be taken from the cache of that store.
    pub reuse: Reuse,
    /// What the lock of the pipeline pins. It gets what it lacks; [`crate::Checked::pins`] has it then.
    pub pins: Pins,
    /// Plugins by the name of their step.
    pub plugins: HashMap<String, Found>,
    /// The drift detector that profiles training data where no step does.
    pub profiler: Option<Found>,
    /// Whether models keep the profile of their training data without their predictions, as a version
    /// does that is made again.
    pub plain_profiles: bool,
    /// Files by the name of their data, in the order in which they are read.
    pub files: HashMap<String, Vec<PathBuf>>,
}
