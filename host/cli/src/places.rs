//! Where the store and the cache are.

use std::{
    env,
    path::{Path, PathBuf},
};

use mlhost_store::Store;

use crate::error::Failure;

/// The name of a store's folder where nobody chose another.
const STORE: &str = ".mlhost";

/// The store of a pipeline, created if need be.
pub(crate) fn store_of_pipeline(chosen: Option<&Path>, folder: &Path) -> Result<Store, Failure> {
    Ok(Store::open(path_of_store(chosen, folder))?)
}

/// The store of a pipeline, if it has one already.
pub(crate) fn known_store_of_pipeline(
    chosen: Option<&Path>,
    folder: &Path,
) -> Result<Option<Store>, Failure> {
    match Store::open_existing(path_of_store(chosen, folder)) {
        Ok(store) => Ok(Some(store)),
        Err(mlhost_store::Error::NoStore { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn path_of_store(chosen: Option<&Path>, folder: &Path) -> PathBuf {
    chosen.map_or_else(|| folder.join(STORE), Path::to_path_buf)
}

/// The store that is there: the chosen one, or the nearest one upwards from the
/// current folder.
pub(crate) fn existing_store(chosen: Option<&Path>) -> Result<Store, Failure> {
    let path = chosen.map(Path::to_path_buf).or_else(nearest_store);
    Ok(Store::open_existing(
        path.unwrap_or_else(|| PathBuf::from(STORE)),
    )?)
}

/// The store that is there, or a new one where none is: the chosen one, or in the current folder.
pub(crate) fn store_here(chosen: Option<&Path>) -> Result<Store, Failure> {
    let path = chosen.map(Path::to_path_buf).or_else(nearest_store);
    Ok(Store::open(path.unwrap_or_else(|| PathBuf::from(STORE)))?)
}

/// The folder of a store upwards from the current folder.
fn nearest_store() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    here.ancestors()
        .map(|folder| folder.join(STORE))
        .find(|path| path.is_dir())
}

/// Where compiled plugins are kept: `MLHOST_CACHE` (empty for nowhere), else the
/// user's cache folder.
pub(crate) fn cache() -> Option<PathBuf> {
    if let Some(chosen) = env::var_os("MLHOST_CACHE") {
        return (!chosen.is_empty()).then(|| PathBuf::from(chosen));
    }
    let folder = xdg("XDG_CACHE_HOME", ".cache")?;
    Some(folder.join("mlhost").join("compiled"))
}

/// Where the key is that the seals of compiled plugins are made with, which does not travel with
/// them; in the folder itself if `MLHOST_CACHE` names that.
pub(crate) fn key_of_cache() -> Option<PathBuf> {
    if env::var_os("MLHOST_CACHE").is_some() {
        return None;
    }
    let folder = xdg("XDG_STATE_HOME", ".local/state")?;
    Some(folder.join("mlhost").join("compiled.key"))
}

/// Where packages from registries are kept: in the user's cache folder.
pub(crate) fn packages() -> Option<PathBuf> {
    let folder = xdg("XDG_CACHE_HOME", ".cache")?;
    Some(folder.join("mlhost").join("packages"))
}

/// A user's folder by the XDG base directory specification: that of the variable if its path is
/// absolute, else this one at home.
pub(crate) fn xdg(variable: &str, at_home: &str) -> Option<PathBuf> {
    let chosen = env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    chosen.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(at_home)))
}
