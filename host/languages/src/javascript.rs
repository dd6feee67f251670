//! JavaScript: componentize-qjs puts a QuickJS into the component, with the modules that the entry
//! imports. TypeScript, and what uses packages of npm, is bundled by esbuild before that.
//!
//! QuickJS looks for `mlhost` in a folder `node_modules` beside the entry. So everything is laid out
//! anew in the build folder.

mod lent;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, Result, Source, tools};

/// The versions that the SDK was made with.
pub(crate) const INSTALL: &str = "npm install --global componentize-qjs@0.4.5";
pub(crate) const INSTALL_ESBUILD: &str = "npm install --global esbuild@0.28.2";

/// Folders of a project that hold no modules of its own.
const LEFT_OUT: [&str; 4] = ["build", "examples", "node_modules", "sdk"];

pub(crate) fn build(source: &Source<'_>, say: &dyn Fn(&str)) -> Result<Vec<u8>> {
    let made = tools::output(source)?;
    let layout = tools::absolute(&source.build.join("js"))?;
    if layout.exists() {
        fs::remove_dir_all(&layout).map_err(|error| Error::file(&layout, error))?;
    }
    copy(
        &source.sdk.join("mlhost"),
        &layout.join("node_modules/mlhost"),
        &[],
    )?;
    if source.project.join("plugin.ts").is_file() {
        bundle(source, &layout, say)?;
    } else {
        tools::own_file(source, "plugin.js")?;
        copy(source.project, &layout, &LEFT_OUT)?;
    }
    let entry = layout.join("entry.js");
    let from = source
        .sdk
        .join("entry")
        .join(format!("{}.js", source.world));
    fs::copy(&from, &entry).map_err(|error| Error::file(&from, error))?;

    let program = tools::find(source, "componentize-qjs")?;
    let mut command = Command::new(program);
    command.arg("--wit").arg(tools::absolute(source.contract)?);
    command.args(["--world", source.world, "--js"]).arg(&entry);
    command.arg("--module-root").arg(&layout);
    command
        .args(["--sync", "--stub-wasi", "--output"])
        .arg(&made);
    tools::run(source.project, &mut command, say)?;
    let component = tools::left(&made)?;
    lent::given_back(&component).map_err(|error| Error::Tool {
        tool: "componentize-qjs",
        message: error.to_string(),
    })
}

/// Makes one module of `plugin.ts` and all that it imports, but for the SDK.
fn bundle(source: &Source<'_>, layout: &Path, say: &dyn Fn(&str)) -> Result<()> {
    let mut command = Command::new(tools::find(source, "esbuild")?);
    command.args(["plugin.ts", "--bundle", "--format=esm", "--target=es2023"]);
    command.args(["--external:mlhost", "--log-level=warning"]);
    let mut outfile = std::ffi::OsString::from("--outfile=");
    outfile.push(layout.join("plugin.js"));
    tools::run(source.project, command.arg(outfile), say)
}

/// Copies the modules and JSON files of a folder.
fn copy(from: &Path, to: &Path, left_out: &[&str]) -> Result<()> {
    fs::create_dir_all(to).map_err(|error| Error::file(to, error))?;
    let entries = fs::read_dir(from).map_err(|error| Error::file(from, error))?;
    for entry in entries {
        let path: PathBuf = entry.map_err(|error| Error::file(from, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || left_out.contains(&&*name) {
            continue;
        }
        let target = to.join(&*name);
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            copy(&path, &target, left_out)?;
        } else if matches!(extension, Some("js" | "mjs" | "json")) {
            fs::copy(&path, &target).map_err(|error| Error::file(&path, error))?;
        }
    }
    Ok(())
}
