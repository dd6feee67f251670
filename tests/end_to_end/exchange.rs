//! Models on their way to others: archives that predict the same bits elsewhere, signatures,
//! cards, and what one version is made of and has in common with another.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::{Ended, Scene, example, root};

/// A scene in which the models of the penguins are registered.
fn penguins() -> Scene {
    let scene = Scene::new();
    let pipeline = example("penguins")
        .join("pipeline.toml")
        .display()
        .to_string();
    scene.host_with(["run", &pipeline]).expect_code(0);
    scene
}

/// A key that `openssl genpkey -algorithm ed25519` has made, or its public part.
fn key(name: &str) -> String {
    let keys = root().join("host/exchange/tests/exchange/keys");
    keys.join(name).display().to_string()
}

fn held_out() -> String {
    let data = example("penguins").join("data/penguins_2009.csv");
    data.display().to_string()
}

fn predictions(scene: &Scene, model: &str) -> Vec<u8> {
    let words = ["predict", model, &held_out(), "-o", "out.parquet"];
    scene.host_with(words).expect_code(0);
    fs::read(scene.path("out.parquet")).expect("the predictions")
}

fn import(scene: &Scene, archive: &Path, options: &str) -> Ended {
    let archive = archive.display().to_string();
    let words = ["models", "import", &archive];
    scene.host_with(words.into_iter().chain(options.split_whitespace()))
}

fn snapshot(name: &str, scene: &Scene, text: &str) {
    let filters = vec![
        (r"\d{4}-\d\d-\d\d( \d\d:\d\d UTC)?", "[date]"),
        (r"\b[0-9a-f]{64}\b", "[digest]"),
        (r"\b[0-9a-f]{12}\b", "[digest]"),
        (r"\b\d+\.\d (KiB|MiB)", "[size]"),
    ];
    insta::with_settings!({ filters => filters, omit_expression => true }, {
        insta::assert_snapshot!(name, scene.plain(text));
    });
}

#[test]
fn an_imported_model_predicts_the_same_bits() {
    let scene = penguins();
    let expected = predictions(&scene, "penguin-tree@1");
    let exported = scene
        .host("models export penguin-tree -o tree.tar")
        .expect_code(0);
    snapshot("exported", &scene, &exported.stdout);
    scene
        .host("models export penguin-tree -o tree")
        .expect_code(0);
    scene
        .host("models export penguin-tree@1 -o again.tar")
        .expect_code(0);
    let bytes = |name: &str| fs::read(scene.path(name)).expect("the archive");
    assert!(bytes("tree.tar") == bytes("again.tar"));

    for archive in ["tree.tar", "tree"] {
        // Nothing is there but the archive: the store is made.
        let elsewhere = Scene::new();
        let moved: PathBuf = elsewhere.path("moved");
        fs::rename(scene.path(archive), &moved).expect("the archive can be moved");
        let imported = import(&elsewhere, &moved, "--alias champion --alias trial").expect_code(0);
        assert!(predictions(&elsewhere, "penguin-tree@champion") == expected);
        if archive == "tree.tar" {
            snapshot("imported", &elsewhere, &imported.stdout);
            let again = import(&elsewhere, &moved, "").expect_code(0);
            snapshot("imported-again", &elsewhere, &again.stdout);
            let models = elsewhere.json("models");
            assert_eq!(models[0]["version"], 1);
            assert!(models[0]["run"].is_null(), "{models}");
            let shown = elsewhere.json("models show penguin-tree");
            assert_eq!(shown["imported"]["reference"], "penguin-tree:1");
            let shown = elsewhere.host("models show penguin-tree").expect_code(0);
            let tree = shown
                .stdout
                .split("\nmetrics")
                .next()
                .expect("a tree")
                .to_owned();
            snapshot("show-imported", &elsewhere, &tree);
            import(&elsewhere, &moved, "--name theirs").expect_code(0);
            assert!(predictions(&elsewhere, "theirs") == expected);
        }
    }
}

#[test]
fn an_archive_that_was_changed_is_refused_and_leaves_nothing() {
    let scene = penguins();
    let private = key("signer.pem");
    let words = [
        "models",
        "export",
        "penguin-tree",
        "-o",
        "tree.tar",
        "--sign",
        &private,
    ];
    scene.host_with(words).expect_code(0);
    let bytes = fs::read(scene.path("tree.tar")).expect("the archive");
    let verify = format!("--verify {}", key("signer.pub"));

    let elsewhere = Scene::new();
    let archive = elsewhere.path("tree.tar");
    let mut changed = bytes.clone();
    // Within the largest file, a component.
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs::write(&archive, changed).expect("a file");
    for (name, options) in [("changed", ""), ("changed-and-signed", verify.as_str())] {
        let refused = import(&elsewhere, &archive, options).expect_code(1);
        assert!(refused.stdout.is_empty());
        snapshot(name, &elsewhere, &refused.stderr);
        assert!(!elsewhere.path("store").exists());
    }
    fs::write(&archive, bytes).expect("a file");
    let other = format!("--verify {}", key("other.pub"));
    let refused = import(&elsewhere, &archive, &other).expect_code(1);
    snapshot("another-key", &elsewhere, &refused.stderr);

    let imported = import(&elsewhere, &archive, "").expect_code(0);
    assert!(imported.stderr.contains("--verify"), "{}", imported.stderr);
    let verified = import(&elsewhere, &archive, &format!("{verify} --name sure")).expect_code(0);
    snapshot("verified", &elsewhere, &verified.stdout);
}

/// A tar archive with one file more, at this path.
fn with_a_file_at(archive: &[u8], path: &str) -> Vec<u8> {
    let mut header = vec![0_u8; 512];
    let field = |header: &mut [u8], at: usize, text: &str| {
        header[at..at + text.len()].copy_from_slice(text.as_bytes());
    };
    field(&mut header, 0, path);
    field(&mut header, 100, "0000644\0");
    field(&mut header, 124, "00000000005\0");
    // A file, in the format of POSIX; the checksum counts its own field as spaces.
    field(&mut header, 156, "0");
    field(&mut header, 257, "ustar\x0000");
    field(&mut header, 148, "        ");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    field(&mut header, 148, &format!("{sum:06o}\0 "));
    let mut content = vec![0_u8; 512];
    field(&mut content, 0, "evil\n");
    [&header[..], &content[..], archive].concat()
}

#[test]
fn a_path_that_leaves_the_archive_is_refused() {
    let scene = penguins();
    scene
        .host("models export penguin-tree -o tree.tar")
        .expect_code(0);
    let bytes = fs::read(scene.path("tree.tar")).expect("the archive");
    let elsewhere = Scene::new();
    let archive = elsewhere.path("tree.tar");
    for path in ["../evil", "blobs/../../evil", "/tmp/evil"] {
        fs::write(&archive, with_a_file_at(&bytes, path)).expect("a file");
        let refused = import(&elsewhere, &archive, "").expect_code(1);
        let told = format!("`{path}`: its path leaves the archive");
        assert!(refused.stderr.contains(&told), "{}", refused.stderr);
        assert!(!elsewhere.path("store").exists());
    }
}

#[test]
fn wrong_words_end_with_2() {
    let scene = Scene::new();
    for (name, words) in [
        ("import-alias", "models import x.tar --alias latest"),
        ("import-name", "models import x.tar --name a@1"),
        ("import-nowhere", "models import nowhere.tar"),
    ] {
        let ended = scene.host(words).expect_code(2);
        snapshot(name, &scene, &ended.stderr);
    }
    assert!(!scene.path("store").exists());
}

#[test]
fn a_version_shows_what_it_is_made_of() {
    let scene = penguins();
    let shown = scene.host("models show penguin-logistic").expect_code(0);
    snapshot("show", &scene, &shown.stdout);
    let card = scene.host("models card penguin-logistic").expect_code(0);
    snapshot("card", &scene, &card.stdout);
    scene
        .host("models card penguin-logistic@1 -o README.md")
        .expect_code(0);
    let file = fs::read_to_string(scene.path("README.md")).expect("the card");
    assert_eq!(file, card.stdout);
    let json = scene.json("models card penguin-logistic");
    assert_eq!(json["card"], file);
}

#[test]
fn two_versions_are_compared() {
    let scene = penguins();
    let compared = scene
        .host("models compare penguin-tree penguin-logistic")
        .expect_code(0);
    snapshot("compare-models", &scene, &compared.stdout);
    let same = scene
        .host("models compare penguin-tree penguin-tree@1")
        .expect_code(0);
    snapshot("compare-same", &scene, &same.stdout);

    // Another depth of the same tree, on one file more.
    let text = fs::read_to_string(example("penguins").join("pipeline.toml")).expect("a pipeline");
    let data = example("penguins").join("data").display().to_string();
    let text = text
        .replace("data/penguins_2007_2008.csv", "data/penguins_*.csv")
        .replace("\"data/", &format!("\"{data}/"))
        .replace("max_depth = 4", "max_depth = 3");
    scene.write("pipeline.toml", &text);
    scene.host("run pipeline.toml").expect_code(0);
    let compared = scene
        .host("models compare penguin-tree@1 penguin-tree@2")
        .expect_code(0);
    snapshot("compare-versions", &scene, &compared.stdout);
    let json = scene.json("models compare penguin-tree@1 penguin-tree@2");
    assert_eq!(json["identical"], false);
    let steps = json["steps"].as_array().expect("steps");
    let tree = steps
        .iter()
        .find(|step| step["name"] == "tree")
        .expect("the tree");
    assert_eq!(tree["params"][0]["at"], "max_depth");
    assert_eq!(tree["left"]["component"], tree["right"]["component"]);
    assert_ne!(tree["left"]["state"], tree["right"]["state"]);
}
