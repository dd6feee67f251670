//! A folder to work in, and the command to run there.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// After this long a command hangs, and its test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the workspace is there")
}

/// The folder of an example.
pub(crate) fn example(name: &str) -> PathBuf {
    root().join("examples").join(name)
}

/// The component of a test plugin.
///
/// # Panics
/// When it was not built.
pub(crate) fn test_plugin(file: &str) -> PathBuf {
    let path = root().join("target/test-plugins").join(file);
    assert!(
        path.is_file(),
        "{} is missing: run `cargo xtask plugins`",
        path.display()
    );
    path
}

/// The plugin that attacks the host, as a component of this kind: what it says it is stands after a
/// mark, in twelve characters.
pub(crate) fn hostile_of_kind(kind: &str) -> Vec<u8> {
    const MARK: &[u8] = b"the kind of plugin: ";
    const WIDTH: usize = 12;
    let mut component = fs::read(test_plugin("test_hostile.wasm")).expect("the plugin can be read");
    let place = component
        .windows(MARK.len())
        .position(|window| window == MARK)
        .expect("the mark is there");
    let kind = format!("{kind:WIDTH$}");
    component[place + MARK.len()..][..WIDTH].copy_from_slice(kind.as_bytes());
    component
}

/// The component of an example of the SDK for a language.
///
/// # Panics
/// When it was not built.
pub(crate) fn language_example(language: &str, example: &str) -> PathBuf {
    let file = format!("target/languages/{language}_{example}.wasm");
    let path = root().join(file);
    assert!(
        path.is_file(),
        "{} is missing: run `cargo xtask languages`",
        path.display()
    );
    path
}

/// A folder for one test, with a store in it. Both go away with it.
pub(crate) struct Scene {
    folder: TempDir,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("the folder can be written");
        path
    }

    /// `host` with these arguments, in this folder, with this folder's store.
    pub(crate) fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_host"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env("MLHOST_STORE", self.path("store"))
            // The configuration of whoever runs the tests has no say.
            .env("MLHOST_CONFIG", "")
            // Named by content: all tests may share what was compiled once.
            .env(
                "MLHOST_CACHE",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled"),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs `host` with these words as arguments.
    pub(crate) fn host(&self, words: &str) -> Ended {
        self.host_with(words.split_whitespace())
    }

    pub(crate) fn host_with<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Ended {
        let child = self.command(arguments).spawn();
        finish(child.expect("the command starts"))
    }

    /// Runs `host … --format json` and reads what it printed.
    pub(crate) fn json(&self, words: &str) -> Value {
        let ended = self.host(&format!("{words} --format json"));
        ended.json()
    }

    /// A text with names for this folder and the workspace.
    pub(crate) fn plain(&self, text: &str) -> String {
        let folder = self.folder.path().display().to_string();
        text.replace(&folder, "[folder]")
            .replace(&root().display().to_string(), "[workspace]")
    }
}

impl Ended {
    /// # Panics
    /// When the exit code is another one.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error} in:\n{}\nstderr:\n{}", self.stdout, self.stderr)
        })
    }
}

/// The record of a step in what `host run` prints.
pub(crate) fn step<'a>(run: &'a Value, name: &str) -> &'a Value {
    let steps = run["steps"].as_array().expect("steps");
    let step = steps.iter().find(|step| step["name"] == name);
    step.unwrap_or_else(|| panic!("no step `{name}`"))
}

/// A metric that stands for the whole of a step, or has this label.
pub(crate) fn metric(step: &Value, name: &str, label: Option<(&str, &str)>) -> f64 {
    let metrics = step["outcome"]["metrics"].as_array().expect("metrics");
    let fits = |metric: &&Value| {
        let labels = metric["labels"].as_object().expect("labels");
        metric["name"] == name
            && match label {
                None => labels.is_empty(),
                Some((key, value)) => labels.len() == 1 && labels.get(key) == Some(&value.into()),
            }
    };
    let value = metrics
        .iter()
        .find(fits)
        .and_then(|metric| metric["value"].as_f64());
    value.unwrap_or_else(|| panic!("no {name} {label:?} in {metrics:?}"))
}

/// Waits for a command and takes in what it says.
///
/// # Panics
/// When it takes for ever.
pub(crate) fn finish(mut child: Child) -> Ended {
    let stdout = reader(child.stdout.take());
    let stderr = reader(child.stderr.take());
    let status = wait(&mut child);
    let text = |reader: thread::JoinHandle<String>| reader.join().expect("the reader ends");
    Ended {
        code: status.code(),
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).expect("the pipe can be read");
        }
        String::from_utf8(bytes).expect("the command writes UTF-8")
    })
}

fn wait(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("the command can be waited for") {
            return status;
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the command has not ended after {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Filters for what differs from one run to the next.
pub(crate) fn filters() -> Vec<(&'static str, &'static str)> {
    vec![
        // The width of a column of times is that of its longest.
        (r"TIME +(RESULT|OUTCOME)", "TIME $1"),
        (r"\([0-9a-f]{12}\)", "([digest])"),
        (r"\b(sha256:)?[0-9a-f]{64}\b", "[digest]"),
        (r"\b[0-9a-f]{12}\b", "[digest]"),
        (r" +\b\d+(\.\d+)? (ms|s|min)\b", " [time]"),
        (r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b", "[date]"),
        (
            r"panicked at (tests/hostile/src/\w+\.rs):\d+:\d+",
            "panicked at $1:[place]",
        ),
        (r"\^{3,}", "^^^"),
    ]
}
