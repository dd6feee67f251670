//! Files, as far as there are any.

use std::collections::BTreeSet;

use super::bindings::wasi::filesystem::{
    preopens,
    types::{Descriptor, DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags},
};

/// More files or folders than a plugin may have open.
const MANY: usize = 10_000;

/// The folders that are there.
pub(super) fn listed() -> String {
    let folders = preopens::get_directories();
    let names: Vec<_> = folders.iter().map(|(_, name)| name.as_str()).collect();
    format!("{names:?}")
}

/// The names in a folder.
pub(super) fn names(path: &str) -> String {
    let names = || -> Result<Vec<String>, ErrorCode> {
        let path = format!("{path}/");
        let (granted, inner) = folder_of(&path)?;
        let folder = match inner {
            "" => granted,
            inner => opened(&granted, inner, OpenFlags::DIRECTORY)?,
        };
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
pub(super) fn read(path: &str) -> String {
    let text = || -> Result<String, ErrorCode> {
        let (folder, name) = folder_of(path)?;
        let file = opened(&folder, name, OpenFlags::empty())?;
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
pub(super) fn write(path: &str, text: &str) -> String {
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

/// The different answers to reading, or if the path begins with a `+` to writing, that often.
pub(super) fn often(path: &str, times: u64) -> String {
    let answers: BTreeSet<String> = (0..times)
        .map(|_| match path.strip_prefix('+') {
            Some(path) => write(path, "what was written"),
            None => read(path),
        })
        .collect();
    format!("{answers:?}")
}

/// The text at a path from a folder that was opened below a granted one.
pub(super) fn climb(folder: &str, path: &str) -> String {
    let text = || -> Result<usize, ErrorCode> {
        let (granted, name) = folder_of(folder)?;
        let inner = opened(&granted, name, OpenFlags::DIRECTORY)?;
        let file = opened(&inner, path, OpenFlags::empty())?;
        Ok(file.read(100, 0)?.0.len())
    };
    format!("{:?}", text())
}

/// Whether the times of a file are told.
pub(super) fn times(path: &str) -> String {
    let times = || -> Result<(bool, bool, bool), ErrorCode> {
        let (folder, name) = folder_of(path)?;
        let stat = opened(&folder, name, OpenFlags::empty())?.stat()?;
        let below = folder.stat_at(PathFlags::empty(), name)?;
        Ok((
            stat.data_modification_timestamp.is_some(),
            stat.data_access_timestamp.is_some(),
            below.data_modification_timestamp.is_some(),
        ))
    };
    format!("{:?}", times())
}

/// Takes the bytes out of a file.
pub(super) fn resize(path: &str) -> String {
    let resized = || {
        let (folder, name) = folder_of(path)?;
        opened(&folder, name, OpenFlags::empty())?.set_size(0)
    };
    format!("{:?}", resized())
}

/// Sets the times of a file.
pub(super) fn touch(path: &str) -> String {
    let touched = || {
        let (folder, name) = folder_of(path)?;
        let file = opened(&folder, name, OpenFlags::empty())?;
        file.set_times(NewTimestamp::Now, NewTimestamp::Now)
    };
    format!("{:?}", touched())
}

/// Opens a file again and again.
pub(super) fn many(path: &str) -> String {
    let all = || -> Result<usize, ErrorCode> {
        let (folder, name) = folder_of(path)?;
        let open = |_| opened(&folder, name, OpenFlags::empty());
        Ok((0..MANY).map(open).collect::<Result<Vec<_>, _>>()?.len())
    };
    format!("{:?}", all())
}

/// Lists a folder again and again.
pub(super) fn many_lists(path: &str) -> String {
    let all = || -> Result<usize, ErrorCode> {
        let (folder, _) = folder_of(&format!("{path}/"))?;
        let list = |_| folder.read_directory();
        Ok((0..MANY).map(list).collect::<Result<Vec<_>, _>>()?.len())
    };
    format!("{:?}", all())
}

fn opened(folder: &Descriptor, path: &str, how: OpenFlags) -> Result<Descriptor, ErrorCode> {
    folder.open_at(PathFlags::SYMLINK_FOLLOW, path, how, DescriptorFlags::READ)
}

/// The folder that is there and holds a file, and the name of the file from there.
pub(super) fn folder_of(path: &str) -> Result<(Descriptor, &str), ErrorCode> {
    let folders = preopens::get_directories().into_iter();
    let found = folders.filter_map(|(folder, name)| {
        let rest = path.strip_prefix(name.as_str())?.strip_prefix('/')?;
        Some((folder, rest))
    });
    found.last().ok_or(ErrorCode::NoEntry)
}
