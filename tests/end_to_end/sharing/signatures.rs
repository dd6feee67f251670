//! Signatures: who has to have signed what, and what is refused.

use std::fs;

use super::{Project, key, snapshot};
use crate::support::Scene;

/// A project whose registry wants signatures by this key.
fn strict(registry: &Scene, public: &str) -> Project {
    Project::new(&format!(
        "[registries.team]\npath = \"{}\"\nnamespaces = [\"acme\"]\nrequire_signature = true\n\
         keys = [\"{}\"]\n",
        registry.path("").display(),
        key(public)
    ))
}

#[test]
fn a_registry_may_require_signatures() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author.publish("1.0.0", "").expect_code(0);
    let user = strict(&registry, "signer.pub");
    let unsigned = user.host("plugin add acme:clip").expect_code(1);
    snapshot("sharing-unsigned", &user.message(&unsigned));

    let private = key("signer.pem");
    author
        .publish("1.1.0", &format!("--sign {private}"))
        .expect_code(0);
    let added = user.host("plugin add acme:clip").expect_code(0);
    assert!(added.stdout.contains("signer.pub"), "{}", added.stdout);

    let others = strict(&registry, "other.pub");
    let refused = others.host("plugin add acme:clip").expect_code(1);
    snapshot("sharing-signed-by-others", &others.message(&refused));

    // A signature of something else is none.
    let sig = |version: &str| registry.path(&format!("acme/clip/{version}.wasm.sig"));
    fs::copy(sig("1.1.0"), sig("1.0.0")).expect("the signature");
    let refused = user.host("plugin add acme:clip@1.0.0").expect_code(1);
    assert!(
        refused.stderr.contains("is not signed by a trusted key"),
        "{}",
        refused.stderr
    );
}

#[test]
fn whoever_adds_a_package_may_ask_for_a_key() {
    let registry = Scene::new();
    let author = Project::with_folder(&registry);
    author
        .publish("1.0.0", &format!("--sign {}", key("signer.pem")))
        .expect_code(0);
    let user = Project::with_folder(&registry);
    let verify = |name: &str| format!("plugin add acme:clip --verify {}", key(name));
    let added = user.host(&verify("signer.pub")).expect_code(0);
    assert!(added.stdout.contains("signed"), "{}", added.stdout);
    user.host(&verify("other.pub")).expect_code(1);
    let no_key = user.host(&verify("signer.pem")).expect_code(2);
    snapshot("sharing-no-key", &user.message(&no_key));
}
