//! An object in one version, of which ranges are asked for.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use mlhost_pipeline::Scheme;
use object_store::path::Path as Key;
use object_store::{
    GetOptions, GetRange, OBJECT_STORE_COALESCE_DEFAULT, ObjectStore, ObjectStoreExt as _,
    coalesce_ranges,
};

use super::problem;
use super::version::Version;
use crate::{Error, Result};

/// How much of the end of a Parquet file is asked for first: the footer of most.
const TAIL_BYTES: u64 = 64 * 1024;

/// The status of an answer to a range that an object does not have, or a server cannot give.
const RANGE_NOT_SATISFIABLE: u16 = 416;

/// Where an object is.
#[derive(Clone)]
pub(super) struct Location {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) scheme: Scheme,
    pub(super) key: Key,
    /// What it is called in messages and records.
    pub(super) url: PathBuf,
    /// The whole address, with the query of one on the web.
    pub(super) address: String,
}

/// An object, as it was when it was first asked for.
pub(crate) struct Object {
    pub(super) location: Location,
    pub(super) version: Version,
}

/// What comes of asking for the end of an object.
pub(super) enum Tail {
    Found(Object, Bytes),
    /// The server gives whole objects only, or there is nothing in this one.
    NoRanges(Location),
}

impl Location {
    pub(super) fn error(&self, source: &object_store::Error) -> Error {
        problem::error(self.url.clone(), self.scheme, source)
    }
}

impl Object {
    /// Asks for the end of an object, and takes note of the version that comes.
    pub(super) async fn open(location: Location) -> Result<Tail> {
        let tail = match location.scheme {
            // It has no ranges that count from the end.
            Scheme::Azure => {
                let head = location.store.head(&location.key).await;
                let bytes = head.map_err(|error| location.error(&error))?;
                match bytes.size {
                    0 => return Ok(Tail::NoRanges(location)),
                    size => GetRange::Bounded(size.saturating_sub(TAIL_BYTES)..size),
                }
            }
            _ => GetRange::Suffix(TAIL_BYTES),
        };
        let options = GetOptions::new().with_range(Some(tail));
        let found = match location.store.get_opts(&location.key, options).await {
            Ok(found) => found,
            Err(object_store::Error::NotSupported { .. }) => return Ok(Tail::NoRanges(location)),
            Err(error) if problem::status(&error) == Some(RANGE_NOT_SATISFIABLE) => {
                return Ok(Tail::NoRanges(location));
            }
            Err(error) => return Err(location.error(&error)),
        };
        let version = Version::new(&found.meta);
        let object = Self { location, version };
        let bytes = found.bytes().await;
        let bytes = bytes.map_err(|error| object.location.error(&error))?;
        Ok(Tail::Found(object, bytes))
    }

    /// The size in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.version.bytes
    }

    pub(super) fn key(&self) -> Option<String> {
        self.version.key(&self.location.address)
    }

    /// Asks for ranges: those close to each other in one request, the others at the same time.
    pub(super) async fn ranges(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let fetch = |range| self.range(range);
        coalesce_ranges(ranges, fetch, OBJECT_STORE_COALESCE_DEFAULT).await
    }

    async fn range(&self, range: Range<u64>) -> Result<Bytes> {
        let Location { store, key, .. } = &self.location;
        let failed = |error| match problem::status(&error) {
            // There is less of it than there was.
            Some(RANGE_NOT_SATISFIABLE) => self.changed(),
            _ => self.location.error(&error),
        };
        let options = self.version.condition();
        let options = options.with_range(Some(GetRange::Bounded(range.clone())));
        let found = store.get_opts(key, options).await.map_err(failed)?;
        if Version::new(&found.meta) != self.version {
            return Err(self.changed());
        }
        found.bytes().await.map_err(failed)
    }

    fn changed(&self) -> Error {
        Error::Changed {
            path: self.location.url.clone(),
        }
    }
}
