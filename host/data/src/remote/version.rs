//! What tells whether an object is still the one that it was.

use std::time::SystemTime;

use mlhost_pipeline::without_query;
use object_store::{GetOptions, ObjectMeta};

/// A server may give two changes within this time the same time of modification, in milliseconds.
const COARSEST_CLOCK: u128 = 2000;

/// An object as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) bytes: u64,
    e_tag: Option<String>,
    version: Option<String>,
    /// Milliseconds since the beginning of 1970; none where the server does not say it.
    modified: Option<i64>,
}

impl Version {
    pub(super) fn new(meta: &ObjectMeta) -> Self {
        let modified = meta.last_modified.timestamp_millis();
        Self {
            bytes: meta.size,
            e_tag: meta.e_tag.clone(),
            version: meta.version.clone(),
            modified: (modified != 0).then_some(modified),
        }
    }

    /// Asks for this version. A weak tag never matches in a condition, so with one the answer is
    /// compared alone.
    pub(super) fn condition(&self) -> GetOptions {
        let strong = |tag: &&String| !tag.starts_with("W/");
        let tag = self.e_tag.as_ref().filter(strong);
        GetOptions::new().with_if_match(tag.cloned())
    }

    /// The text under which the content at an address can be remembered; none if the next change might
    /// not show.
    pub(super) fn key(&self, url: &str) -> Option<String> {
        // With a tag, what follows the path may be a signature, which is another every time.
        let url = match self.e_tag.is_some() || self.version.is_some() {
            true => without_query(url),
            false if self.is_settled() => url,
            false => return None,
        };
        let Self {
            bytes,
            e_tag,
            version,
            modified,
        } = self;
        Some(format!("{url} {bytes} {e_tag:?} {version:?} {modified:?}"))
    }

    /// Whether the last change is so long ago that the next one has another time.
    fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        match (self.modified.map(u128::try_from), now) {
            (Some(Ok(modified)), Ok(now)) => now.as_millis() >= modified + COARSEST_CLOCK,
            _ => false,
        }
    }
}
