//! Who may do what: credentials, and where registries are looked for.

use std::{fs, os::unix::fs::PermissionsExt};

use super::{
    Project,
    registry::{PASSWORD, Registry, USER},
    snapshot,
};
use crate::support::{Scene, finish};

/// Writes what `docker login` writes.
fn log_in(project: &Project, registry: &Registry, user: &str, password: &str) {
    // `printf 'ada:open sesame' | base64`
    let encoded = match (user, password) {
        (USER, PASSWORD) => "YWRhOm9wZW4gc2VzYW1l",
        // `printf 'ada:guess' | base64`
        _ => "YWRhOmd1ZXNz",
    };
    fs::create_dir_all(project.scene.path("docker")).expect("a folder");
    let text = format!(
        "{{ \"auths\": {{ \"{}\": {{ \"auth\": \"{encoded}\" }} }} }}",
        registry.address()
    );
    project.scene.write("docker/config.json", &text);
}

#[test]
fn credentials_are_those_of_docker() {
    let registry = Registry::start_with_credentials();
    let author = Project::new(&registry.configuration());
    let refused = author.publish("1.0.0", "").expect_code(2);
    snapshot("sharing-oci-no-credentials", &author.message(&refused));
    log_in(&author, &registry, USER, "guess");
    let refused = author.publish("1.0.0", "").expect_code(2);
    snapshot("sharing-oci-wrong-credentials", &author.message(&refused));
    log_in(&author, &registry, USER, PASSWORD);
    author.publish("1.0.0", "").expect_code(0);

    let user = Project::new(&registry.configuration());
    let refused = user.host("plugin add acme:clip").expect_code(2);
    assert!(
        refused.stderr.contains("wants credentials"),
        "{}",
        refused.stderr
    );
    log_in(&user, &registry, USER, PASSWORD);
    user.host("plugin add acme:clip").expect_code(0);
}

/// Puts a program in the path that keeps passwords, and makes docker's configuration name it.
fn keep_passwords(project: &Project, registry: &Registry, script: &str) {
    let program = project.scene.write("docker-credential-keeper", script);
    fs::set_permissions(program, fs::Permissions::from_mode(0o700)).expect("a program");
    fs::create_dir_all(project.scene.path("docker")).expect("a folder");
    let text = format!(
        "{{ \"credHelpers\": {{ \"{}\": \"keeper\" }} }}",
        registry.address()
    );
    project.scene.write("docker/config.json", &text);
}

#[test]
fn passwords_may_be_kept_by_a_program() {
    let registry = Registry::start_with_credentials();
    let user = Project::new(&registry.configuration());
    let path = format!(
        "{}:{}",
        user.scene.path("").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let add = || {
        let mut command = user.command(["plugin", "add", "acme:clip"]);
        finish(
            command
                .env("PATH", &path)
                .spawn()
                .expect("the command starts"),
        )
    };
    let script = "#!/bin/sh\nread server\n\
         echo '{ \"Username\": \"ada\", \"Secret\": \"open sesame\" }'\n";
    keep_passwords(&user, &registry, script);
    let missing = add().expect_code(2);
    assert!(
        missing.stderr.contains("has no `acme:clip`"),
        "{}",
        missing.stderr
    );
    let script = "#!/bin/sh\nread server\n\
         echo 'credentials not found in native keychain'; exit 1\n";
    keep_passwords(&user, &registry, script);
    let refused = add().expect_code(2);
    assert!(
        refused.stderr.contains("and there are none"),
        "{}",
        refused.stderr
    );
    let script = "#!/bin/sh\nread server\necho 'the keyring is locked'; exit 1\n";
    keep_passwords(&user, &registry, script);
    let failed = add().expect_code(2);
    snapshot("sharing-oci-broken-keeper", &user.message(&failed));
}

#[test]
fn credentials_may_be_those_of_wkg() {
    let registry = Registry::start_with_credentials();
    let address = registry.address();
    let author = Project::new(&registry.configuration());
    log_in(&author, &registry, USER, PASSWORD);
    author.publish("1.0.0", "").expect_code(0);
    let user = Project::new("");
    fs::create_dir_all(user.scene.path("xdg-config/wasm-pkg")).expect("a folder");
    let wkg = |auth: &str| {
        let text = format!(
            "[namespace_registries]\nacme = {{ registry = \"{address}\", metadata = {{ oci = {{ \
             namespacePrefix = \"plugins/\" }} }} }}\n[registry.\"{address}\".oci]\n\
             protocol = \"http\"\n{auth}\n"
        );
        user.scene.write("xdg-config/wasm-pkg/config.toml", &text)
    };
    wkg("");
    user.host("plugin add acme:clip").expect_code(2);
    wkg("auth = \"YWRhOm9wZW4gc2VzYW1l\"");
    user.host("plugin add acme:clip").expect_code(0);
    user.clear_cache();
    wkg(&format!(
        "auth = {{ username = \"{USER}\", password = \"{PASSWORD}\" }}"
    ));
    user.host("plugin add acme:clip").expect_code(0);
}

#[test]
fn registries_of_wkg_are_known() {
    let registry = Registry::start();
    let author = Project::new(&registry.configuration());
    author.publish("1.0.0", "").expect_code(0);
    let folder = Scene::new();
    let other = Project::with_folder(&folder);
    other.publish("2.0.0", "").expect_code(0);

    let user = Project::new("");
    fs::create_dir_all(user.scene.path("xdg-config/wasm-pkg")).expect("a folder");
    let wkg = |text: &str| user.scene.write("xdg-config/wasm-pkg/config.toml", text);
    wkg(&format!(
        "[namespace_registries]\nacme = {{ registry = \"here\", metadata = {{ oci = {{ registry = \
         \"{}\", namespacePrefix = \"plugins/\" }} }} }}\n",
        registry.address()
    ));
    let added = user.host("plugin add acme:clip").expect_code(0);
    assert!(
        added.stdout.starts_with("acme:clip@1.0.0"),
        "{}",
        added.stdout
    );
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
    let other = user.host("plugin update acme:other").expect_code(2);
    snapshot("sharing-update-of-another", &user.message(&other));
}
