//! What tells whether a file on disk is still the one that it was.

use std::fmt::Write as _;
use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A file system may give two changes within this time the same time of modification.
const COARSEST_CLOCK: Duration = Duration::from_secs(2);

/// A file as it was at one moment.
#[derive(Debug, Clone)]
pub struct Stamp {
    pub(crate) bytes: u64,
    modified: Option<SystemTime>,
    inode: Option<Inode>,
}

/// What a Unix file system says of a file besides.
#[derive(Debug, Clone, Copy)]
struct Inode {
    device: u64,
    number: u64,
    /// Seconds and nanoseconds.
    changed: (i64, i64),
}

impl Stamp {
    /// The file at a path as it is now, if there is one.
    pub fn at(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        metadata.is_file().then(|| Self::new(&metadata))
    }

    pub(crate) fn new(metadata: &Metadata) -> Self {
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            inode: inode(metadata),
        }
    }

    /// Whether the file has been neither replaced nor written to. The time of the last change of
    /// its inode does not count: a new link or other permissions leave the content as it is.
    pub fn is_same(&self, now: &Self) -> bool {
        let place = |stamp: &Self| stamp.inode.map(|inode| (inode.device, inode.number));
        self.bytes == now.bytes && self.modified == now.modified && place(self) == place(now)
    }

    /// The text under which the content of the file can be remembered; none if it was modified so
    /// lately that the next change might not show.
    pub(crate) fn key(&self, path: &Path) -> Option<String> {
        let modified = self.modified?;
        let age = SystemTime::now().duration_since(modified).ok()?;
        if age < COARSEST_CLOCK {
            return None;
        }
        let since_epoch = modified.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let path = path.canonicalize().ok()?;
        let mut key = format!(
            "{} {} {}",
            path.to_str()?,
            self.bytes,
            since_epoch.as_nanos()
        );
        if let Some(inode) = self.inode {
            let (seconds, nanoseconds) = inode.changed;
            // Writing to a string cannot fail.
            let _ = write!(
                key,
                " {seconds}.{nanoseconds:09} {} {}",
                inode.device, inode.number
            );
        }
        Some(key)
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> Option<Inode> {
    use std::os::unix::fs::MetadataExt as _;

    Some(Inode {
        device: metadata.dev(),
        number: metadata.ino(),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    })
}

#[cfg(not(unix))]
fn inode(_metadata: &Metadata) -> Option<Inode> {
    None
}
