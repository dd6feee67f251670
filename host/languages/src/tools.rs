//! The programs that builds run: where they are, how they are run, and how to install those that
//! are missing.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use mlhost_toolchain::command;

use crate::{Error, Result, Source, javascript, python};

/// Where a program is: among the tools of the project, in the folders that whoever builds knows,
/// or on the `PATH`.
///
/// # Errors
/// [`Error::MissingTool`].
pub(crate) fn find(source: &Source<'_>, name: &str) -> Result<PathBuf> {
    let found = folders(source).into_iter().find_map(|folder| {
        let path = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        path.is_file().then_some(path)
    });
    found.ok_or_else(|| missing(name))
}

/// The folders in which programs are looked for, first things first.
pub(crate) fn folders(source: &Source<'_>) -> Vec<PathBuf> {
    let own = ["node_modules/.bin", ".venv/bin"].map(|folder| source.project.join(folder));
    let path = env::var_os("PATH").unwrap_or_default();
    let known = source.tools.iter().cloned();
    own.into_iter()
        .chain(known)
        .chain(env::split_paths(&path))
        .collect()
}

/// Runs a command in a folder; what it prints goes to standard error. `say` hears the command line
/// before that.
///
/// # Errors
/// [`Error::MissingTool`] where there is no such program, [`Error::Failed`] where it has failed.
pub fn run(folder: &Path, command: &mut Command, say: &dyn Fn(&str)) -> Result<()> {
    let line = command::line(command);
    say(&line);
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(io::stderr());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Failed { line, status }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(missing(&command.get_program().to_string_lossy()))
        }
        Err(source) => Err(mlhost_toolchain::Error::Start { line, source }.into()),
    }
}

/// The error for a program that is not there.
pub(crate) fn missing(tool: &str) -> Error {
    Error::MissingTool {
        tool: format!("`{tool}`"),
        hint: installed_by(tool),
    }
}

/// How to install a program, as a command where there is one.
fn installed_by(tool: &str) -> String {
    let command = match tool {
        "cargo" | "rustc" => {
            return "install Rust with rustup, then run `rustup target add \
                    wasm32-unknown-unknown`"
                .to_owned();
        }
        "componentize-py" => return python::installed(),
        "componentize-qjs" => javascript::INSTALL,
        "componentize-js" => "npm install --global @bytecodealliance/componentize-js",
        "jco" => "npm install --global @bytecodealliance/jco",
        "npm" | "npx" | "node" => "apt-get install npm",
        "esbuild" => javascript::INSTALL_ESBUILD,
        "wit-bindgen" => "cargo install wit-bindgen-cli",
        "wasm-tools" => "cargo install wasm-tools",
        tool if tool.starts_with("clang") || tool.starts_with("wasm-ld") => {
            "apt-get install clang lld wasi-libc"
        }
        tool => return format!("install `{tool}` and see that it is on the PATH"),
    };
    format!("install it with `{command}`")
}

/// A path that holds wherever a command runs.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::file(path, error))
}

/// Where a command is to leave its work, in a folder that is there.
pub(crate) fn output(source: &Source<'_>) -> Result<PathBuf> {
    fs::create_dir_all(source.build).map_err(|error| Error::file(source.build, error))?;
    absolute(&source.build.join("plugin.wasm"))
}

/// The bytes that a command has left.
pub(crate) fn left(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::file(path, error))
}

/// A file of the author's that has to be there.
pub(crate) fn own_file(source: &Source<'_>, file: &'static str) -> Result<()> {
    match source.project.join(file).is_file() {
        true => Ok(()),
        false => Err(Error::NoSource {
            file,
            folder: source.project.to_path_buf(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_says_how_to_get_it() {
        for (tool, hint) in [
            (
                "componentize-qjs",
                "install it with `npm install --global componentize-qjs@0.4.5`",
            ),
            (
                "clang-22",
                "install it with `apt-get install clang lld wasi-libc`",
            ),
            ("make", "install `make` and see that it is on the PATH"),
        ] {
            let error = missing(tool);
            let expected = format!("the build needs `{tool}`, which is not installed");
            assert_eq!(error.to_string(), expected);
            assert_eq!(error.hint().as_deref(), Some(hint));
        }
    }

    #[test]
    fn python_is_told_of_a_folder_that_takes_packages() {
        let hint = missing("componentize-py").hint().unwrap_or_default();
        assert!(
            hint.contains("`pip install componentize-py==0.25.1`"),
            "{hint}"
        );
        assert!(hint.contains(".venv/bin/pip install"), "{hint}");
    }
}
