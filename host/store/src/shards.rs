//! Folders of files that are named by a digest: `ab/cdef…`, in two levels, so that no folder gets
//! too many entries.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cap_std::fs::{Dir, Metadata};

use crate::Digest;

/// A file below such a folder.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The digest that names it; none if it is a stray, such as a temporary file.
    pub(crate) digest: Option<Digest>,
    /// From the folder.
    pub(crate) place: PathBuf,
    pub(crate) bytes: u64,
    /// When it was written or used last.
    pub(crate) modified: SystemTime,
}

/// Where the file of a digest is.
pub(crate) fn place(digest: &Digest) -> PathBuf {
    let hex = digest.hex();
    Path::new(&hex[..2]).join(&hex[2..])
}

/// Opens a folder inside another one, and makes it if needed; says whether it was made.
pub(crate) fn subfolder(parent: &Dir, name: &str) -> io::Result<(Dir, bool)> {
    let made = match parent.create_dir(name) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error),
    };
    Ok((parent.open_dir(name)?, made))
}

/// Every file there is. One that goes while they are listed may be among them or not.
pub(crate) fn entries(folder: &Dir) -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    for shard in folder.entries()? {
        let shard = shard?;
        let name = PathBuf::from(shard.file_name());
        if !shard.file_type()?.is_dir() {
            if let Some(metadata) = existing(shard.metadata())? {
                found.push(entry(name, &metadata)?);
            }
            continue;
        }
        for file in shard.open_dir()?.entries()? {
            let file = file?;
            if let Some(metadata) = existing(file.metadata())? {
                found.push(entry(name.join(file.file_name()), &metadata)?);
            }
        }
    }
    Ok(found)
}

/// Takes a file away, if it is there.
pub(crate) fn remove(folder: &Dir, place: &Path) -> io::Result<()> {
    existing(folder.remove_file(place)).map(drop)
}

fn entry(place: PathBuf, metadata: &Metadata) -> io::Result<Entry> {
    Ok(Entry {
        digest: digest_of(&place).filter(|_| metadata.is_file()),
        bytes: metadata.len(),
        modified: metadata.modified()?.into_std(),
        place,
    })
}

fn digest_of(place: &Path) -> Option<Digest> {
    let mut parts = place.iter().map(|part| part.to_str());
    let (shard, rest) = (parts.next()??, parts.next()??);
    let is_whole = shard.len() == 2 && parts.next().is_none();
    format!("sha256:{shard}{rest}")
        .parse()
        .ok()
        .filter(|_| is_whole)
}

/// What is there, if it still is.
pub(crate) fn existing<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
