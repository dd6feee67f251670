//! Finds the files that a path, a glob or a folder stands for, in an order that depends on their
//! names only.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glob::Pattern;
use mlhost_pipeline::{Format, Scheme};

use crate::opener::Opener;
use crate::place::Place;
#[cfg(feature = "remote")]
use crate::remote::places as remote;
use crate::{Error, Result, near};

/// The files that a path, a glob or a folder stands for, as they are now.
pub(crate) fn places(pattern: &str, base: &Path, opener: &Opener) -> Result<Vec<Arc<Place>>> {
    if let Some((scheme, _)) = Scheme::of(pattern)? {
        return remote(pattern, scheme, opener);
    }
    let files = files(pattern, base, opener.format)?;
    let places = files
        .into_iter()
        .map(|path| Place::new(path, opener.memory.clone()));
    places.collect()
}

/// The one file at a path, or what an address stands for.
pub(crate) fn place(path: PathBuf, opener: &Opener) -> Result<Vec<Arc<Place>>> {
    if let Some((scheme, _)) = Scheme::of(&path.to_string_lossy())? {
        return remote(&path.to_string_lossy(), scheme, opener);
    }
    Ok(vec![Place::new(path, opener.memory.clone())?])
}

#[cfg(not(feature = "remote"))]
fn remote(url: &str, scheme: Scheme, opener: &Opener) -> Result<Vec<Arc<Place>>> {
    // What would be needed to get at it.
    let _ = &opener.store;
    let path = PathBuf::from(mlhost_pipeline::without_query(url));
    Err(Error::remote(path, scheme, crate::RemoteError::NotBuilt))
}

/// The files that `pattern` stands for in the folder `base`, sorted: the file itself, the files of
/// a folder that have the extension of the format, or those that match a glob.
///
/// # Errors
/// When there is none, a link leads nowhere, a folder cannot be listed, or the glob is malformed.
pub fn files(pattern: &str, base: &Path, format: Format) -> Result<Vec<PathBuf>> {
    let path = base.join(pattern);
    // A file is looked for first, so that brackets in its name are not taken for a glob.
    let mut found = if path.is_file() {
        vec![path.clone()]
    } else if path.is_dir() {
        in_folder(&path, format)?
    } else {
        refuse_dangling(&path)?;
        matching(pattern, base)?
    };
    if found.is_empty() {
        return Err(Error::NoFile {
            pattern: pattern.to_owned(),
            folder: base.to_owned(),
            near: near::hint(&path, base, format),
        });
    }
    found.sort();
    Ok(found)
}

fn in_folder(folder: &Path, format: Format) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let path = entry.map_err(Error::io(folder))?.path();
        if Format::from_path(&path.to_string_lossy()) == Some(format) {
            refuse_dangling(&path)?;
            if path.is_file() {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn matching(pattern: &str, base: &Path) -> Result<Vec<PathBuf>> {
    let malformed = |source| Error::Glob {
        pattern: pattern.to_owned(),
        source,
    };
    // Checked on its own first, so that positions in messages are those of the user's text.
    Pattern::new(pattern).map_err(malformed)?;
    let folder = PathBuf::from(Pattern::escape(&base.to_string_lossy()));
    let full = folder.join(pattern);
    let paths = glob::glob(&full.to_string_lossy()).map_err(malformed)?;
    let mut found = Vec::new();
    for path in paths {
        let path = path.map_err(|error| {
            let unreadable = error.path().to_owned();
            Error::io(unreadable)(error.into())
        })?;
        refuse_dangling(&path)?;
        if path.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}

/// Refuses a link to what is not there: to leave it out would be to lose rows and not say so.
fn refuse_dangling(path: &Path) -> Result<()> {
    match fs::read_link(path) {
        Ok(target) if !path.exists() => Err(Error::DanglingLink {
            path: path.to_owned(),
            target,
        }),
        _ => Ok(()),
    }
}
