//! What a plugin holds of the folders that its step grants: an opened file or folder, and whether it may
//! change it. What it is refused is told, with the grant that would allow it.

use std::sync::Arc;

use cap_std::fs::{Dir, File, Metadata};
use wasmtime::component::Resource;

use super::{
    bindings::{
        preopens,
        types::{DirectoryEntry, ErrorCode},
    },
    holdings::{Held, Slot},
};
use crate::session::Session;

/// How many bytes a path has at most: Linux takes no longer ones, and what takes longer ones would
/// look at every part of them.
const PATH: usize = 4096;

/// A file or folder that a plugin has opened.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Descriptor {
    pub(super) opened: Opened,
    pub(super) is_writable: bool,
    /// The folder that it is in, as the step calls that.
    pub(super) seen_as: Arc<str>,
}

#[derive(Clone)]
pub(super) enum Opened {
    File(Arc<Held<File>>),
    /// Those that the step grants are open anyway.
    Dir {
        dir: Arc<Dir>,
        _slot: Option<Arc<Slot>>,
    },
}

/// The entries of a folder that have not been read yet.
#[expect(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Entries {
    pub(super) left: std::vec::IntoIter<DirectoryEntry>,
    pub(super) _slot: Slot,
}

pub(super) type Answer<T> = Result<T, ErrorCode>;
pub(super) type Answered<T> = wasmtime::Result<Answer<T>>;

impl Descriptor {
    pub(super) fn dir(&self) -> Answer<&Dir> {
        match &self.opened {
            Opened::Dir { dir, .. } => Ok(dir),
            Opened::File(_) => Err(ErrorCode::NotDirectory),
        }
    }

    /// The folder, for something that is done with a path below it.
    pub(super) fn below(&self, path: &str) -> Answer<&Dir> {
        match path.len() <= PATH {
            true => self.dir(),
            false => Err(ErrorCode::NameTooLong),
        }
    }

    pub(super) fn file(&self) -> Answer<&Arc<Held<File>>> {
        match &self.opened {
            Opened::File(file) => Ok(file),
            Opened::Dir { .. } => Err(ErrorCode::IsDirectory),
        }
    }

    pub(super) fn metadata(&self) -> Answer<Metadata> {
        Ok(match &self.opened {
            Opened::File(file) => file.metadata()?,
            Opened::Dir { dir, .. } => dir.dir_metadata()?,
        })
    }
}

impl Session {
    /// Does something with a descriptor.
    pub(super) fn with<T>(
        &self,
        descriptor: &Resource<Descriptor>,
        work: impl FnOnce(&Descriptor) -> Answer<T>,
    ) -> Answered<T> {
        Ok(work(self.resources.get(descriptor)?))
    }

    /// Does something that changes a file or folder.
    pub(super) fn change<T>(
        &mut self,
        descriptor: &Resource<Descriptor>,
        work: impl FnOnce(&Descriptor) -> Answer<T>,
    ) -> Answered<T> {
        let descriptor = self.resources.get(descriptor)?.clone();
        if !descriptor.is_writable {
            let seen_as = &descriptor.seen_as;
            self.refuse(
                &format!("write to `{seen_as}`"),
                &format!("dirs = [{{ path = \"…\", as = \"{seen_as}\", mode = \"write\" }}]"),
            );
            return Ok(Err(ErrorCode::ReadOnly));
        }
        Ok(work(&descriptor))
    }

    /// Tells of a path that leads out of what is granted.
    pub(super) fn inside<T>(&mut self, answer: Answer<T>) -> Answer<T> {
        if matches!(answer, Err(ErrorCode::NotPermitted)) {
            self.refuse(
                "reach something outside of its folders",
                "dirs = [{ path = \"…\", as = \"/…\" }]",
            );
        }
        answer
    }
}

impl preopens::Host for Session {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
        let granted = self.context.grants.dirs.clone().into_iter();
        let opened = granted.map(|granted| {
            let descriptor = Descriptor {
                opened: Opened::Dir {
                    dir: granted.dir,
                    _slot: None,
                },
                is_writable: granted.is_writable,
                seen_as: granted.seen_as.as_str().into(),
            };
            Ok((self.resources.push(descriptor)?, granted.seen_as))
        });
        opened.collect()
    }
}
