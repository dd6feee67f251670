//! A folder with two in it that a step grants, to read and to write, and a secret that it does not.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    path::{Path, PathBuf},
};

use mlhost_pipeline::Allow;
use mlhost_sandbox::Grants;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use crate::asks::dir;

/// What nobody may read or change.
pub(crate) const SECRET: &str = "the secret";

/// The folder of a pipeline. It goes away when this is dropped.
pub(crate) struct House {
    folder: TempDir,
    outside: BTreeMap<PathBuf, String>,
}

impl House {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for inner in ["data/inner", "out"] {
            fs::create_dir_all(path.join(inner)).unwrap();
        }
        for (file, text) in [
            ("secret.txt", SECRET),
            ("data/a.txt", "a text"),
            ("data/inner/b.txt", "another text"),
            ("out/own.txt", "its own text"),
        ] {
            fs::write(path.join(file), text).unwrap();
        }
        let links = [
            ("up", "../secret.txt"),
            ("over", "inner/../../secret.txt"),
            ("house", ".."),
            ("absolute", "/etc/passwd"),
            ("root", "/"),
            ("environ", "/proc/self/environ"),
            ("descriptor", "/proc/self/fd/0"),
            ("circle", "circle"),
            ("nowhere", "../new.txt"),
        ];
        for granted in ["data", "out"] {
            let granted = path.join(granted);
            for (name, target) in links {
                symlink(target, granted.join(name)).unwrap();
            }
            let (pipe, mode) = (granted.join("pipe"), Mode::RUSR | Mode::WUSR);
            mknodat(CWD, pipe, FileType::Fifo, mode, 0).unwrap();
            drop(UnixListener::bind(granted.join("socket")).unwrap());
        }
        let outside = outside(path);
        Self { folder, outside }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What a step grants of it.
    pub(crate) fn grants(&self) -> Grants {
        let allow = Allow {
            dirs: vec![dir("data", "/data", false), dir("out", "/out", true)],
            ..Allow::default()
        };
        Grants::open(&allow, self.path()).unwrap()
    }

    /// Asserts that everything that may not be written to is as it was.
    pub(crate) fn assert_whole(&self, attack: &str) {
        assert_eq!(outside(self.path()), self.outside, "{attack}");
    }
}

/// The files with their texts, and the other things without, but for the folder that may be written
/// to.
fn outside(house: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![house.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() && path != house.join("out") {
                folders.push(path.clone());
            }
            let text = match kind.is_file() {
                true => fs::read_to_string(&path).unwrap(),
                false => String::new(),
            };
            found.insert(path, text);
        }
    }
    found
}
