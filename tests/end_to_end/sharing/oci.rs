//! A real OCI registry: one project publishes, another uses, and what lies there is what other tools
//! expect.

use std::fs;

use serde_json::Value;

use super::{
    Project, clip, key,
    registry::{Registry, Unsteady, configuration},
    replaced, snapshot,
};

#[test]
fn what_one_project_publishes_another_runs() {
    let registry = Registry::start();
    let author = Project::new(&registry.configuration());
    author.publish("1.0.0", "").expect_code(0);
    author.publish("1.1.0", "").expect_code(0);
    author.publish("2.0.0", "").expect_code(0);
    let again = author.publish("1.0.0", "").expect_code(1);
    assert!(
        again.stderr.contains("has acme:clip@1.0.0 already"),
        "{}",
        again.stderr
    );

    let user = Project::new(&registry.configuration());
    user.pipeline("acme:clip@^1");
    let added = user.host("plugin add acme:clip@^1").expect_code(0);
    assert_eq!(added.stderr, "locked acme:clip 1.1.0\n");
    let run = user.host("run pipeline.toml").expect_code(0);
    assert!(run.stdout.contains("acme:clip@1.1.0"), "{}", run.stdout);
    let cached = fs::read(user.cached("1.1.0")).expect("the component");
    assert!(cached == clip("1.1.0"));
    // Another machine with the same lock gets the same bytes.
    user.clear_cache();
    user.host("run pipeline.toml --locked").expect_code(0);
}

#[test]
fn what_lies_there_is_what_others_expect() {
    let registry = Registry::start();
    let author = Project::new(&registry.configuration());
    author.publish("1.0.0", "").expect_code(0);
    let manifest = registry.get_json("/v2/plugins/acme/clip/manifests/1.0.0");
    let layers = manifest["layers"].as_array().expect("layers");
    assert_eq!(layers.len(), 1, "{manifest}");
    assert_eq!(layers[0]["mediaType"], "application/wasm");
    let config = &manifest["config"];
    assert_eq!(config["mediaType"], "application/vnd.wasm.config.v0+json");
    let digest = config["digest"].as_str().expect("a digest");
    let mut config = registry.get_json(&format!("/v2/plugins/acme/clip/blobs/{digest}"));
    let created = config["created"].take();
    assert!(created.is_string(), "{created}");
    let shown = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    snapshot(
        "sharing-manifest",
        &format!("{}\n{}\n", shown(&manifest["annotations"]), shown(&config)),
    );
}

#[test]
fn a_signature_is_that_of_cosign() {
    let registry = Registry::start();
    let author = Project::new(&registry.configuration());
    let sign = format!("--sign {}", key("signer.pem"));
    author.publish("1.0.0", "").expect_code(0);
    author.publish("1.1.0", &sign).expect_code(0);
    let tags = registry.get_json("/v2/plugins/acme/clip/tags/list");
    let tags = tags["tags"].as_array().expect("tags");
    let signature = tags.iter().filter_map(Value::as_str);
    let signature = signature
        .filter(|tag| tag.ends_with(".sig"))
        .collect::<Vec<_>>();
    let [tag] = signature.as_slice() else {
        panic!("{tags:?}");
    };
    let manifest = registry.get_json(&format!("/v2/plugins/acme/clip/manifests/{tag}"));
    let layer = &manifest["layers"][0];
    assert_eq!(
        layer["mediaType"],
        "application/vnd.dev.cosign.simplesigning.v1+json"
    );
    assert!(layer["annotations"]["dev.cosignproject.cosign/signature"].is_string());
    let digest = layer["digest"].as_str().expect("a digest");
    let text = registry.get_json(&format!("/v2/plugins/acme/clip/blobs/{digest}"));
    let signed = text["critical"]["image"]["docker-manifest-digest"]
        .as_str()
        .expect("a digest");
    assert_eq!(tag.trim_end_matches(".sig"), signed.replace(':', "-"));

    let strict = format!(
        "{}require_signature = true\nkeys = [\"{}\"]\n",
        registry.configuration(),
        key("signer.pub")
    );
    let user = Project::new(&strict);
    user.host("plugin add acme:clip@1.1.0").expect_code(0);
    let unsigned = user.host("plugin add acme:clip@1.0.0").expect_code(1);
    assert!(
        unsigned.stderr.contains("is not signed"),
        "{}",
        unsigned.stderr
    );
    let others = Project::new(&strict.replace("signer.pub", "other.pub"));
    let refused = others.host("plugin add acme:clip@1.1.0").expect_code(1);
    assert!(
        refused.stderr.contains("is not signed by a trusted key"),
        "{}",
        refused.stderr
    );
}

#[test]
fn what_is_not_there_is_told() {
    let registry = Registry::start();
    let user = Project::new(&registry.configuration());
    let missing = user.host("plugin add acme:clip@^1").expect_code(2);
    snapshot("sharing-oci-no-package", &user.message(&missing));
    user.publish("0.9.0", "").expect_code(0);
    user.publish("2.0.0", "").expect_code(0);
    let missing = user.host("plugin add acme:clip@^1").expect_code(2);
    snapshot("sharing-oci-no-version", &user.message(&missing));
    user.pipeline("acme:clip@^1");
    let run = user.host("run pipeline.toml").expect_code(1);
    snapshot("sharing-oci-no-version-in-pipeline", &user.message(&run));
}

#[test]
fn another_component_is_refused() {
    let registry = Registry::start();
    let user = Project::new(&registry.configuration());
    user.publish("1.0.0", "").expect_code(0);
    user.pipeline("acme:clip@^1");
    let added = user.host_with(["plugin", "add", "acme:clip@^1", "--format", "json"]);
    let digest = added.json()["digest"]
        .as_str()
        .expect("a digest")
        .to_owned();
    user.clear_cache();

    // Blobs that are not what their digest says.
    let blob = registry.blob(&digest);
    let component = fs::read(&blob).expect("the blob");
    fs::write(&blob, replaced(&component, "behave well", "behave ill!")).expect("the blob");
    let run = user.host("run pipeline.toml").expect_code(1);
    snapshot("sharing-oci-damaged", &user.message(&run));
    fs::write(&blob, &component).expect("the blob");

    // A version that somebody has replaced.
    registry.forget("1.0.0");
    let other = replaced(&component, "behave well", "behave ill!");
    fs::write(user.scene.path("other.wasm"), other).expect("the folder can be written");
    user.host("plugin publish ./other.wasm --registry team")
        .expect_code(0);
    let run = user.host("run pipeline.toml").expect_code(1);
    snapshot("sharing-oci-replaced", &user.message(&run));
    assert!(!user.scene.path("xdg-cache/mlhost/packages").exists());
}

#[test]
fn a_registry_that_is_down_is_told_and_comes_back() {
    let mut registry = Registry::start();
    let user = Project::new(&registry.configuration());
    user.publish("1.0.0", "").expect_code(0);
    user.pipeline("acme:clip@^1");
    registry.stop();
    let down = user.host("plugin add acme:clip@^1").expect_code(2);
    snapshot("sharing-oci-down", &user.message(&down));
    assert!(!user.scene.path("pipeline.lock").exists());
    registry.begin();
    user.host("plugin add acme:clip@^1").expect_code(0);
    // What was fetched once needs no registry.
    registry.stop();
    user.host("run pipeline.toml").expect_code(0);
    user.host("run pipeline.toml --offline").expect_code(0);
    user.clear_cache();
    let run = user.host("run pipeline.toml --offline").expect_code(1);
    assert!(
        run.stderr.contains("--offline asks no registry"),
        "{}",
        run.stderr
    );
}

#[test]
fn encryption_is_left_out_only_on_this_machine_or_where_that_is_said() {
    let registry = Registry::start();
    let encrypted = Project::new(&format!("{}http = false\n", registry.configuration()));
    let silent = encrypted.host("plugin add acme:clip").expect_code(2);
    snapshot("sharing-oci-not-encrypted", &encrypted.message(&silent));
}

#[test]
fn what_is_no_component_is_not_taken() {
    let registry = Registry::start();
    let user = Project::new(&registry.configuration());
    user.publish("1.0.0", "").expect_code(0);
    let mut manifest = registry.get_json("/v2/plugins/acme/clip/manifests/1.0.0");
    manifest["layers"][0]["mediaType"] = "application/vnd.oci.image.layer.v1.tar".into();
    registry.put_manifest("/v2/plugins/acme/clip/manifests/1.1.0", &manifest);
    let refused = user.host("plugin add acme:clip@1.1.0").expect_code(2);
    snapshot("sharing-oci-another-type", &user.message(&refused));
    let layer = manifest["layers"][0].clone();
    manifest["layers"] = vec![layer.clone(), layer].into();
    registry.put_manifest("/v2/plugins/acme/clip/manifests/1.2.0", &manifest);
    let refused = user.host("plugin add acme:clip@1.2.0").expect_code(2);
    snapshot("sharing-oci-two-layers", &user.message(&refused));
}

#[test]
fn a_connection_that_breaks_is_tried_again() {
    let registry = Registry::start();
    let author = Project::new(&registry.configuration());
    author.publish("1.0.0", "").expect_code(0);
    let unsteady = Unsteady::before(&registry, 2);
    let user = Project::new(&configuration(&unsteady.address));
    user.host("plugin add acme:clip@^1").expect_code(0);
    assert!(unsteady.connections() > 2);
    let unsteady = Unsteady::before(&registry, 2);
    let author = Project::new(&configuration(&unsteady.address));
    author.publish("1.1.0", "").expect_code(0);
}
