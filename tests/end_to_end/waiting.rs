//! A command that goes on by itself: what it says is waited for, line by line.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::support::Scene;

/// After this long without a line a command hangs, and its test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// A command that runs. It is killed when its test ends before it does.
pub(crate) struct Waiting {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Waiting {
    /// Starts `host` with these words as arguments.
    pub(crate) fn start(scene: &Scene, words: &str) -> Self {
        Self::start_with(scene, words.split_whitespace())
    }

    pub(crate) fn start_with<'a>(
        scene: &Scene,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::start_in(scene, Path::new("."), arguments)
    }

    /// The same in a folder of the scene.
    pub(crate) fn start_in<'a>(
        scene: &Scene,
        folder: &Path,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let folder = scene.path(&folder.display().to_string());
        let child = scene.command(arguments).current_dir(folder).spawn();
        let mut child = child.expect("the command starts");
        Self {
            stdout: lines(child.stdout.take()),
            stderr: lines(child.stderr.take()),
            child,
        }
    }

    /// The next line on standard output, which is JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in: {line}"))
    }

    /// The next line on standard output.
    #[track_caller]
    pub(crate) fn line(&self) -> String {
        match self.stdout.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(error) => {
                let said: Vec<String> = self.stderr.try_iter().collect();
                panic!("no line ({error}); standard error:\n{}", said.join("\n"))
            }
        }
    }

    /// Waits until it says this on standard error; all that it says up to there.
    #[track_caller]
    pub(crate) fn heard(&self, words: &str) -> String {
        let mut said = Vec::new();
        loop {
            match self.stderr.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let is_it = line.contains(words);
                    said.push(line);
                    if is_it {
                        return said.join("\n");
                    }
                }
                Err(error) => panic!("no `{words}` ({error}) in:\n{}", said.join("\n")),
            }
        }
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &self.child.id().to_string()])
            .status();
        assert!(sent.expect("`kill` starts").success());
    }

    /// Waits for its end: the exit code, and what it has said that nobody has asked for.
    pub(crate) fn end(mut self) -> (Option<i32>, Vec<String>) {
        // They end when the command does.
        let said: Vec<String> = self.stderr.iter().chain(self.stdout.iter()).collect();
        let status = self.child.wait().expect("the command ends");
        (status.code(), said)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        let pipe = pipe.map(BufReader::new);
        for line in pipe.into_iter().flat_map(BufRead::lines) {
            let line = line.expect("the command writes UTF-8");
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}
