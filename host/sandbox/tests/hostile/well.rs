//! Whether the process is as it was: a good step gives the right answer, and no memory, thread,
//! open file or temporary file is left.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use mlhost_sandbox::{Context, Options, Sandbox};

use crate::{
    entry::numbers,
    support::{compiled, hostile, project, standard, table},
    text,
};

/// How many bytes more than before the process may hold.
const MORE: usize = 5 << 20;

/// How often an attack is made again before its memory counts as lost: what is set aside once, and
/// used by all, is no loss.
const AGAIN: usize = 3;

/// The process before the attacks.
pub(crate) struct Ground {
    temporary: tempfile::TempDir,
    files: Vec<PathBuf>,
    threads: usize,
    memory: usize,
}

impl Ground {
    /// The process when all that stays is there.
    pub(crate) fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        tempfile::env::override_temp_dir(temporary.path()).unwrap();
        hostile();
        good_step();
        // The threads that compile come with the first compilation, and what is in the cache of all
        // is not compiled.
        let without_cache = Sandbox::new(Options::default()).unwrap();
        without_cache.load(&text::component("")).unwrap();
        drop(without_cache);
        thread::sleep(Duration::from_millis(100));
        Self {
            temporary,
            files: open_files(),
            threads: threads(),
            memory: resident(),
        }
    }

    /// Takes the process as it is for the one before the attacks, for a caller that holds plugins.
    pub(crate) fn stand(&mut self) {
        self.files = open_files();
        self.memory = resident();
    }

    /// Asserts that the process is well after an attack, which can be made again.
    pub(crate) fn assert_well(&mut self, attack: &str, again: impl Fn()) {
        good_step();
        for left in (0..AGAIN).rev() {
            let now = resident();
            if now <= self.memory + MORE {
                break;
            }
            assert!(left > 0, "{attack}: {} bytes became {now}", self.memory);
            self.memory = now;
            again();
        }
        self.assert_nothing_left(attack);
    }

    /// Asserts that no thread, open file or temporary file is left.
    fn assert_nothing_left(&self, attack: &str) {
        // A thread that has ended may be there for a moment.
        let mut looks = 0..100;
        while threads() > self.threads && looks.next().is_some() {
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(threads(), self.threads, "{attack}: threads are left");
        assert_eq!(open_files(), self.files, "{attack}: files are left open");
        let mut left = entries(self.temporary.path());
        left.extend(entries(&compiled()));
        left.retain(|path| {
            // The key of the cache stays, as what was compiled does.
            let is_compiled = path
                .extension()
                .is_some_and(|extension| extension == "cwasm");
            !is_compiled && path.file_name().is_none_or(|name| name != "key")
        });
        assert!(left.is_empty(), "{attack}: {left:?} are left");
    }
}

/// Asserts that standard plugins work in this process, and are right.
pub(crate) fn good_step() {
    let rows = table(64);
    let context = Context::new("good");
    // `prediction` is `y` in one half of the rows, and four more in the other.
    let evaluate = standard("evaluate");
    let params = r#"{ "target": "y" }"#;
    let mut folder = evaluate.folder(&context, params, &rows.schema()).unwrap();
    folder.update(&project(&rows, folder.columns())).unwrap();
    let states = [("model".to_owned(), folder.state().unwrap())];
    let outcome = evaluate.assess(&context, params, &states).unwrap();
    assert_eq!(outcome.headline("mae").unwrap().value, Some(2.0));

    let preprocess = standard("preprocess");
    let params = r#"{ "encode": [], "others": "pass_through" }"#;
    let rows = numbers();
    let mut folder = preprocess.folder(&context, params, &rows.schema()).unwrap();
    let state = folder.state().unwrap();
    let transformer = preprocess.transformer(&context, params, &state, &rows.schema());
    let passed = transformer.unwrap().apply(&rows).unwrap();
    assert_eq!(passed, [rows]);
}

/// Bytes of memory that are the process's own, after the allocator has given back what is free:
/// pages of files, the code of this test among them, come and go as the system likes.
fn resident() -> usize {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        #[allow(unsafe_code, reason = "see the safety comment")]
        unsafe extern "C" {
            // SAFETY: glibc declares it so: `int malloc_trim(size_t pad)`. It may be called at any
            // time from any thread.
            safe fn malloc_trim(pad: usize) -> std::ffi::c_int;
        }
        malloc_trim(0);
    }
    let counts = fs::read_to_string("/proc/self/statm").unwrap();
    let mut pages = counts
        .split(' ')
        .skip(1)
        .map(|count| count.parse::<usize>().unwrap());
    let (resident, shared) = (pages.next().unwrap(), pages.next().unwrap());
    (resident - shared) * 4096
}

fn threads() -> usize {
    entries(Path::new("/proc/self/task")).len()
}

/// What the process has open.
fn open_files() -> Vec<PathBuf> {
    let links = entries(Path::new("/proc/self/fd")).into_iter();
    // That of the folder itself is closed when it was read.
    let mut files: Vec<_> = links.filter_map(|link| fs::read_link(link).ok()).collect();
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}
