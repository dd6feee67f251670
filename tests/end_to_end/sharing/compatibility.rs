//! What may be published: versions that are not there yet, and that keep what was promised.

use std::fs;

use super::{Project, clip, named, replaced, snapshot};
use crate::support::{Ended, Scene};

fn publish(project: &Project, component: &[u8]) -> Ended {
    fs::write(project.scene.path("new.wasm"), component).expect("the component");
    project.host("plugin publish ./new.wasm --registry team")
}

/// The component with another parameter, other default and other bounds than it had.
fn broken(version: &str) -> Vec<u8> {
    let other = replaced(&clip(version), "after_rows", "later_rows");
    replaced(&other, "\"default\": 0", "\"default\": 1")
}

#[test]
fn what_breaks_takes_a_version_that_says_so() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author.publish("1.0.0", "").expect_code(0);
    let refused = publish(&author, &broken("1.1.0")).expect_code(1);
    snapshot("sharing-breaks", &author.message(&refused));
    assert!(!registry.path("acme/clip/1.1.0.wasm").exists());
    let major = publish(&author, &broken("2.0.0")).expect_code(0);
    assert!(!major.stdout.contains("keeps"), "{}", major.stdout);
    // A repair of the old line is compared with the old line.
    let patch = author.publish("1.0.1", "").expect_code(0);
    assert!(
        patch.stdout.contains("keeps what 1.0.0 has promised"),
        "{}",
        patch.stdout
    );
    // Before 1.0 it is the minor version.
    author.publish("0.3.0", "").expect_code(0);
    publish(&author, &broken("0.3.1")).expect_code(1);
    publish(&author, &broken("0.4.0")).expect_code(0);
}

#[test]
fn another_default_breaks() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author.publish("1.0.0", "").expect_code(0);
    let other = replaced(&clip("1.0.1"), "\"default\": 0", "\"default\": 7");
    let refused = publish(&author, &other).expect_code(1);
    let text = "`after_rows` is 7 when it is left out, and was 0";
    assert!(refused.stderr.contains(text), "{}", refused.stderr);
}

#[test]
fn a_version_is_never_published_twice() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author.publish("1.0.0", "").expect_code(0);
    let other = replaced(&clip("1.0.0"), "behave well", "behave ill!");
    let refused = publish(&author, &other).expect_code(1);
    snapshot("sharing-published", &author.message(&refused));
    let there = fs::read(registry.path("acme/clip/1.0.0.wasm")).expect("the component");
    assert!(there == clip("1.0.0"));
}

#[test]
fn what_is_no_package_is_not_published() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    let component = clip("1.0.0");
    for (name, component) in [
        ("name", named("clip", "1.0.0", &component)),
        ("version", named("acme:clip", "latest", &component)),
        ("build", named("acme:clip", "1.0.0+5", &component)),
        ("component", b"text".to_vec()),
        ("contract", replaced(&component, "@0.1.0", "@0.9.0")),
    ] {
        let refused = publish(&author, &component);
        snapshot(
            &format!("sharing-no-package-{name}"),
            &author.message(&refused),
        );
    }
    assert!(!registry.path("acme").exists());
}
