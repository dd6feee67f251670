//! Runs other programs: announced, and with an error that names the program when it fails.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use crate::{Error, Result};

/// The `cargo` that runs this program, or the one on the path.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo has told of the package that runs here. Build scripts look at it, such as that of
    // `ring`, and would run again, with all that depends on them, whenever it was not cargo that called.
    let own = std::env::vars_os().map(|(name, _)| name);
    for name in own.filter(|name| is_of_package(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command
}

fn is_of_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// The command line as one would type it, with the program's name for its path.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = std::iter::once(program.file_name().unwrap_or(program.as_os_str()))
        .chain(command.get_args());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

/// A word as a shell reads it back.
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |c: char| c.is_alphanumeric() || "-_=./:@+,%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Prints the command line on stderr and runs it.
///
/// # Errors
/// When the program cannot be started, or ends with a failure.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    eprintln!("$ {line}");
    match command.status() {
        Err(source) => Err(Error::Start { line, source }),
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Failed {
            line,
            status,
            stderr: String::new(),
        }),
    }
}

/// Runs a command for what it prints, and takes what it says on stderr away.
///
/// # Errors
/// When the program cannot be started, ends with a failure, or prints other than UTF-8.
pub fn stdout(command: &mut Command) -> Result<String> {
    let line = line(command);
    let Output {
        status,
        stdout,
        stderr,
    } = match command.output() {
        Err(source) => return Err(Error::Start { line, source }),
        Ok(output) => output,
    };
    if !status.success() {
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        return Err(Error::Failed {
            line,
            status,
            stderr,
        });
    }
    String::from_utf8(stdout).map_err(|_| Error::NotText { line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_can_be_typed_again() {
        let mut command = Command::new("/opt/tools/host");
        command.args(["predict", "arr-delay@1", "it's here", ""]);
        assert_eq!(
            line(&command),
            r"host predict arr-delay@1 'it'\''s here' ''"
        );
    }

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let error = stdout(Command::new("sh").args(["-c", "echo no >&2; exit 3"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("sh -c") && text.contains("exit status: 3") && text.ends_with("no"));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("/nowhere/no-such-program")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("could not start `no-such-program`"),
            "{text}"
        );
    }
}
