//! Trainers that tell what they have learned, and those that do not: the code of a project and its
//! `plugin.toml` have to say the same.

use std::path::Path;

use crate::authoring::{host_in, run};
use crate::support::{Scene, step};

#[test]
fn a_trainer_need_not_tell_what_it_has_learned() {
    for (lang, file) in [
        ("python", "plugin.py"),
        ("js", "plugin.js"),
        ("c", "plugin.c"),
        ("rust", "src/lib.rs"),
    ] {
        let scene = Scene::new();
        let made = scene.host(&format!("plugin new silent --kind trainer --lang {lang}"));
        made.expect_code(0);
        let project = scene.path("silent");
        let read = |file: &str| std::fs::read_to_string(project.join(file)).expect("the file");
        let write = |file: &str, text: &str| drop(scene.write(&format!("silent/{file}"), text));
        let (code, manifest, example) =
            (read(file), read("plugin.toml"), read("examples/line.toml"));
        let silent = silenced(lang, &code);
        assert_ne!(silent, code, "{lang}");
        // The code and plugin.toml have to say the same.
        write(file, &silent);
        refused_for_explaining(&scene, &project);
        write("plugin.toml", &manifest.replace("explains = true", ""));
        write("examples/line.toml", &example.replace("metrics = ", "# "));
        run(&mut host_in(&scene, &project, "plugin build"));
        run(&mut host_in(&scene, &project, "plugin test"));
        let command = "run pipeline.toml --format json";
        let ran = run(&mut host_in(&scene, &project, command));
        let ran: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("JSON");
        assert!(step(&ran, "line")["outcome"].is_null(), "{lang}: {ran:#}");
        // In Rust the code alone decides.
        if lang != "rust" {
            write(file, &code);
            refused_for_explaining(&scene, &project);
        }
    }
}

/// Building or testing fails, with a word about what explains a trainer.
fn refused_for_explaining(scene: &Scene, project: &Path) {
    let mut told = String::new();
    for words in ["plugin build", "plugin test"] {
        let ended = host_in(scene, project, words).output().expect("it starts");
        for text in [ended.stdout, ended.stderr] {
            told.push_str(&String::from_utf8_lossy(&text));
        }
        if !ended.status.success() {
            assert!(told.contains("`explains = true`"), "{told}");
            return;
        }
    }
    panic!("nothing fails: {told}");
}

/// The code of a trainer without what it tells of its models.
fn silenced(lang: &str, code: &str) -> String {
    match lang {
        "python" => code.replace("mlhost.ExplainedTrainer", "mlhost.Trainer"),
        "js" => code.replace("  explain,\n", ""),
        "c" => {
            let (before, rest) = code.split_once("// What was learned, in").expect("it");
            let (_, after) = rest.split_once("const mlhost_plugin").expect("the plugin");
            let code = format!("{before}const mlhost_plugin{after}");
            code.replace("    .explain = explain,\n", "")
        }
        _ => code.replace("as explained_trainer", "as trainer"),
    }
}
