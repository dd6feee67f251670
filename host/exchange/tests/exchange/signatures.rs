//! Signed archives: a key vouches for every file, and what differs is listed.

use serde_json::Value;

use crate::support::{
    Files, Scene, blobs, edit_index, empty_store, import, key_file, plain_import, public_key, put,
    read_tar, signer,
};

#[test]
fn a_signed_archive_is_verified() {
    let scene = Scene::new();
    for name in ["model.tar", "folder"] {
        let path = scene.export(name, Some(&signer()));
        let other = empty_store();
        let key = public_key("signer.pub");
        let imported = import(&other.store, &path, Some(&key)).unwrap();
        assert!(imported.signed);
        let fingerprint = key.fingerprint();
        assert_eq!(imported.from.signed_by, Some(fingerprint));
        let found = other.store.model(&"arr-delay".parse().unwrap()).unwrap();
        assert_eq!(found.imported.unwrap().from.signed_by, Some(fingerprint));
    }
    // Nobody has to look at the signature; then none is on record.
    let unchecked = plain_import(&empty_store().store, &scene.path("model.tar")).unwrap();
    assert_eq!((unchecked.signed, unchecked.from.signed_by), (true, None));
}

#[test]
fn a_signature_is_the_same_each_time_and_lists_the_files() {
    let scene = Scene::new();
    let first = std::fs::read(scene.export("first.tar", Some(&signer()))).unwrap();
    let path = scene.export("second.tar", Some(&signer()));
    assert_eq!(std::fs::read(&path).unwrap(), first);

    let bundle: Value = serde_json::from_slice(&read_tar(&path)["model.sig"]).unwrap();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("bundle", format!("{bundle:#}"));
    });
}

/// Imports a signed archive after a change, demanding the signature of a key.
fn refused(key: &str, edit: impl FnOnce(&mut Files)) -> String {
    let scene = Scene::new();
    let mut files = read_tar(&scene.export("model.tar", Some(&signer())));
    edit(&mut files);
    let path = scene.pack(&files);
    let other = empty_store();
    let error = import(&other.store, &path, Some(&public_key(key))).unwrap_err();
    assert!(other.store.models().unwrap().is_empty());
    assert_eq!(blobs(&other), 0);
    scene.rendered(&error)
}

fn edit_bundle(files: &mut Files, edit: impl FnOnce(&mut Value)) {
    let mut bundle: Value = serde_json::from_slice(&files["model.sig"]).unwrap();
    edit(&mut bundle);
    files.insert("model.sig".to_owned(), bundle.to_string().into_bytes());
}

#[test]
fn what_was_not_signed_is_refused() {
    let messages = [
        (
            "unsigned",
            refused("signer.pub", |files| drop(files.remove("model.sig"))),
        ),
        ("another key", refused("other.pub", |_| ())),
        (
            "another key that hides",
            refused("other.pub", |files| {
                edit_bundle(files, |bundle| {
                    bundle["verificationMaterial"]["publicKey"]["hint"] = "".into();
                });
            }),
        ),
        (
            "another statement",
            refused("signer.pub", |files| {
                edit_bundle(files, |bundle| {
                    bundle["dsseEnvelope"]["payload"] = "e30=".into();
                });
            }),
        ),
        (
            "another type",
            refused("signer.pub", |files| {
                edit_bundle(files, |bundle| {
                    bundle["dsseEnvelope"]["payloadType"] = "text/plain".into();
                });
            }),
        ),
        (
            "no signatures",
            refused("signer.pub", |files| {
                edit_bundle(files, |bundle| {
                    bundle["dsseEnvelope"]["signatures"] = Value::Array(vec![]);
                });
            }),
        ),
        (
            "no bundle",
            refused("signer.pub", |files| {
                files.insert("model.sig".to_owned(), b"hello".to_vec());
            }),
        ),
        (
            "added, changed and missing",
            refused("signer.pub", |files| {
                put(files, b"added".to_vec());
                edit_index(files, |index| {
                    index["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"] =
                        "arr-delay:9".into();
                });
                let last = files.keys().find(|file| file.starts_with("blobs")).unwrap();
                files.remove(&last.clone());
            }),
        ),
    ];
    let text: Vec<_> = messages
        .iter()
        .map(|(name, message)| format!("{name}:\n{message}\n"))
        .collect();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("unsigned", text.join("\n"));
    });
}

#[test]
fn what_is_no_key_is_said_so() {
    let public = mlhost_exchange::PublicKey::read(&key_file("signer.pem")).unwrap_err();
    let private = mlhost_exchange::SigningKey::read(&key_file("p256.pub"));
    let folder = key_file("").display().to_string();
    let errors = [public, private.err().unwrap()];
    let text = errors.map(|error| format!("{error}\n\nhint: {}\n", error.hint().unwrap()));
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("keys", text.join("\n").replace(&folder, "[keys]/"));
    });
}
