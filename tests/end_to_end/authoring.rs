//! `host plugin new`, `build` and `test`: from nothing to a step that runs, with nothing edited.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use mlhost_toolchain::Toolchain;

use crate::support::{Scene, metric, root, step};

const KINDS: [&str; 5] = [
    "validator",
    "preprocessor",
    "trainer",
    "drift-detector",
    "evaluator",
];

/// Runs a command for as long as it takes: compilers have no time limit.
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.output().expect("the command starts");
    assert!(
        output.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// `host` in a project, with what this machine has to compile with.
pub(crate) fn host_in(scene: &Scene, project: &Path, words: &str) -> Command {
    let mut command = scene.command(words.split_whitespace());
    command.current_dir(project);
    with_compiler(&mut command);
    command
}

/// Where `cargo xtask languages` has installed the tools for Python and JavaScript.
fn tool_folders() -> [PathBuf; 2] {
    let tools = root().join("target/languages/tools");
    ["python/bin", "js/node_modules/.bin"].map(|folder| tools.join(folder))
}

/// The folders in which a command finds the tools of each language.
fn path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = tool_folders()
        .into_iter()
        .chain(std::env::split_paths(&path));
    std::env::join_paths(folders).expect("a path")
}

/// All projects share what is compiled once; and where the active tool chain has no target for
/// plugins, that of this workspace does.
fn with_compiler(command: &mut Command) {
    command.env("PATH", path());
    let target = root().join("target");
    command.env("CARGO_TARGET_DIR", target.join("authoring"));
    if Toolchain::find().is_err() {
        let toolchain = Toolchain::find_or_fetch(&target).expect("the standard packages are built");
        let (rustc, cargo) = toolchain.programs();
        command.env("RUSTC", rustc).env("CARGO", cargo);
        // It is that of the tool chain that built this test.
        command.env_remove("LD_LIBRARY_PATH");
    }
}

/// Makes a project of each kind, builds and tests it, and runs its pipeline and its own tests.
fn works_as_it_stands(lang: &str, own_tests: impl Fn(&Path) -> Command) {
    let scene = Scene::new();
    for kind in KINDS {
        let name = format!("my-{kind}");
        let made = scene.host(&format!("plugin new {name} --kind {kind} --lang {lang}"));
        made.expect_code(0);
        let project = scene.path(&name);
        run(&mut host_in(&scene, &project, "plugin build"));
        assert!(project.join(format!("{name}.wasm")).is_file());
        let tested = run(&mut host_in(&scene, &project, "plugin test --format json"));
        let report: serde_json::Value = serde_json::from_slice(&tested.stdout).expect("JSON");
        assert_eq!(report["plugin"], format!("local:{name}@0.1.0"));
        assert!(
            !report["examples"].as_array().expect("examples").is_empty(),
            "{report}"
        );
        let ran = run(&mut host_in(
            &scene,
            &project,
            "run pipeline.toml --format json",
        ));
        if kind == "trainer" {
            tells_what_it_has_learned(&ran.stdout);
        }
        run(own_tests(&project).current_dir(&project));
    }
}

/// The trainer's own words about its model are on record.
fn tells_what_it_has_learned(run: &[u8]) {
    let run: serde_json::Value = serde_json::from_slice(run).expect("JSON");
    let told = &step(&run, "line")["outcome"];
    let summary = told["summary"].as_str().unwrap_or_default();
    assert!(
        summary.starts_with("weight = ") && summary.ends_with(" * height"),
        "{told:#}"
    );
    let slope = metric(step(&run, "line"), "slope", None);
    assert!(slope > 0.0, "{told:#}");
}

#[test]
fn a_project_in_rust_works_as_it_stands() {
    works_as_it_stands("rust", |_| {
        let mut tests = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        tests.arg("test");
        tests.env("CARGO_TARGET_DIR", root().join("target/authoring"));
        tests
    });
}

#[test]
fn a_project_in_python_works_as_it_stands() {
    works_as_it_stands("python", |_| {
        let mut tests = Command::new(tool_folders()[0].join("python3"));
        tests.args(["-m", "unittest"]);
        tests.env("PYTHONPATH", "sdk/python");
        tests
    });
}

#[test]
fn a_project_in_javascript_works_as_it_stands() {
    works_as_it_stands("js", |project| {
        // What `npm install` does with a dependency in a folder, without asking for the others.
        let modules = project.join("node_modules");
        std::fs::create_dir(&modules).expect("a folder");
        std::fs::rename(project.join("sdk/js/mlhost"), modules.join("mlhost"))
            .expect("the SDK is there");
        let mut tests = Command::new("npm");
        tests.arg("test");
        tests
    });
}

#[test]
fn a_project_in_c_works_as_it_stands() {
    // It has no tests of its own but its examples.
    works_as_it_stands("c", |_| Command::new("true"));
}

#[test]
fn four_commands_of_the_readme_lead_from_nothing_to_a_running_step() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the file");
    let (_, part) = readme
        .split_once("\n## Write your own plugin\n")
        .expect("the part on plugins");
    let part = part.split("\n## ").next().unwrap_or_default();
    let blocks: Vec<_> = part.split("\n```sh\n").skip(1).collect();
    assert_eq!(blocks.len(), 2, "one in Rust and one in Python");
    for block in blocks {
        let commands = block.split("\n```").next().unwrap_or_default();
        assert_eq!(commands.lines().count(), 4, "{commands}");
        let scene = Scene::new();
        let mut shell = Command::new("sh");
        shell.args(["-e", "-c", commands]);
        for (name, value) in scene.command([]).get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.current_dir(scene.path(""));
        with_compiler(&mut shell);
        let host = Path::new(env!("CARGO_BIN_EXE_host")).parent().expect("it");
        let mut folders = host.as_os_str().to_owned();
        folders.push(":");
        folders.push(path());
        shell.env("PATH", folders);
        // What is to be installed is there, so that nothing is fetched.
        shell.env("PIP_NO_INDEX", "1");
        shell.env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        let ended = run(&mut shell);
        let told = String::from_utf8_lossy(&ended.stdout);
        assert!(told.contains(": done in "), "{told}");
    }
}

#[test]
fn a_new_project_says_what_comes_next() {
    let scene = Scene::new();
    let ended = scene
        .host("plugin new clip --kind preprocessor")
        .expect_code(0);
    insta::assert_snapshot!("authoring-new", ended.stdout);
    let made = scene.json("plugin new clop --kind validator --folder elsewhere");
    assert_eq!(
        (&made["kind"], &made["lang"]),
        (&"validator".into(), &"rust".into())
    );
    assert!(scene.path("elsewhere/plugin.toml").is_file());
}

#[test]
fn a_component_has_the_metadata_of_its_project() {
    let scene = Scene::new();
    let made = crate::support::test_plugin("test_plain.wasm");
    let output = made.display().to_string();
    scene.write(
        "plugin.toml",
        &format!(
            "kind = \"validator\"\nlang = \"c\"\n[package]\nname = \"acme:plain\"\n\
             version = \"1.2.3\"\ndescription = \"Counts values\"\n\
             authors = [\"Acme <data@acme.example>\", \"Others\"]\nlicenses = \"MIT\"\n\
             source = \"https://acme.example/plain\"\nhomepage = \"https://acme.example/\"\n\
             [build]\ncommand = [\"true\"]\noutput = {output:?}\n"
        ),
    );
    let mut build = scene.command(["plugin", "build"]);
    run(build.env("MLHOST_REVISION", "0123abcd"));
    let inspected = scene.json("plugin inspect ./plain.wasm");
    for (name, value) in [
        ("name", "acme:plain"),
        ("version", "1.2.3"),
        ("description", "Counts values"),
        ("authors", "Acme <data@acme.example>, Others"),
        ("licenses", "MIT"),
        ("source", "https://acme.example/plain"),
        ("homepage", "https://acme.example/"),
        ("revision", "0123abcd"),
        ("contract", "0.1.0"),
    ] {
        assert_eq!(inspected[name], value, "{name}: {inspected:#}");
    }
    let shown = scene.host("plugin inspect ./plain.wasm").expect_code(0);
    for line in [
        "acme:plain@1.2.3, a validator",
        "authors   Acme <data@acme.example>, Others",
        "licences  MIT",
        "source    https://acme.example/plain",
        "revision  0123abcd",
        "contract  0.1.0",
        "column  string  required",
    ] {
        assert!(shown.stdout.contains(line), "{line}: {}", shown.stdout);
    }
}

#[test]
fn wrong_uses_are_told() {
    let scene = Scene::new();
    scene
        .host("plugin new taken --kind validator")
        .expect_code(0);
    std::fs::create_dir(scene.path("empty")).expect("a folder");
    let manifest = |folder: &str, text: &str| {
        std::fs::create_dir(scene.path(folder)).expect("a folder");
        scene.write(&format!("{folder}/plugin.toml"), text);
    };
    let package = "\n[package]\nname = \"local:x\"\nversion = \"0.1.0\"\n";
    manifest(
        "misspelt",
        &format!("kind = \"validator\"\nlang = \"rust\"\nlicense = \"MIT\"\n{package}"),
    );
    manifest(
        "other-kind",
        &format!("kind = \"validater\"\nlang = \"rust\"\n{package}"),
    );
    manifest(
        "no-namespace",
        "kind = \"validator\"\nlang = \"rust\"\n[package]\nname = \"x\"\nversion = \"0.1.0\"\n",
    );
    manifest(
        "no-tool",
        &format!(
            "kind = \"validator\"\nlang = \"c\"\n{package}[build]\ncommand = [\"no-such-tool\"]\noutput = \"x\"\n"
        ),
    );
    manifest(
        "no-source",
        &format!("kind = \"validator\"\nlang = \"python\"\n{package}"),
    );
    manifest(
        "no-output",
        &format!(
            "kind = \"validator\"\nlang = \"c\"\n{package}[build]\ncommand = [\"true\"]\noutput = \"x.wasm\"\n"
        ),
    );
    manifest(
        "fails",
        &format!(
            "kind = \"validator\"\nlang = \"c\"\n{package}[build]\ncommand = [\"false\"]\noutput = \"x.wasm\"\n"
        ),
    );
    manifest(
        "no-component",
        &format!(
            "kind = \"validator\"\nlang = \"c\"\n{package}[build]\ncommand = [\"true\"]\noutput = \"plugin.toml\"\n"
        ),
    );
    let mut told = String::new();
    for words in [
        "plugin new Clip --kind validator",
        "plugin new 2nd --kind validator",
        "plugin new a--b --kind validator",
        "plugin new taken --kind validator",
        "plugin new x --kind validater",
        "plugin new x --kind validator --lang cobol",
        "plugin build empty",
        "plugin build misspelt",
        "plugin build other-kind",
        "plugin build no-namespace",
        "plugin build no-tool",
        "plugin build no-source",
        "plugin build no-output",
        "plugin build fails",
        "plugin build no-component",
        "plugin test empty",
        "plugin test taken",
        "check taken/pipeline.toml",
        "plugin test ./nowhere.wasm",
        "plugin test tree --with nowhere.toml",
        "plugin test tree --data nowhere.csv",
        "plugin test tree --data rows.txt",
        "plugin test tree --examples misspelt",
    ] {
        let ended = scene.host(words);
        let code = ended.code;
        told.push_str(&format!(
            "$ host {words}\n{}exit {code:?}\n\n",
            scene.plain(&ended.stderr)
        ));
    }
    insta::assert_snapshot!("authoring-wrong-uses", told);
}

#[test]
fn a_package_is_tested_with_what_it_needs_least() {
    let report = Scene::new().json("plugin test tree");
    assert_eq!(report["passed"], true, "{report:#}");
}

#[test]
fn a_plugin_that_breaks_a_promise_fails() {
    let scene = Scene::new();
    let hostile = crate::support::test_plugin("test_hostile.wasm");
    scene.write("with.toml", "attack = \"panic-in-update\"\n");
    let hostile = hostile.display().to_string();
    let ended = scene.host_with(["plugin", "test", &hostile, "--with", "with.toml"]);
    let code = ended.code;
    insta::with_settings!({ filters => crate::support::filters() }, {
        insta::assert_snapshot!("authoring-test-hostile", format!("exit {code:?}\n{}", ended.stdout));
    });
}
