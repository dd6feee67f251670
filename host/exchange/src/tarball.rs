//! An archive as one tar file: its list of files, and how it is written.

use std::{
    fs::File,
    io::{self, Read, Write},
};

use tar::{EntryType, Header, PaxExtensions};

use crate::{
    entries::{Fault, Listing, Place},
    error::Problem,
    layout,
};

/// More bytes than the extended attributes of a file have.
const LARGEST_EXTENSION: u64 = 64 << 10;

/// Lists the files of a tar archive without reading them.
///
/// The headers are read as they are. Extended headers may say what does not matter here, such as
/// times; one that changes the name, the size or the layout of a file is refused, because not all
/// tools would read the same archive out of it.
pub(crate) fn list(file: &mut File) -> Result<Listing, Fault> {
    let not_tar = |error| (None, Problem::not_tar(&error));
    let length = file.metadata().map_err(not_tar)?.len();
    let mut listing = Listing::default();
    let mut archive = tar::Archive::new(file);
    let entries = archive.entries_with_seek().map_err(not_tar)?;
    for entry in entries.raw(true) {
        let mut entry = entry.map_err(not_tar)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let fault = |problem| (Some(path.clone()), problem);
        let (offset, size) = (entry.raw_file_position(), entry.size());
        if offset.checked_add(size).is_none_or(|end| end > length) {
            return Err(fault(Problem::CutOff));
        }
        let kind = entry.header().entry_type();
        match kind {
            EntryType::XHeader | EntryType::XGlobalHeader => {
                check_extension(&mut entry, size).map_err(fault)?;
            }
            EntryType::Regular => {
                let file = layout::clean(&path).map_err(fault)?;
                listing.add(file, Place { offset, size })?;
            }
            EntryType::Directory => {
                layout::clean(&path).map_err(fault)?;
            }
            _ => return Err(fault(Problem::Kind(word(kind)))),
        }
    }
    Ok(listing)
}

fn check_extension(entry: &mut impl Read, size: u64) -> Result<(), Problem> {
    if size > LARGEST_EXTENSION {
        let limit = LARGEST_EXTENSION;
        return Err(Problem::TooLarge { size, limit });
    }
    let mut records = Vec::new();
    entry
        .read_to_end(&mut records)
        .map_err(Problem::Unreadable)?;
    for record in PaxExtensions::new(&records) {
        let record = record.map_err(Problem::Unreadable)?;
        let key = record.key_bytes();
        if matches!(key, b"path" | b"linkpath" | b"size") || key.starts_with(b"GNU.sparse.") {
            return Err(Problem::Kind(
                "an extended header that renames or reshapes a file",
            ));
        }
    }
    Ok(())
}

fn word(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link",
        EntryType::Link => "a hard link",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a named pipe",
        EntryType::GNUSparse => "a sparse file",
        EntryType::GNULongName | EntryType::GNULongLink => "a name of more than 255 bytes",
        _ => "an entry of an unknown kind",
    }
}

/// Appends a file. Everything in its header but name and size is the same for all.
pub(crate) fn append(
    builder: &mut tar::Builder<impl Write>,
    file: &str,
    content: &[u8],
) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    builder.append_data(&mut header, file, content)
}
