//! C: wit-bindgen's bindings of the contract, and clang with a C library for WebAssembly.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use wit_bindgen_core::{Files, wit_parser::Resolve};

use crate::{Error, Result, Source, tools};

/// Debian's wasi-libc and clang agree on this name.
const TARGET: &str = "--target=wasm32-wasi";

/// The version of Debian's clang to install where there is none.
const CLANG: u32 = 22;

pub(crate) fn build(source: &Source<'_>, say: &dyn Fn(&str)) -> Result<Vec<u8>> {
    let own = sources(source.project)?;
    if own.is_empty() {
        return Err(Error::NoSource {
            file: "*.c",
            folder: source.project.to_path_buf(),
        });
    }
    let clang = Clang::find(source)?;
    let made = tools::output(source)?;
    let bindings = tools::absolute(&source.build.join("bindings"))?;
    write_bindings(source, &bindings)?;
    let mut command = clang.command();
    command.args(["-std=c17", "-O3", "-msimd128", "-mexec-model=reactor", "-s"]);
    command.args([
        "-Wall",
        "-Wextra",
        "-Wno-unused-parameter",
        "-Wno-deprecated",
    ]);
    let world = source.world.replace('-', "_").to_uppercase();
    command.arg(format!("-DMLHOST_{world}"));
    for folder in [source.sdk, &bindings] {
        command.arg("-I").arg(tools::absolute(folder)?);
    }
    command.args(own);
    command.args(sources(&source.sdk.join("src"))?);
    command.arg(bindings.join("contract.c"));
    command.arg(bindings.join("contract_component_type.o"));
    tools::run(source.project, command.arg("-o").arg(&made), say)?;
    tools::left(&made)
}

/// The C files of a folder, in order.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let folder = tools::absolute(folder)?;
    let entries = fs::read_dir(&folder).map_err(|error| Error::file(&folder, error))?;
    let mut sources = vec![];
    for entry in entries {
        let path = entry.map_err(|error| Error::file(&folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "c") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources)
}

/// Writes `contract.h`, `contract.c`, and the object file that describes the world.
fn write_bindings(source: &Source<'_>, folder: &Path) -> Result<()> {
    let wrong = |error: &dyn std::fmt::Display| Error::Bindings(error.to_string());
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(source.contract)
        .map_err(|error| wrong(&format!("{error:#}")))?;
    let world = resolve
        .select_world(&[package], Some(source.world))
        .map_err(|error| wrong(&format!("{error:#}")))?;
    let options = wit_bindgen_c::Opts {
        rename_world: Some("contract".to_owned()),
        ..Default::default()
    };
    let mut files = Files::default();
    options
        .build()
        .generate(&mut resolve, world, &mut files)
        .map_err(|error| wrong(&format!("{error:#}")))?;
    fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
    for (name, content) in files.iter() {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|error| Error::file(&path, error))?;
    }
    Ok(())
}

/// A clang that has what it takes to build for WebAssembly.
struct Clang {
    program: PathBuf,
    /// Of a WASI SDK.
    sysroot: Option<PathBuf>,
}

impl Clang {
    /// That of the WASI SDK that `WASI_SDK_PATH` names, or the newest there is.
    fn find(source: &Source<'_>) -> Result<Self> {
        if let Some(sdk) = env::var_os("WASI_SDK_PATH") {
            let sdk = PathBuf::from(sdk);
            return Ok(Self {
                program: sdk
                    .join("bin")
                    .join(format!("clang{}", env::consts::EXE_SUFFIX)),
                sysroot: Some(sdk.join("share/wasi-sysroot")),
            });
        }
        let folders = tools::folders(source);
        let programs = folders
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok());
        let programs = programs.flatten().flatten().map(|entry| entry.path());
        let Some((version, program)) = newest(programs) else {
            return Err(missing(
                "`clang`",
                CLANG,
                &["clang", "lld", "wasi-libc", "runtime"],
            ));
        };
        let clang = Self {
            program,
            sysroot: None,
        };
        clang.check(version)?;
        Ok(clang)
    }

    /// Sees that the linker, the C library and the compiler's own library are there, since what
    /// clang says without them helps nobody.
    fn check(&self, version: u32) -> Result<()> {
        let parts = [
            ("`wasm-ld`", "-print-prog-name=wasm-ld", "lld"),
            ("wasi-libc", "-print-file-name=libc.a", "wasi-libc"),
            (
                "clang's library for WebAssembly",
                "-print-libgcc-file-name",
                "runtime",
            ),
        ];
        for (part, question, package) in parts {
            let answer = self.command().arg(question).output();
            let answer = answer.map_err(|source| mlhost_toolchain::Error::Start {
                line: format!("{} {question}", self.program.display()),
                source,
            })?;
            let path = String::from_utf8_lossy(&answer.stdout);
            let path = Path::new(path.trim());
            let is_there = path.is_absolute() && path.exists();
            // Debian keeps the library in a folder of another name, and finds it all the same.
            let beside = path.parent().and_then(Path::parent);
            let debian = beside.map(|lib| lib.join("wasi/libclang_rt.builtins-wasm32.a"));
            if !is_there && !debian.is_some_and(|path| path.exists()) {
                return Err(missing(part, version, &[package]));
            }
        }
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(TARGET);
        if let Some(sysroot) = &self.sysroot {
            command.arg(format!("--sysroot={}", sysroot.display()));
        }
        command
    }
}

/// The newest clang among programs, with its version; 0 for one that does not tell it in its name.
fn newest(programs: impl Iterator<Item = PathBuf>) -> Option<(u32, PathBuf)> {
    let version = |path: &Path| match path.file_stem()?.to_str()?.strip_prefix("clang")? {
        "" => Some(0),
        suffix => suffix.strip_prefix('-')?.parse().ok(),
    };
    programs
        .filter_map(|path| Some((version(&path)?, path)))
        .max()
}

/// The error for a missing part, with Debian's packages that hold it.
fn missing(tool: &str, version: u32, parts: &[&str]) -> Error {
    let packages = parts.iter().map(|part| match (*part, version) {
        ("runtime", 0) => "libclang-rt-dev-wasm32".to_owned(),
        ("runtime", version) => format!("libclang-rt-{version}-dev-wasm32"),
        ("wasi-libc", _) | (_, 0) => (*part).to_owned(),
        (part, version) => format!("{part}-{version}"),
    });
    let packages: Vec<_> = packages.collect();
    Error::MissingTool {
        tool: tool.to_owned(),
        hint: format!("install it with `apt-get install {}`", packages.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_clang_is_chosen_by_number() {
        let names = [
            "clang",
            "clang-9",
            "clang-22",
            "clang-format-30",
            "clangd",
            "cc",
        ];
        let paths = names.iter().map(|name| Path::new("/usr/bin").join(name));
        assert_eq!(newest(paths), Some((22, "/usr/bin/clang-22".into())));
        assert_eq!(newest(["cc".into()].into_iter()), None);
    }

    #[test]
    fn a_missing_part_names_the_package_of_the_same_version() {
        let error = missing("`wasm-ld`", 19, &["lld"]);
        assert_eq!(
            error.to_string(),
            "the build needs `wasm-ld`, which is not installed"
        );
        assert_eq!(
            error.hint().unwrap(),
            "install it with `apt-get install lld-19`"
        );
        let all = missing("`clang`", CLANG, &["clang", "lld", "wasi-libc", "runtime"]);
        assert_eq!(
            all.hint().unwrap(),
            "install it with `apt-get install clang-22 lld-22 wasi-libc libclang-rt-22-dev-wasm32`"
        );
    }

    #[test]
    fn every_world_has_bindings() {
        let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/0.1.0");
        let folder = tempfile::tempdir().unwrap();
        for world in [
            "validator",
            "preprocessor",
            "trainer",
            "explained-trainer",
            "drift-detector",
            "evaluator",
        ] {
            let source = Source {
                project: folder.path(),
                world,
                sdk: folder.path(),
                contract: &contract,
                build: folder.path(),
                tools: &[],
            };
            let bindings = folder.path().join(world);
            write_bindings(&source, &bindings).unwrap();
            let header = fs::read_to_string(bindings.join("contract.h")).unwrap();
            assert!(
                header.contains("exports_mlhost_plugin_describe_describe"),
                "{world}"
            );
        }
    }
}
