//! What a plugin does with the folders that its step grants, and the files in them. `cap-std` follows
//! every part of a path from the folder's own descriptor, so that neither `..` nor a link leads out of
//! it, however often somebody changes it meanwhile.

use std::fs::FileTimes;

use wasmtime::component::Resource;

use super::{
    bindings::types::{
        self, Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, ErrorCode,
        MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
    },
    descriptor::{Answered, Descriptor, Entries, Opened},
    io::{InputStream, IoError, OutputStream},
    known::{hash, identity, kind, metadata, stat},
    opening::{self, READABLE},
};
use crate::session::Session;

impl types::Host for Session {
    fn filesystem_error_code(
        &mut self,
        error: Resource<IoError>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        Ok(self.resources.get(&error)?.code)
    }
}

impl types::HostDirectoryEntryStream for Session {
    fn read_directory_entry(
        &mut self,
        entries: Resource<Entries>,
    ) -> Answered<Option<DirectoryEntry>> {
        Ok(Ok(self.resources.get_mut(&entries)?.left.next()))
    }

    fn drop(&mut self, entries: Resource<Entries>) -> wasmtime::Result<()> {
        self.resources.delete(entries)?;
        Ok(())
    }
}

impl types::HostDescriptor for Session {
    fn read_via_stream(
        &mut self,
        file: Resource<Descriptor>,
        offset: u64,
    ) -> Answered<Resource<InputStream>> {
        let file = match self.resources.get(&file)?.file() {
            Ok(file) => file.clone(),
            Err(code) => return Ok(Err(code)),
        };
        Ok(Ok(self
            .resources
            .push(InputStream::File { file, offset })?))
    }

    fn write_via_stream(
        &mut self,
        file: Resource<Descriptor>,
        offset: u64,
    ) -> Answered<Resource<OutputStream>> {
        let file = match self.change(&file, |file| Ok(file.file()?.clone()))? {
            Ok(file) => file,
            Err(code) => return Ok(Err(code)),
        };
        Ok(Ok(self
            .resources
            .push(OutputStream::File { file, offset })?))
    }

    fn append_via_stream(
        &mut self,
        file: Resource<Descriptor>,
    ) -> Answered<Resource<OutputStream>> {
        match self.with(&file, Descriptor::metadata)? {
            Ok(metadata) => self.write_via_stream(file, metadata.len()),
            Err(code) => Ok(Err(code)),
        }
    }

    fn advise(&mut self, file: Resource<Descriptor>, _: u64, _: u64, _: Advice) -> Answered<()> {
        self.with(&file, |file| file.file().map(drop))
    }

    fn sync_data(&mut self, file: Resource<Descriptor>) -> Answered<()> {
        self.sync(file)
    }

    fn get_flags(&mut self, file: Resource<Descriptor>) -> Answered<DescriptorFlags> {
        self.with(&file, |file| {
            let mut flags = DescriptorFlags::READ;
            if file.is_writable {
                flags |= match file.opened {
                    Opened::File(_) => DescriptorFlags::WRITE,
                    Opened::Dir { .. } => DescriptorFlags::MUTATE_DIRECTORY,
                };
            }
            Ok(flags)
        })
    }

    fn get_type(&mut self, file: Resource<Descriptor>) -> Answered<DescriptorType> {
        self.with(&file, |file| Ok(kind(&file.metadata()?)))
    }

    fn set_size(&mut self, file: Resource<Descriptor>, size: u64) -> Answered<()> {
        self.change(&file, |file| Ok(file.file()?.set_len(size)?))
    }

    fn set_times(
        &mut self,
        file: Resource<Descriptor>,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> Answered<()> {
        self.change(&file, |file| {
            let mut times = FileTimes::new();
            if let Some(time) = opening::time(accessed)? {
                times = times.set_accessed(time);
            }
            if let Some(time) = opening::time(modified)? {
                times = times.set_modified(time);
            }
            let file = file.file()?.try_clone()?.into_std();
            Ok(file.set_times(times)?)
        })
    }

    fn read(
        &mut self,
        file: Resource<Descriptor>,
        length: u64,
        offset: u64,
    ) -> Answered<(Vec<u8>, bool)> {
        self.with(&file, |file| {
            let bytes = opening::read_at(file.file()?, length.min(READABLE), offset)?;
            let is_end = bytes.is_empty() && length > 0;
            Ok((bytes, is_end))
        })
    }

    fn write(&mut self, file: Resource<Descriptor>, bytes: Vec<u8>, offset: u64) -> Answered<u64> {
        self.change(&file, |file| {
            opening::write_at(file.file()?, &bytes, offset)?;
            Ok(bytes.len() as u64)
        })
    }

    fn read_directory(&mut self, dir: Resource<Descriptor>) -> Answered<Resource<Entries>> {
        let limit = self.context.limits.handles;
        let slot = self.holdings.open()?;
        let read = self.with(&dir, |dir| {
            let mut entries = Vec::new();
            for entry in dir.dir()?.entries()? {
                let entry = entry?;
                let Ok(name) = entry.file_name().into_string() else {
                    return Err(ErrorCode::IllegalByteSequence);
                };
                if entries.len() >= limit {
                    return Err(ErrorCode::Overflow);
                }
                let metadata = entry.metadata()?;
                let type_ = kind(&metadata);
                entries.push(DirectoryEntry { type_, name });
            }
            entries.sort_by(|left, right| left.name.cmp(&right.name));
            Ok(entries)
        })?;
        match read {
            Ok(entries) => {
                let left = entries.into_iter();
                let entries = Entries { left, _slot: slot };
                Ok(Ok(self.resources.push(entries)?))
            }
            Err(code) => Ok(Err(code)),
        }
    }

    fn sync(&mut self, file: Resource<Descriptor>) -> Answered<()> {
        self.with(&file, |file| match &file.opened {
            Opened::File(file) => Ok(file.sync_all()?),
            Opened::Dir { .. } => Ok(()),
        })
    }

    fn create_directory_at(&mut self, dir: Resource<Descriptor>, path: String) -> Answered<()> {
        let answer = self.change(&dir, |dir| Ok(dir.below(&path)?.create_dir(path)?))?;
        Ok(self.inside(answer))
    }

    fn stat(&mut self, file: Resource<Descriptor>) -> Answered<DescriptorStat> {
        let has_clock = self.context.grants.allow.clock;
        self.with(&file, |file| Ok(stat(&file.metadata()?, has_clock)))
    }

    fn stat_at(
        &mut self,
        dir: Resource<Descriptor>,
        flags: PathFlags,
        path: String,
    ) -> Answered<DescriptorStat> {
        let has_clock = self.context.grants.allow.clock;
        let answer = self.with(&dir, |dir| {
            Ok(stat(&metadata(dir, flags, &path)?, has_clock))
        })?;
        Ok(self.inside(answer))
    }

    fn set_times_at(
        &mut self,
        dir: Resource<Descriptor>,
        _: PathFlags,
        _: String,
        _: NewTimestamp,
        _: NewTimestamp,
    ) -> Answered<()> {
        self.change(&dir, |_| Err(ErrorCode::Unsupported))
    }

    fn link_at(
        &mut self,
        dir: Resource<Descriptor>,
        _: PathFlags,
        _: String,
        _: Resource<Descriptor>,
        _: String,
    ) -> Answered<()> {
        self.change(&dir, |_| Err(ErrorCode::Unsupported))
    }

    fn open_at(
        &mut self,
        dir: Resource<Descriptor>,
        flags: PathFlags,
        path: String,
        how: OpenFlags,
        access: DescriptorFlags,
    ) -> Answered<Resource<Descriptor>> {
        let writes = DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY;
        let creates = OpenFlags::CREATE | OpenFlags::TRUNCATE;
        let is_change = access.contains(DescriptorFlags::WRITE) || how.intersects(creates);
        let slot = self.holdings.open()?;
        let open = |dir: &Descriptor| opening::open(dir, flags, &path, how, access, slot);
        let opened = match is_change {
            true => self.change(&dir, open)?,
            false => self.with(&dir, open)?,
        };
        match self.inside(opened) {
            Ok(opened) => {
                let dir = self.resources.get(&dir)?;
                let descriptor = Descriptor {
                    is_writable: dir.is_writable && access.intersects(writes),
                    seen_as: dir.seen_as.clone(),
                    opened,
                };
                Ok(Ok(self.resources.push(descriptor)?))
            }
            Err(code) => Ok(Err(code)),
        }
    }

    fn readlink_at(&mut self, dir: Resource<Descriptor>, path: String) -> Answered<String> {
        let answer = self.with(&dir, |dir| {
            let target = dir
                .below(&path)?
                .read_link(path)?
                .into_os_string()
                .into_string();
            target.map_err(|_| ErrorCode::IllegalByteSequence)
        })?;
        Ok(self.inside(answer))
    }

    fn remove_directory_at(&mut self, dir: Resource<Descriptor>, path: String) -> Answered<()> {
        let answer = self.change(&dir, |dir| Ok(dir.below(&path)?.remove_dir(path)?))?;
        Ok(self.inside(answer))
    }

    fn rename_at(
        &mut self,
        dir: Resource<Descriptor>,
        path: String,
        to: Resource<Descriptor>,
        name: String,
    ) -> Answered<()> {
        let to = match self.change(&to, |to| Ok(to.clone()))? {
            Ok(to) => to,
            Err(code) => return Ok(Err(code)),
        };
        let answer = self.change(&dir, |dir| {
            let (from, to) = (dir.below(&path)?, to.below(&name)?);
            Ok(from.rename(path, to, name)?)
        })?;
        Ok(self.inside(answer))
    }

    fn symlink_at(&mut self, dir: Resource<Descriptor>, _: String, _: String) -> Answered<()> {
        // A link would be followed by others, whose paths nobody checks.
        self.change(&dir, |_| Err(ErrorCode::Unsupported))
    }

    fn unlink_file_at(&mut self, dir: Resource<Descriptor>, path: String) -> Answered<()> {
        let answer = self.change(&dir, |dir| Ok(dir.below(&path)?.remove_file(path)?))?;
        Ok(self.inside(answer))
    }

    fn is_same_object(
        &mut self,
        left: Resource<Descriptor>,
        right: Resource<Descriptor>,
    ) -> wasmtime::Result<bool> {
        let left = self.resources.get(&left)?.metadata();
        let right = self.resources.get(&right)?.metadata();
        Ok(match (left, right) {
            (Ok(left), Ok(right)) => identity(&left) == identity(&right),
            _ => false,
        })
    }

    fn metadata_hash(&mut self, file: Resource<Descriptor>) -> Answered<MetadataHashValue> {
        self.with(&file, |file| Ok(hash(&file.metadata()?)))
    }

    fn metadata_hash_at(
        &mut self,
        dir: Resource<Descriptor>,
        flags: PathFlags,
        path: String,
    ) -> Answered<MetadataHashValue> {
        let answer = self.with(&dir, |dir| Ok(hash(&metadata(dir, flags, &path)?)))?;
        Ok(self.inside(answer))
    }

    fn drop(&mut self, file: Resource<Descriptor>) -> wasmtime::Result<()> {
        self.resources.delete(file)?;
        Ok(())
    }
}
