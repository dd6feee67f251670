//! What is known of a file or folder without reading it, in the words of WASI.

use std::io;

use cap_std::fs::Metadata;

use super::{
    bindings::{
        types::{DescriptorStat, DescriptorType, MetadataHashValue, PathFlags},
        wall_clock::Datetime,
    },
    descriptor::{Answer, Descriptor},
};

pub(super) fn kind(metadata: &Metadata) -> DescriptorType {
    let kind = metadata.file_type();
    if kind.is_file() {
        DescriptorType::RegularFile
    } else if kind.is_dir() {
        DescriptorType::Directory
    } else if kind.is_symlink() {
        DescriptorType::SymbolicLink
    } else {
        DescriptorType::Unknown
    }
}

/// The times are told to whoever may know the time: a file that was just written would tell it, too.
pub(super) fn stat(metadata: &Metadata, has_clock: bool) -> DescriptorStat {
    let time = |time: io::Result<cap_std::time::SystemTime>| {
        let since = time
            .ok()?
            .into_std()
            .duration_since(std::time::UNIX_EPOCH)
            .ok()?;
        has_clock.then(|| Datetime {
            seconds: since.as_secs(),
            nanoseconds: since.subsec_nanos(),
        })
    };
    DescriptorStat {
        type_: kind(metadata),
        link_count: 1,
        size: metadata.len(),
        data_access_timestamp: time(metadata.accessed()),
        data_modification_timestamp: time(metadata.modified()),
        status_change_timestamp: None,
    }
}

pub(super) fn hash(metadata: &Metadata) -> MetadataHashValue {
    let (lower, upper) = identity(metadata);
    MetadataHashValue { lower, upper }
}

/// What is known of a file or folder below a folder.
pub(super) fn metadata(dir: &Descriptor, flags: PathFlags, path: &str) -> Answer<Metadata> {
    let dir = dir.below(path)?;
    Ok(match flags.contains(PathFlags::SYMLINK_FOLLOW) {
        true => dir.metadata(path)?,
        false => dir.symlink_metadata(path)?,
    })
}

/// What tells a file from others.
#[cfg(unix)]
pub(super) fn identity(metadata: &Metadata) -> (u64, u64) {
    use cap_std::fs::MetadataExt;
    (metadata.ino(), metadata.dev())
}

/// What tells a file from others, as far as that is known here.
#[cfg(not(unix))]
pub(super) fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.len(), 0)
}
