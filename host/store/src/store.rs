//! The folder as a whole: blobs, records, and a text that says what it is to whoever finds it.
//! What can be done with the records is in the modules on runs, registered models and aliases.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use cap_tempfile::TempFile;

use crate::alive::Alive;
use crate::database::Database;
use crate::{Blobs, Cache, Error, Result};

const DATABASE: &str = "store.db";
const LOCK: &str = "store.lock";
/// Enough for the record of a run and its rows in the database.
const RESERVED_BYTES: usize = 256 * 1024;

const README: &str = "README";
const README_TEXT: &str = "\
This folder is the store of mlhost: runs, models and everything that made them.
`blobs/` holds content under its SHA-256 digest, `store.db` (SQLite) the records that point at it.
`cache/` holds results that can be computed again, and may be deleted at any time.
Read it with `host runs` and `host models`; do not edit or move single files.
";

/// A store of runs, models and the content they are made of.
///
/// One value can be shared by many threads, and one folder by many processes.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    folder: Dir,
    blobs: Blobs,
    cache: Cache,
    pub(crate) alive: Alive,
    pub(crate) database: Database,
}

impl Store {
    /// Opens the store in this folder, and makes folder and store if they are not there.
    ///
    /// # Errors
    ///
    /// [`Error::NewerSchema`] for the store of a later release; [`Error::Io`] and
    /// [`Error::Database`] for what cannot be made or read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = absolute(path.as_ref())?;
        let folder = Dir::create_ambient_dir_all(&path, ambient_authority())
            .and_then(|()| Dir::open_ambient_dir(&path, ambient_authority()))
            .map_err(Error::io("make the folder", &path))?;
        Self::open_in(&folder, path)
    }

    /// Opens the store in this folder if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::NoStore`], and those of [`Store::open`].
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self> {
        let path = absolute(path.as_ref())?;
        match Dir::open_ambient_dir(&path, ambient_authority()) {
            Ok(folder) if folder.is_file(DATABASE) => Self::open_in(&folder, path),
            Ok(_) => Err(Error::NoStore { path }),
            Err(source) if is_absence(&source) => Err(Error::NoStore { path }),
            Err(source) => Err(Error::io("open the folder", path)(source)),
        }
    }

    /// The store's folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The store's folder, opened.
    pub(crate) fn folder(&self) -> &Dir {
        &self.folder
    }

    /// The content-addressed blobs.
    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// Results that can be computed again.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// A new file in the store's folder, without a name: it is gone when it is closed.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be made.
    pub fn unnamed_file(&self) -> Result<std::fs::File> {
        let file = TempFile::new_anonymous(&self.folder);
        let file = file.map_err(Error::io("make a file in", &self.path))?;
        Ok(file.into_std())
    }

    /// Takes room on the disk that is given back when the file is closed: so that what has to be
    /// written at the end of a run can be, on a disk that has filled meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when there is no room.
    pub fn reserve(&self) -> Result<std::fs::File> {
        let mut file = self.unnamed_file()?;
        let written = file.write_all(&[0; RESERVED_BYTES]);
        written.map_err(Error::io("reserve room in", &self.path))?;
        Ok(file)
    }

    fn open_in(folder: &Dir, path: PathBuf) -> Result<Self> {
        // SQLite does not wait for another process that is turning the same new database to
        // write-ahead logging, so only one at a time gets here. The lock ends with the file.
        let _lock = lock(folder).map_err(Error::io("lock", path.join(LOCK)))?;
        let real = path
            .canonicalize()
            .map_err(Error::io("find the folder", &path))?;
        let database = Database::open(real.join(DATABASE), &path)?;
        let blobs = Blobs::open(folder, &path)?;
        let cache = Cache::open(folder, &path)?;
        let alive = Alive::open(folder, &path)?;
        write_readme(folder).map_err(Error::io("write", path.join(README)))?;
        Ok(Self {
            folder: folder.try_clone().map_err(Error::io("open", &path))?,
            path,
            blobs,
            cache,
            alive,
            database,
        })
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(Error::io("find the folder", path))
}

/// Whether an error says that there is no such folder, rather than that it cannot be opened.
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn lock(folder: &Dir) -> io::Result<std::fs::File> {
    let options = OpenOptions::new().write(true).create(true).clone();
    let file = folder.open_with(LOCK, &options)?.into_std();
    file.lock()?;
    Ok(file)
}

fn write_readme(folder: &Dir) -> io::Result<()> {
    let options = OpenOptions::new().write(true).create_new(true).clone();
    match folder.open_with(README, &options) {
        Ok(mut file) => file.write_all(README_TEXT.as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
