//! Finds the objects that an address stands for: the object itself, those of a folder that have the
//! ending of the format, or those that match a glob.

use std::path::PathBuf;

use futures_util::TryStreamExt as _;
use glob::{MatchOptions, Pattern};
use mlhost_pipeline::{Format, Scheme, without_query};
use object_store::ObjectMeta;
use object_store::path::Path as Key;

use super::object::Location;
use super::problem;
use super::stores::Store;
use crate::remote_error::RemoteError;
use crate::{Error, Result, near};

const GLOB: [char; 3] = ['*', '?', '['];

/// The objects, in the order of their names.
pub(super) async fn objects(store: &Store, format: Format) -> Result<Vec<Location>> {
    let pattern = store.pattern.as_str();
    let is_folder = pattern.ends_with('/');
    let is_glob = pattern.contains(GLOB);
    if store.scheme == Scheme::Web || !(is_folder || is_glob) {
        return Ok(vec![store.location(store.key(pattern)?)]);
    }
    let folder = folder(pattern);
    let listed = match (is_folder, is_glob) {
        (true, false) => in_folder(store, folder).await?,
        (true, true) => matching(store, folder, &format!("{pattern}*")).await?,
        (false, _) => matching(store, folder, pattern).await?,
    };
    let is_wanted = |key: &Key| !is_folder || Format::from_path(key.as_ref()) == Some(format);
    let mut found: Vec<Key> = listed.into_iter().filter(is_wanted).collect();
    if found.is_empty() {
        return Err(Error::NoFile {
            pattern: store.url(pattern),
            folder: PathBuf::from(store.url(folder)),
            near: Some(instead(store, format).await),
        });
    }
    found.sort();
    Ok(found.into_iter().map(|key| store.location(key)).collect())
}

/// Adds to the error about an object that is not there what is there instead.
pub(super) async fn explained(store: &Store, error: Error, format: Format) -> Error {
    let Error::Remote {
        path,
        scheme,
        source,
    } = error
    else {
        return error;
    };
    let source = match *source {
        RemoteError::NotFound { answer, near: None } if scheme != Scheme::Web => {
            let near = Some(instead(store, format).await);
            RemoteError::NotFound { answer, near }
        }
        source => source,
    };
    Error::remote(path, scheme, source)
}

async fn instead(store: &Store, format: Format) -> String {
    let pattern = store.pattern.as_str();
    let folder = folder(pattern);
    // What is listed is a help only: whoever may not list is told the same without it.
    let listed = in_folder(store, folder).await.unwrap_or_default();
    let names = listed.iter().filter_map(Key::filename);
    let names = names.filter(|name| Format::from_path(name) == Some(format));
    let names = names.map(str::to_owned).collect();
    let name = pattern.rsplit('/').next().unwrap_or_default();
    let wanted = (!name.is_empty() && !pattern.contains(GLOB)).then_some(name);
    near::among(names, wanted, &store.url(folder), format)
}

async fn in_folder(store: &Store, folder: &str) -> Result<Vec<Key>> {
    let prefix = store.key(folder)?;
    let listed = store.store.list_with_delimiter(Some(&prefix)).await;
    let listed = listed.map_err(|error| store.error(folder, &error))?;
    Ok(keys(listed.objects))
}

async fn matching(store: &Store, folder: &str, pattern: &str) -> Result<Vec<Key>> {
    const OPTIONS: MatchOptions = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: false,
    };
    let glob = Pattern::new(pattern).map_err(|source| Error::Glob {
        pattern: pattern.to_owned(),
        source,
    })?;
    let prefix = store.key(folder)?;
    let listed = store.store.list(Some(&prefix)).try_collect().await;
    let listed = listed.map_err(|error| store.error(folder, &error))?;
    let mut keys = keys(listed);
    keys.retain(|key| glob.matches_with(key.as_ref(), OPTIONS));
    Ok(keys)
}

/// The keys of objects that hold something: the web pages of some stores make empty ones that stand
/// for folders.
fn keys(objects: Vec<ObjectMeta>) -> Vec<Key> {
    let is_file = |object: &ObjectMeta| object.size > 0 || object.location.extension().is_some();
    let objects = objects.into_iter().filter(is_file);
    objects.map(|object| object.location).collect()
}

/// What of a pattern is in front of its last slash before anything that stands for several names.
fn folder(pattern: &str) -> &str {
    let literal = &pattern[..pattern.find(GLOB).unwrap_or(pattern.len())];
    literal.rfind('/').map_or("", |slash| &literal[..slash])
}

impl Store {
    fn url(&self, key: &str) -> String {
        match self.scheme {
            Scheme::Web => self.root.clone(),
            _ => format!("{}/{key}", self.root),
        }
    }

    fn location(&self, key: Key) -> Location {
        Location {
            store: self.store.clone(),
            scheme: self.scheme,
            url: PathBuf::from(without_query(&self.url(key.as_ref()))),
            address: self.url(key.as_ref()),
            key,
        }
    }

    fn key(&self, text: &str) -> Result<Key> {
        let key = Key::parse(text).map_err(object_store::Error::from);
        key.map_err(|error| self.error(text, &error))
    }

    fn error(&self, key: &str, error: &object_store::Error) -> Error {
        problem::error(
            PathBuf::from(without_query(&self.url(key))),
            self.scheme,
            error,
        )
    }
}
