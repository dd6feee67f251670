//! Files that are written as a whole or not at all.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use crate::{Error, Result};

/// Writes a file, over what there was.
///
/// # Errors
/// [`Error::Write`].
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let written =
        temporary(path, bytes).and_then(|file| file.persist(path).map_err(|error| error.error));
    written.map(drop).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file that must not be there yet; whether it was not.
///
/// # Errors
/// [`Error::Write`].
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<bool> {
    let written = temporary(path, bytes)
        .and_then(|file| file.persist_noclobber(path).map_err(|error| error.error));
    match written {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(source) => Err(Error::Write {
            path: path.to_owned(),
            source,
        }),
    }
}

/// A file beside that one, with the permissions of any other file.
fn temporary(path: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile<fs::File>> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().make_in(folder, |path| fs::File::create_new(path))?;
    file.write_all(bytes)?;
    Ok(file)
}
