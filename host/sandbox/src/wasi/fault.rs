//! The errors of files, in the words of WASI.

use std::io::{self, ErrorKind};

use super::bindings::types::ErrorCode;

impl From<io::Error> for ErrorCode {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NoEntry,
            ErrorKind::PermissionDenied => match error.raw_os_error() {
                Some(_) => Self::Access,
                // cap-std's own: the path leads out of the folder.
                None => Self::NotPermitted,
            },
            ErrorKind::AlreadyExists => Self::Exist,
            ErrorKind::NotADirectory => Self::NotDirectory,
            ErrorKind::IsADirectory => Self::IsDirectory,
            ErrorKind::DirectoryNotEmpty => Self::NotEmpty,
            ErrorKind::InvalidInput => Self::Invalid,
            ErrorKind::InvalidFilename => Self::NameTooLong,
            ErrorKind::StorageFull => Self::InsufficientSpace,
            ErrorKind::QuotaExceeded => Self::Quota,
            ErrorKind::FileTooLarge => Self::FileTooLarge,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::CrossesDevices => Self::CrossDevice,
            ErrorKind::Interrupted => Self::Interrupted,
            ErrorKind::WouldBlock => Self::WouldBlock,
            _ if is_loop(&error) => Self::Loop,
            _ => Self::Io,
        }
    }
}

/// Whether links lead to each other. The standard library's word for it is not stable yet.
#[cfg(unix)]
fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(not(unix))]
fn is_loop(_: &io::Error) -> bool {
    false
}
