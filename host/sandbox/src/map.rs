//! Files as memory, for rows that are read again and again: here because this is the one crate
//! with `unsafe`.

use std::{fs::File, io};

use bytes::Bytes;
use memmap2::Mmap;

/// The content of a file without a name, as memory: the system reads it when it is used, and drops
/// it when memory is short.
///
/// The file has to have no name (as `O_TMPFILE` makes it) and is taken, so that nobody can write
/// to it any more.
///
/// # Errors
/// When the system cannot map it.
pub fn map_file(file: File) -> io::Result<Bytes> {
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::new());
    }
    // SAFETY: a mapping must not change while it is borrowed. This file has no name that another
    // process could open it by, and its only handle is dropped here.
    #[allow(unsafe_code, reason = "see the safety comment")]
    let map = unsafe { Mmap::map(&file) }?;
    Ok(Bytes::from_owner(map))
}
