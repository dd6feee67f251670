//! An archive as a folder: its list of files. Links are refused, so that nothing outside is read.

use cap_std::fs::Dir;

use crate::{
    entries::{Fault, Listing, Place},
    error::Problem,
    layout,
};

/// How deep the folders of an image layout may lie in each other.
const DEEPEST: usize = 4;

/// Lists the files of a folder without reading them.
pub(crate) fn list(folder: &Dir) -> Result<Listing, Fault> {
    let mut listing = Listing::default();
    list_in(folder, "", 0, &mut listing)?;
    Ok(listing)
}

fn list_in(folder: &Dir, path: &str, depth: usize, listing: &mut Listing) -> Result<(), Fault> {
    let fault = |error| (Some(path.to_owned()), Problem::Unreadable(error));
    for entry in folder.entries().map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = match path {
            "" => name,
            path => format!("{path}/{name}"),
        };
        let fault = |problem| (Some(path.clone()), problem);
        let unreadable = |error| fault(Problem::Unreadable(error));
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && depth < DEEPEST {
            let folder = entry.open_dir().map_err(unreadable)?;
            list_in(&folder, &path, depth + 1, listing)?;
        } else if kind.is_file() {
            let file = layout::clean(&path).map_err(fault)?;
            let size = entry.metadata().map_err(unreadable)?.len();
            listing.add(file, Place { offset: 0, size })?;
        } else {
            return Err(fault(Problem::Kind(match kind {
                kind if kind.is_symlink() => "a symbolic link",
                kind if kind.is_dir() => "a folder in too many others",
                _ => "a device, a pipe or a socket",
            })));
        }
    }
    Ok(())
}
