//! Where registries are looked for, and what is told where there is none.

use std::fs;

use super::{Project, snapshot};
use crate::support::Scene;

#[test]
fn registries_of_wkg_are_known() {
    let folder = Scene::new();
    let other = Project::with_folder(&folder);
    other.publish("2.0.0", "").expect_code(0);

    let user = Project::new("");
    fs::create_dir_all(user.scene.path("xdg-config/wasm-pkg")).expect("a folder");
    let wkg = |text: &str| user.scene.write("xdg-config/wasm-pkg/config.toml", text);
    wkg(&format!(
        "default_registry = \"here\"\n[registry.here]\ntype = \"local\"\nlocal = {{ root = \"{}\" }}\n",
        folder.path("").display()
    ));
    let added = user.host("plugin add acme:clip").expect_code(0);
    assert!(
        added.stdout.starts_with("acme:clip@2.0.0"),
        "{}",
        added.stdout
    );
    wkg("default_registry = 3\n");
    let wrong = user.host("plugin add acme:clip").expect_code(2);
    snapshot("sharing-wrong-wkg", &user.message(&wrong));
}

#[test]
fn what_no_registry_has_is_told() {
    let user = Project::new("");
    user.pipeline("acme:clip@^1");
    let run = user.host("run pipeline.toml").expect_code(1);
    snapshot("sharing-no-registry", &user.message(&run));
    let unknown = user.publish("1.0.0", "").expect_code(2);
    snapshot("sharing-unknown-registry", &user.message(&unknown));
    let gone = Project::new("[registries.team]\npath = \"nowhere\"\nnamespaces = [\"acme\"]\n");
    let missing = gone.host("plugin add acme:clip").expect_code(2);
    snapshot("sharing-no-folder", &gone.message(&missing));
    let file = gone.host("plugin add ./clip.wasm").expect_code(2);
    snapshot("sharing-add-a-file", &gone.message(&file));
    let wrong = Project::new("[registries.team]\noci = \"https://registry.example.com\"\n");
    let wrong_place = wrong.host("plugin add acme:clip").expect_code(2);
    snapshot("sharing-wrong-configuration", &wrong.message(&wrong_place));
    let remote = Project::new(
        "[registries.team]\noci = \"registry.example.com\"\nnamespaces = [\"acme\"]\n",
    );
    let no_client = remote.host("plugin add acme:clip").expect_code(2);
    snapshot("sharing-no-client", &remote.message(&no_client));
    let other = user.host("plugin update acme:other").expect_code(2);
    snapshot("sharing-update-of-another", &user.message(&other));
}
