//! The files of an archive, whichever form it has: a list of names and sizes, checked before any
//! content is looked at, and a reader for each.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use cap_std::fs::Dir;
use mlhost_store::Digest;
use serde::de::DeserializeOwned;

use crate::{
    Error, Result,
    error::Problem,
    folder,
    layout::{self, LARGEST_DOCUMENT, MOST_FILES},
    tarball,
};

/// The files of an archive.
pub(crate) struct Entries {
    archive: PathBuf,
    source: Source,
    files: BTreeMap<String, Place>,
}

enum Source {
    Tar(File),
    Folder(Dir),
}

/// Where the content of a file is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Where it begins, in a tar archive.
    pub(crate) offset: u64,
    /// How many bytes it has.
    pub(crate) size: u64,
}

/// The files that were found so far.
#[derive(Default)]
pub(crate) struct Listing(BTreeMap<String, Place>);

/// What is wrong, with the file it is wrong with.
pub(crate) type Fault = (Option<String>, Problem);

impl Listing {
    /// Adds a file under its cleaned path.
    pub(crate) fn add(&mut self, file: &str, place: Place) -> Result<(), Fault> {
        let fault = |problem| (Some(file.to_owned()), problem);
        layout::check_file(file, place.size).map_err(fault)?;
        if self.0.insert(file.to_owned(), place).is_some() {
            return Err(fault(Problem::Twice));
        }
        if self.0.len() > MOST_FILES {
            return Err((None, Problem::TooMany(MOST_FILES)));
        }
        Ok(())
    }
}

impl Entries {
    /// Lists the files of the archive at a path: a folder, or a tar file.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let open = Error::io("open the archive", path);
        let is_folder = path.metadata().map_err(open)?.is_dir();
        let refused = |(file, problem)| refused(path, file, problem);
        let (source, listing) = if is_folder {
            let dir = Dir::open_ambient_dir(path, cap_std::ambient_authority());
            let dir = dir.map_err(Error::io("open the folder", path))?;
            let listing = folder::list(&dir).map_err(refused)?;
            (Source::Folder(dir), listing)
        } else {
            let mut file = File::open(path).map_err(Error::io("open the archive", path))?;
            let listing = tarball::list(&mut file).map_err(refused)?;
            (Source::Tar(file), listing)
        };
        Ok(Self {
            archive: path.to_owned(),
            source,
            files: listing.0,
        })
    }

    /// The names of all files, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub(crate) fn contains(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// The size of a file.
    pub(crate) fn size(&self, file: &str) -> Result<u64> {
        Ok(self.place(file)?.size)
    }

    /// The digest of a file, in constant memory.
    pub(crate) fn digest(&self, file: &str) -> Result<Digest> {
        let digest = self.reader(file).and_then(Digest::of_reader);
        digest.map_err(|error| self.refuse(file, Problem::Unreadable(error)))
    }

    /// The content of a file, which is not checked.
    pub(crate) fn read(&self, file: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self
            .reader(file)
            .and_then(|mut reader| reader.read_to_end(&mut bytes));
        read.map_err(|error| self.refuse(file, Problem::Unreadable(error)))?;
        Ok(bytes)
    }

    /// A JSON document; `expected` says what it should be.
    pub(crate) fn document<T: DeserializeOwned>(
        &self,
        file: &str,
        expected: &'static str,
    ) -> Result<T> {
        let bytes = self.text(file)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| self.refuse(file, Problem::document(expected, error)))
    }

    /// The content of a file that should be a document, and so is not large.
    pub(crate) fn text(&self, file: &str) -> Result<Vec<u8>> {
        let size = self.size(file)?;
        if size > LARGEST_DOCUMENT {
            let limit = LARGEST_DOCUMENT;
            return Err(self.refuse(file, Problem::TooLarge { size, limit }));
        }
        self.read(file)
    }

    /// The error that refuses this archive because of a file in it.
    pub(crate) fn refuse(&self, file: &str, problem: Problem) -> Error {
        refused(&self.archive, Some(file.to_owned()), problem)
    }

    /// The error that refuses this archive as a whole.
    pub(crate) fn refuse_all(&self, problem: Problem) -> Error {
        refused(&self.archive, None, problem)
    }

    fn place(&self, file: &str) -> Result<Place> {
        let place = self.files.get(file).copied();
        place.ok_or_else(|| self.refuse(file, Problem::Missing))
    }

    /// Reads no more than the file has by the list.
    fn reader(&self, file: &str) -> io::Result<Box<dyn Read + '_>> {
        let Some(place) = self.files.get(file) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        Ok(match &self.source {
            Source::Tar(tar) => {
                let mut tar = tar;
                tar.seek(SeekFrom::Start(place.offset))?;
                Box::new(tar.take(place.size))
            }
            Source::Folder(dir) => Box::new(dir.open(file)?.take(place.size)),
        })
    }
}

fn refused(archive: &Path, file: Option<String>, problem: Problem) -> Error {
    Error::Refused {
        archive: archive.to_owned(),
        file,
        problem: Box::new(problem),
    }
}
