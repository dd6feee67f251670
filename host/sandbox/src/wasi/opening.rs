//! How files of a granted folder are opened, read and written: only those that are files or folders,
//! for whatever else there is may make whoever opens it wait for ever.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    sync::Arc,
    time::{Duration, SystemTime},
};

use cap_std::fs::{File, OpenOptions};

use super::{
    bindings::types::{DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags},
    descriptor::{Answer, Descriptor, Opened},
    holdings::{Held, Slot},
};

/// How many bytes are read at once.
pub(super) const READABLE: u64 = 1 << 20;

/// What is said of pipes, sockets and devices.
const NO_FILE: ErrorCode = ErrorCode::Unsupported;

/// Opens a file or folder below a folder.
pub(super) fn open(
    dir: &Descriptor,
    flags: PathFlags,
    path: &str,
    how: OpenFlags,
    access: DescriptorFlags,
    slot: Slot,
) -> Answer<Opened> {
    let dir = dir.below(path)?;
    // Nobody else may have changed what it is between this look and the opening: what was opened is
    // looked at again.
    let known = match flags.contains(PathFlags::SYMLINK_FOLLOW) {
        true => dir.metadata(path),
        false => dir.symlink_metadata(path),
    };
    match known {
        Ok(metadata) if metadata.is_dir() => {
            if access.contains(DescriptorFlags::WRITE) {
                return Err(ErrorCode::IsDirectory);
            }
            if how.contains(OpenFlags::EXCLUSIVE) {
                return Err(ErrorCode::Exist);
            }
            return Ok(Opened::Dir {
                dir: Arc::new(dir.open_dir(path)?),
                _slot: Some(Arc::new(slot)),
            });
        }
        Ok(_) if how.contains(OpenFlags::DIRECTORY) => return Err(ErrorCode::NotDirectory),
        Ok(metadata) if metadata.is_symlink() => return Err(ErrorCode::Loop),
        Ok(metadata) if !metadata.is_file() => return Err(NO_FILE),
        Ok(_) => {}
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        Err(_) => {}
    }
    let is_written = access.contains(DescriptorFlags::WRITE);
    let is_new = how.contains(OpenFlags::CREATE);
    let mut options = OpenOptions::new();
    options
        .read(access.contains(DescriptorFlags::READ) || !is_written)
        .write(is_written || is_new || how.contains(OpenFlags::TRUNCATE))
        .create(is_new)
        .create_new(is_new && how.contains(OpenFlags::EXCLUSIVE))
        .truncate(how.contains(OpenFlags::TRUNCATE));
    without_waiting(&mut options);
    let file = dir.open_with(path, &options)?;
    match file.metadata()?.is_file() {
        true => Ok(Opened::File(Arc::new(Held::new(file, slot)))),
        false => Err(NO_FILE),
    }
}

/// The opening of a pipe, should it be one, waits for nobody.
#[cfg(unix)]
fn without_waiting(options: &mut OpenOptions) {
    use cap_std::fs::OpenOptionsExt;
    options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
}

#[cfg(not(unix))]
fn without_waiting(_: &mut OpenOptions) {}

/// At most so many bytes of a file, from there on; none at its end.
pub(super) fn read_at(file: &File, length: u64, offset: u64) -> io::Result<Vec<u8>> {
    let mut file = file;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes bytes into a file, from there on.
pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    let mut file = file;
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

/// The time of a file that is set to this, if it is set.
pub(super) fn time(new: NewTimestamp) -> Answer<Option<SystemTime>> {
    Ok(match new {
        NewTimestamp::NoChange => None,
        NewTimestamp::Now => Some(SystemTime::now()),
        NewTimestamp::Timestamp(time) => {
            let since = Duration::new(time.seconds, time.nanoseconds.min(999_999_999));
            let time = SystemTime::UNIX_EPOCH.checked_add(since);
            Some(time.ok_or(ErrorCode::Overflow)?)
        }
    })
}
