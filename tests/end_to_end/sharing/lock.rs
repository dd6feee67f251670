//! What a lock keeps out: components that are not those that it pins, wherever they come from.

use std::fs;

use super::{Project, clip, named, replaced, snapshot};
use crate::support::Scene;

/// A registry with one version, and a project that has pinned it.
fn pinned() -> (Scene, Project) {
    let registry = Scene::new();
    let user = Project::with_folder(&registry);
    user.publish("1.0.0", "").expect_code(0);
    user.pipeline("acme:clip@^1");
    user.host("plugin add acme:clip@^1").expect_code(0);
    (registry, user)
}

/// Puts another component in the place of the published one.
fn tamper(registry: &Scene) {
    let other = replaced(&clip("1.0.0"), "behave well", "behave ill!");
    fs::write(registry.path("acme/clip/1.0.0.wasm"), other).expect("the registry");
}

#[test]
fn another_component_in_the_registry_is_refused() {
    let (registry, user) = pinned();
    tamper(&registry);
    // What is on this machine is what was pinned.
    user.host("run pipeline.toml").expect_code(0);
    user.clear_cache();
    let run = user.host("run pipeline.toml").expect_code(1);
    snapshot("sharing-wrong-digest", &user.message(&run));
    // Nothing of it stays in the cache.
    assert!(!user.scene.path("xdg-cache").exists());
}

#[test]
fn another_component_in_the_cache_is_refused() {
    let (_registry, user) = pinned();
    let file = user.cached("1.0.0");
    let other = replaced(&clip("1.0.0"), "behave well", "behave ill!");
    fs::write(&file, other).expect("the cache");
    for words in ["run pipeline.toml", "run pipeline.toml --offline"] {
        let run = user.host(words).expect_code(1);
        snapshot("sharing-damaged-cache", &user.message(&run));
    }
    fs::remove_file(file).expect("the file");
    user.host("run pipeline.toml").expect_code(0);
}

#[test]
fn a_component_under_a_false_name_is_refused() {
    let registry = Scene::new();
    let user = Project::with_folder(&registry);
    user.publish("1.0.0", "").expect_code(0);
    let other = named("acme:other", "1.0.0", &clip("1.0.0"));
    fs::write(registry.path("acme/clip/1.0.0.wasm"), other).expect("the registry");
    let added = user.host("plugin add acme:clip").expect_code(1);
    snapshot("sharing-misnamed", &user.message(&added));
}

#[test]
fn locked_keeps_the_lock_as_it_is() {
    let (_registry, user) = pinned();
    user.pipeline("acme:clip@^1");
    // The lock lacks the package of the other step, which comes with the host.
    let run = user.host("run pipeline.toml --locked").expect_code(1);
    snapshot("sharing-not-locked", &user.message(&run));
    user.host("run pipeline.toml").expect_code(0);
    user.host("run pipeline.toml --locked").expect_code(0);
    user.host("check pipeline.toml --locked --offline")
        .expect_code(0);
    user.publish("2.0.0", "").expect_code(0);
    user.pipeline("acme:clip@^2");
    let before = user.lock();
    for words in [
        "run pipeline.toml --locked",
        "plugin add acme:clip@^2 --locked",
    ] {
        let ended = user.host(words).expect_code(1);
        assert!(
            ended.stderr.contains("`acme:clip@^2` is not in the lock"),
            "{}",
            ended.stderr
        );
    }
    assert_eq!(user.lock(), before);
}

#[test]
fn offline_asks_nobody() {
    let (registry, user) = pinned();
    fs::remove_dir_all(registry.path("acme")).expect("the packages");
    user.host("run pipeline.toml --offline").expect_code(0);
    // Without a lock, what is on this machine will do.
    fs::remove_file(user.scene.path("pipeline.lock")).expect("the lock");
    user.host("run pipeline.toml --offline").expect_code(0);
    assert!(user.lock().contains("version = \"1.0.0\""));
    user.clear_cache();
    let run = user.host("run pipeline.toml --offline").expect_code(1);
    snapshot("sharing-offline", &user.message(&run));
}

#[test]
fn a_lock_of_another_host_is_told() {
    let user = Project::new("");
    user.write_pipeline(&[]);
    user.host("plugin update").expect_code(0);
    let lock = user.lock();
    let digest = lock.split("sha256:").nth(1).expect("a digest");
    let digest = digest.split('"').next().expect("a digest");
    user.scene
        .write("pipeline.lock", &lock.replace(digest, &"a".repeat(64)));
    let run = user.host("run pipeline.toml").expect_code(1);
    snapshot("sharing-other-host", &user.message(&run));
    let updated = user.host("plugin update validate").expect_code(0);
    assert_eq!(
        updated.stdout,
        "locked another build of mlhost:validate 0.1.0\n"
    );
    user.host("run pipeline.toml --locked").expect_code(0);
}

#[test]
fn a_lock_that_is_none_is_told() {
    let user = Project::new("");
    user.write_pipeline(&[]);
    let entry =
        "[[package]]\nname = \"mlhost:validate\"\nversion = \"0.1.0\"\ndigest = \"sha256:abc\"\n";
    for (name, text) in [
        (
            "conflict",
            "<<<<<<< HEAD\nversion = 1\n=======\n".to_owned(),
        ),
        ("digest", format!("version = 1\n\n{entry}")),
        ("layout", "version = 9\n".to_owned()),
        (
            "key",
            "version = 1\n\n[[packages]]\nname = \"x\"\n".to_owned(),
        ),
    ] {
        user.scene.write("pipeline.lock", &text);
        let run = user.host("run pipeline.toml");
        snapshot(&format!("sharing-no-lock-{name}"), &user.message(&run));
    }
    user.host("plugin update").expect_code(0);
    user.host("run pipeline.toml --locked").expect_code(0);
}
