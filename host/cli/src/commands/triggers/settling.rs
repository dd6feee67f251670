//! When a change of files is over: what is written slowly, or in many steps, is one change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use mlhost_data::Stamp;

/// Files as they were at one moment.
#[derive(Clone, Default)]
pub(super) struct Snapshot(pub(super) BTreeMap<PathBuf, Stamp>);

impl Snapshot {
    /// The same files, each as it was in an earlier snapshot if it is there.
    pub(super) fn or_as_in(mut self, mut earlier: Self) -> Self {
        for (path, stamp) in &mut self.0 {
            if let Some(before) = earlier.0.remove(path) {
                *stamp = before;
            }
        }
        self
    }

    /// The files that are new, gone, or others than they were.
    fn changes<'a>(&'a self, since: &'a Self) -> impl Iterator<Item = &'a Path> {
        let differs = |path: &&PathBuf| match (self.0.get(*path), since.0.get(*path)) {
            (Some(now), Some(before)) => !now.is_same(before),
            _ => true,
        };
        let gone = since.0.keys().filter(|path| !self.0.contains_key(*path));
        let all = self.0.keys().chain(gone).filter(differs);
        all.map(PathBuf::as_path)
    }
}

/// Whether files are as they were, still changing, or have changed.
pub(super) struct Settling {
    /// For so long they must be the same.
    quiet: Duration,
    /// As they were when they were last run.
    before: Snapshot,
    /// When to look at them, if something has happened to them.
    look_at: Option<Timestamp>,
    /// As they were when they were looked at last, if they had changed.
    seen: Option<Snapshot>,
}

impl Settling {
    pub(super) fn new(quiet: Duration, before: Snapshot) -> Self {
        Self {
            quiet,
            before,
            look_at: None,
            seen: None,
        }
    }

    /// From now on they are compared with these.
    pub(super) fn restart(&mut self, before: Snapshot) {
        *self = Self::new(self.quiet, before);
    }

    /// Something has happened, perhaps to one of the files.
    pub(super) fn noticed(&mut self, now: Timestamp) {
        self.look_at.get_or_insert(now + self.quiet);
    }

    /// When to look at the files, if there is a reason to.
    pub(super) fn look_at(&self) -> Option<Timestamp> {
        self.look_at
    }

    /// The files have been looked at: those that have changed, once they have stayed as they are.
    pub(super) fn looked(&mut self, files: Snapshot, now: Timestamp) -> Vec<PathBuf> {
        self.look_at = None;
        let mut changed: Vec<_> = files.changes(&self.before).map(Path::to_owned).collect();
        changed.sort_unstable();
        if changed.is_empty() {
            self.seen = None;
            return changed;
        }
        let seen = self.seen.take();
        if seen.is_some_and(|seen| files.changes(&seen).next().is_none()) {
            self.before = files;
            return changed;
        }
        self.seen = Some(files);
        self.look_at = Some(now + self.quiet);
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_millis(300);

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).expect("a time")
    }

    /// A folder whose files are looked at.
    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a folder"))
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::write(self.0.path().join(name), text).expect("a file");
        }

        fn now(&self) -> Snapshot {
            let entries = std::fs::read_dir(self.0.path()).expect("a folder");
            let paths = entries.map(|entry| entry.expect("an entry").path());
            Snapshot(
                paths
                    .map(|path| (path.clone(), Stamp::at(&path).expect("a file")))
                    .collect(),
            )
        }
    }

    fn names(paths: Vec<PathBuf>) -> Vec<String> {
        let names = paths.iter().filter_map(|path| path.file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_file_has_changed_when_it_has_stayed_the_same_for_a_while() {
        let folder = Folder::new();
        folder.write("a", "1");
        let mut files = Settling::new(QUIET, folder.now());
        folder.write("a", "12");
        files.noticed(at(0));
        // More that happens does not put the look off.
        files.noticed(at(200));
        assert_eq!(files.look_at(), Some(at(300)));
        assert_eq!(names(files.looked(folder.now(), at(300))), [""; 0]);
        folder.write("a", "123");
        assert_eq!(files.look_at(), Some(at(600)));
        assert_eq!(names(files.looked(folder.now(), at(600))), [""; 0]);
        assert_eq!(files.look_at(), Some(at(900)));
        assert_eq!(names(files.looked(folder.now(), at(900))), ["a"]);
        assert_eq!(files.look_at(), None);
        assert_eq!(names(files.looked(folder.now(), at(9000))), [""; 0]);
    }

    #[test]
    fn new_files_and_files_that_are_gone_are_changes() {
        let folder = Folder::new();
        folder.write("old", "1");
        folder.write("kept", "1");
        let mut files = Settling::new(QUIET, folder.now());
        std::fs::remove_file(folder.0.path().join("old")).expect("a file");
        folder.write("new", "1");
        files.looked(folder.now(), at(0));
        assert_eq!(names(files.looked(folder.now(), at(300))), ["new", "old"]);
    }

    #[test]
    fn a_file_in_the_place_of_another_is_a_change() {
        let folder = Folder::new();
        folder.write("a", "1");
        let mut files = Settling::new(QUIET, folder.now());
        folder.write("b", "2");
        let path = |name| folder.0.path().join(name);
        std::fs::rename(path("b"), path("a")).expect("a file");
        files.looked(folder.now(), at(0));
        assert_eq!(names(files.looked(folder.now(), at(300))), ["a"]);
    }

    #[test]
    fn what_is_taken_back_is_no_change() {
        let folder = Folder::new();
        folder.write("a", "1");
        let mut files = Settling::new(QUIET, folder.now());
        folder.write("b", "1");
        files.looked(folder.now(), at(0));
        std::fs::remove_file(folder.0.path().join("b")).expect("a file");
        assert_eq!(names(files.looked(folder.now(), at(300))), [""; 0]);
        assert_eq!(files.look_at(), None);
    }
}
