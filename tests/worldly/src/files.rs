//! Files, as far as there are any.

use crate::bindings::wasi::filesystem::{
    preopens,
    types::{Descriptor, DescriptorFlags, ErrorCode, OpenFlags, PathFlags},
};

/// The folders that are there.
pub(crate) fn listed() -> String {
    let folders = preopens::get_directories();
    let names: Vec<_> = folders.iter().map(|(_, name)| name.as_str()).collect();
    format!("{names:?}")
}

/// The names in a folder.
pub(crate) fn names(path: &str) -> String {
    let names = || -> Result<Vec<String>, ErrorCode> {
        let (folder, _) = folder_of(&format!("{path}/"))?;
        let entries = folder.read_directory()?;
        let mut names = Vec::new();
        while let Some(entry) = entries.read_directory_entry()? {
            names.push(entry.name);
        }
        Ok(names)
    };
    format!("{:?}", names())
}

/// The text in a file.
pub(crate) fn read(path: &str) -> String {
    let text = || -> Result<String, ErrorCode> {
        let (folder, name) = folder_of(path)?;
        let file = folder.open_at(
            PathFlags::SYMLINK_FOLLOW,
            name,
            OpenFlags::empty(),
            DescriptorFlags::READ,
        )?;
        let stream = file.read_via_stream(0)?;
        let mut bytes = Vec::new();
        while let Ok(more) = stream.blocking_read(7) {
            bytes.extend(more);
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    format!("{:?}", text())
}

/// Writes a text into a file.
pub(crate) fn write(path: &str, text: &str) -> String {
    let written = || -> Result<u64, ErrorCode> {
        let (folder, name) = folder_of(path)?;
        let file = folder.open_at(
            PathFlags::empty(),
            name,
            OpenFlags::CREATE | OpenFlags::TRUNCATE,
            DescriptorFlags::WRITE,
        )?;
        file.write(text.as_bytes(), 0)?;
        Ok(file.stat()?.size)
    };
    format!("{:?}", written())
}

/// What a link leads to.
pub(crate) fn link(path: &str) -> String {
    let target = || {
        let (folder, name) = folder_of(path)?;
        folder.readlink_at(name)
    };
    format!("{:?}", target())
}

/// The folder that is there and holds a file, and the name of the file from there.
fn folder_of(path: &str) -> Result<(Descriptor, &str), ErrorCode> {
    let folders = preopens::get_directories().into_iter();
    let found = folders.filter_map(|(folder, name)| {
        let rest = path.strip_prefix(name.as_str())?.strip_prefix('/')?;
        Some((folder, rest))
    });
    found.last().ok_or(ErrorCode::NoEntry)
}
