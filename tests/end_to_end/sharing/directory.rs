//! A folder as a registry: one project publishes, another uses.

use std::fs;

use super::{Project, clip, snapshot};
use crate::support::Scene;

#[test]
fn what_one_project_publishes_another_runs() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    let published = author.publish("1.0.0", "").expect_code(0);
    snapshot("sharing-publish", &published.stdout);
    author.publish("1.1.0", "").expect_code(0);
    // The layout is that of `wkg`, and the bytes are those that were published.
    let file = registry.path("acme/clip/1.1.0.wasm");
    assert!(fs::read(file).expect("the component") == clip("1.1.0"));

    let user = Project::with_folder(&registry);
    user.pipeline("acme:clip@^1.0");
    let added = user.host("plugin add acme:clip@^1.0").expect_code(0);
    snapshot("sharing-add", &added.stdout);
    assert_eq!(added.stderr, "locked acme:clip 1.1.0\n");
    let run = user.host("run pipeline.toml").expect_code(0);
    assert!(run.stdout.contains("acme:clip@1.1.0"), "{}", run.stdout);
    // The lock has what comes with the host as well.
    snapshot("sharing-lock", &user.lock());

    // A newer version changes nothing until somebody asks for it.
    author.publish("1.2.0", "").expect_code(0);
    let before = user.lock();
    user.host("run pipeline.toml --locked --no-cache")
        .expect_code(0);
    assert_eq!(user.lock(), before);
    let updated = user.host("plugin update").expect_code(0);
    assert_eq!(updated.stdout, "moved acme:clip 1.1.0 to 1.2.0\n");
    let again = user.host("plugin update acme:clip").expect_code(0);
    assert_eq!(again.stdout, "`pipeline.lock` stays as it is\n");
    let run = user.host("run pipeline.toml --locked").expect_code(0);
    assert!(run.stdout.contains("acme:clip@1.2.0"), "{}", run.stdout);
}

#[test]
fn a_run_takes_and_pins_what_nobody_has_added() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author.publish("0.1.0", "").expect_code(0);
    let user = Project::with_folder(&registry);
    user.pipeline("acme:clip");
    // A check finds it, and writes nothing.
    user.host("check pipeline.toml").expect_code(0);
    assert!(!user.scene.path("pipeline.lock").exists());
    let run = user.host("run pipeline.toml").expect_code(0);
    assert!(
        run.stderr.contains("locked acme:clip 0.1.0\n"),
        "{}",
        run.stderr
    );
    assert!(user.lock().contains("name = \"mlhost:validate\""));
}

#[test]
fn a_pipeline_of_standard_packages_needs_no_lock() {
    let user = Project::new("");
    user.write_pipeline(&[]);
    user.host("run pipeline.toml --locked --offline")
        .expect_code(0);
    assert!(!user.scene.path("pipeline.lock").exists());
    // Whoever wants one gets it, and it stays.
    let updated = user.host("plugin update").expect_code(0);
    assert_eq!(updated.stdout, "locked mlhost:validate 0.1.0\n");
    let before = user.lock();
    user.host("run pipeline.toml --locked").expect_code(0);
    assert_eq!(user.lock(), before);
}

#[test]
fn two_versions_serve_in_one_pipeline() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author.publish("1.0.0", "").expect_code(0);
    author.publish("2.0.0", "").expect_code(0);
    let user = Project::with_folder(&registry);
    user.write_pipeline(&[("old", "acme:clip@1.0.0"), ("new", "acme:clip@^2")]);
    let run = user.host("run pipeline.toml").expect_code(0);
    for plugin in ["acme:clip@1.0.0", "acme:clip@2.0.0"] {
        assert!(run.stdout.contains(plugin), "{}", run.stdout);
    }
    let lock = user.lock();
    for version in ["version = \"1.0.0\"", "version = \"2.0.0\""] {
        assert!(lock.contains(version), "{lock}");
    }
    let before = user.lock();
    user.host("plugin update").expect_code(0);
    assert_eq!(user.lock(), before);
}

#[test]
fn a_model_outlives_the_registry_of_its_packages() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author.publish("1.0.0", "").expect_code(0);
    let user = Project::with_folder(&registry);
    user.scene.write(
        "pipeline.toml",
        "mlhost = 1\nname = \"numbers\"\n\n[data.numbers]\npath = \"numbers.csv\"\n\n\
         [steps.clip]\nplugin = \"acme:clip@^1\"\ninput = \"numbers\"\nwith.attack = \"none\"\n\n\
         [steps.tree]\nplugin = \"tree\"\ninput = \"clip\"\nwith.target = \"y\"\n\
         register = \"doubler\"\n",
    );
    user.host("run pipeline.toml").expect_code(0);
    user.host("predict doubler numbers.csv -o before.csv")
        .expect_code(0);
    fs::remove_dir_all(registry.path("acme")).expect("the packages");
    user.clear_cache();
    user.host("predict doubler numbers.csv -o after.csv")
        .expect_code(0);
    let read = |name: &str| fs::read(user.scene.path(name)).expect("the predictions");
    assert_eq!(read("before.csv"), read("after.csv"));
    // And it can be made again.
    let again = user.host("reproduce doubler").expect_code(0);
    assert!(again.stdout.contains("identical"), "{}", again.stdout);
    // A run needs the package, and says so.
    let run = user.host("run pipeline.toml").expect_code(1);
    snapshot("sharing-vanished", &user.message(&run));
}

#[test]
fn a_package_is_shown_before_and_after_it_is_locked() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author.publish("1.0.0", "").expect_code(0);
    let user = Project::with_folder(&registry);
    let shown = user.host("plugin inspect acme:clip@^1").expect_code(0);
    snapshot("sharing-inspect", &shown.stdout);
    assert!(!user.scene.path("pipeline.lock").exists());
    user.pipeline("acme:clip@^1");
    user.host("plugin add acme:clip@^1").expect_code(0);
    author.publish("1.1.0", "").expect_code(0);
    let shown = user
        .host("plugin inspect acme:clip --offline")
        .expect_code(0);
    assert!(
        shown.stdout.starts_with("acme:clip@1.0.0"),
        "{}",
        shown.stdout
    );
}

#[test]
fn a_standard_package_can_be_carried_over() {
    let registry = Scene::new();
    let configuration = format!(
        "[registries.team]\npath = \"{}\"\nnamespaces = [\"*\"]\n",
        registry.path("").display()
    );
    let author = Project::new(&configuration);
    author
        .host("plugin publish validate --registry team")
        .expect_code(0);
    assert!(registry.path("mlhost/validate/0.1.0.wasm").is_file());
}
