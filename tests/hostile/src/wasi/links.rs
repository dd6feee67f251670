//! Names in folders: links, and what changes the place of a file.

use super::{
    bindings::wasi::filesystem::types::{ErrorCode, PathFlags},
    files::folder_of,
};

fn told<T: std::fmt::Debug>(work: impl FnOnce() -> Result<T, ErrorCode>) -> String {
    format!("{:?}", work())
}

/// What a link leads to.
pub(super) fn read(path: &str) -> String {
    told(|| {
        let (folder, name) = folder_of(path)?;
        folder.readlink_at(name)
    })
}

/// Makes a link to a path.
pub(super) fn make(path: &str, target: &str) -> String {
    told(|| {
        let (folder, name) = folder_of(path)?;
        folder.symlink_at(target, name)
    })
}

/// Gives a file another name.
pub(super) fn make_hard(path: &str, also: &str) -> String {
    told(|| {
        let (folder, name) = folder_of(path)?;
        let (other, new) = folder_of(also)?;
        folder.link_at(PathFlags::empty(), name, &other, new)
    })
}

/// Moves a file or folder.
pub(super) fn rename(path: &str, to: &str) -> String {
    told(|| {
        let (folder, name) = folder_of(path)?;
        let (other, new) = folder_of(to)?;
        folder.rename_at(name, &other, new)
    })
}

pub(super) fn make_folder(path: &str) -> String {
    told(|| {
        let (folder, name) = folder_of(path)?;
        folder.create_directory_at(name)
    })
}

pub(super) fn remove(path: &str) -> String {
    told(|| {
        let (folder, name) = folder_of(path)?;
        folder.unlink_file_at(name)
    })
}

pub(super) fn remove_folder(path: &str) -> String {
    told(|| {
        let (folder, name) = folder_of(path)?;
        folder.remove_directory_at(name)
    })
}
