//! Files in object stores and on web servers. The crate `object_store` speaks to the stores, over a
//! client of ours for HTTP.
//!
//! A Parquet file is read in ranges: its footer, and the column chunks that a scan needs. Other
//! files are read from end to end anyway, text more than once, so they are copied to a temporary
//! file without a name when the table is opened, and are from then on read like local ones: in
//! parallel parts, with bounded memory. So are Parquet files that are smaller than a few requests
//! are worth, and those of a server that gives no ranges.
//!
//! Every request after the first asks for the version that the first one gave, so a scan never
//! mixes two.

mod blocks;
mod connector;
mod copy;
mod find;
mod object;
mod post;
mod problem;
mod ranged;
mod request;
mod runtime;
mod stores;
mod version;

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use mlhost_pipeline::{Format, Scheme};

use self::blocks::Blocks;
use self::copy::Copy;
pub(crate) use self::copy::CopyReader;
use self::object::{Location, Object, Tail};
pub(crate) use self::post::post_json;
pub(crate) use self::ranged::RangedReader;
pub(crate) use self::request::send_request;
use crate::opener::Opener;
use crate::place::Place;
use crate::reader::{Failure, Reader};
use crate::{Error, Result};

/// How many files are opened at the same time.
const AT_ONCE: usize = 4;

/// A Parquet file of at most this size is copied: one request takes less time than three, and its
/// content is then known.
const SMALL_BYTES: u64 = 1024 * 1024;

/// A file, as it was when the table was opened.
pub(crate) enum Remote {
    /// A copy of the whole on this machine.
    Copy(Copy),
    /// What is asked for range by range, with the last bytes, which were asked for first.
    Ranged(Arc<Object>, Bytes),
}

/// Opens the files that an address stands for, in the order of their names.
pub(crate) fn places(url: &str, scheme: Scheme, opener: &Opener) -> Result<Vec<Arc<Place>>> {
    let format = opener.format;
    let place = async |location: Location| -> Result<Arc<Place>> {
        let url = location.url.clone();
        let remote = Remote::find(location, format).await?;
        Ok(Place::remote(url, remote, opener.memory.clone()))
    };
    runtime::run(async {
        let store = stores::open(url, scheme, &opener.store)?;
        let found = find::objects(&store, format).await?;
        let opening = stream::iter(found).map(place).buffered(AT_ONCE);
        match opening.try_collect().await {
            Ok(places) => Ok(places),
            Err(error) => Err(find::explained(&store, error, format).await),
        }
    })?
}

impl Remote {
    async fn find(location: Location, format: Format) -> Result<Self> {
        if format != Format::Parquet {
            return Ok(Self::Copy(Copy::fetch(location, None).await?));
        }
        match Object::open(location).await? {
            Tail::Found(object, tail) if tail.len() as u64 == object.bytes() => {
                Ok(Self::Copy(Copy::of(&object, &tail)?))
            }
            Tail::Found(object, _) if object.bytes() <= SMALL_BYTES => {
                let Object { location, version } = object;
                Ok(Self::Copy(Copy::fetch(location, Some(&version)).await?))
            }
            Tail::Found(object, tail) => Ok(Self::Ranged(Arc::new(object), tail)),
            Tail::NoRanges(location) => Ok(Self::Copy(Copy::fetch(location, None).await?)),
        }
    }

    /// The size in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Copy(copy) => copy.bytes(),
            Self::Ranged(object, _) => object.bytes(),
        }
    }

    /// Opens it from its beginning. `groups` are ranges that will be read: all of a group are asked
    /// for when the first is needed. Errors are put into `failure`, if there is one.
    pub(crate) fn open(&self, groups: Vec<Vec<Range<u64>>>, failure: Option<Failure>) -> Reader {
        match self {
            Self::Copy(copy) => Reader::Copy(copy.reader()),
            Self::Ranged(object, tail) => {
                let blocks = Blocks::new(object.clone(), tail.clone(), groups, failure);
                Reader::Ranged(RangedReader::new(Arc::new(blocks)))
            }
        }
    }

    /// The digest of the whole, if it is known.
    pub(crate) fn digest(&self) -> Option<&str> {
        match self {
            Self::Copy(copy) => Some(copy.digest()),
            Self::Ranged(..) => None,
        }
    }

    /// The text under which what was learnt of its content can be remembered.
    pub(crate) fn key(&self) -> Option<String> {
        match self {
            Self::Copy(copy) => copy.key(),
            Self::Ranged(object, _) => object.key(),
        }
    }

    /// Whether its content is all on this machine.
    pub(crate) fn is_copied(&self) -> bool {
        matches!(self, Self::Copy(_))
    }
}

/// An error of this crate, on its way through a reader of Arrow.
fn through_io(error: Error) -> std::io::Error {
    std::io::Error::other(error)
}
