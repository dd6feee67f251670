//! Signed archives: a key vouches for every file, and what differs is listed.

use serde_json::Value;

use crate::support::{
    Files, Scene, blobs, edit_index, empty_store, import, json, key_file, place, plain_import,
    public_key, put, read_tar, signer,
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

/// What is left of a signed archive when it comes out of a registry: blobs and manifests, with an
/// index of the registry's own.
fn through_a_registry(files: &mut Files) {
    files.remove("model.sig");
    edit_index(files, |index| {
        let manifests = index["manifests"].as_array_mut().unwrap();
        manifests.reverse();
        for manifest in manifests {
            let manifest = manifest.as_object_mut().unwrap();
            manifest.remove("artifactType");
            if manifest["annotations"]["org.opencontainers.image.version"].is_string() {
                let name = "org.opencontainers.image.ref.name";
                manifest["annotations"] = serde_json::json!({ name: "1" });
            }
        }
    });
}

/// The file of a descriptor.
fn file_of(descriptor: &Value) -> String {
    place(descriptor["digest"].as_str().unwrap())
}

/// The signature of the manifest of an archive: its place in the index, and its own manifest.
fn referrer(files: &Files) -> (usize, Value) {
    let index = json(files, "index.json");
    let manifests = index["manifests"].as_array().unwrap().iter();
    let mut manifests = manifests.map(|named| json(files, &file_of(named)));
    let place = manifests.position(|manifest| manifest["subject"].is_object());
    let place = place.unwrap();
    (place, json(files, &file_of(&index["manifests"][place])))
}

/// The files of a signature besides its manifest.
fn files_of(manifest: &Value) -> [String; 2] {
    [&manifest["config"], &manifest["layers"][0]].map(file_of)
}

/// Takes the signature of the manifest out of an archive, with all that belongs to it.
fn without_referrer(files: &mut Files) {
    let (place, manifest) = referrer(files);
    for file in files_of(&manifest) {
        files.remove(&file);
    }
    let mut removed = Value::Null;
    edit_index(files, |index| {
        removed = index["manifests"].as_array_mut().unwrap().remove(place);
    });
    files.remove(&file_of(&removed));
}

/// Puts another manifest in the place of that of the signature.
fn edit_referrer(files: &mut Files, edit: impl FnOnce(&mut Value)) {
    let (place, mut manifest) = referrer(files);
    edit(&mut manifest);
    let (digest, size) = put(files, manifest.to_string().into_bytes());
    let mut old = Value::Null;
    edit_index(files, |index| {
        let named = &mut index["manifests"][place];
        old = named.clone();
        named["digest"] = digest.into();
        named["size"] = size.into();
    });
    files.remove(&file_of(&old));
}

#[test]
fn a_signature_survives_a_registry() {
    let scene = Scene::new();
    let mut files = read_tar(&scene.export("model.tar", Some(&signer())));
    let (place, manifest) = referrer(&files);
    let named = json(&files, "index.json")["manifests"][place].clone();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("referrer", format!("{named:#}\n{manifest:#}"));
    });
    through_a_registry(&mut files);
    let path = scene.pack(&files);
    let key = public_key("signer.pub");
    let imported = import(&empty_store().store, &path, Some(&key)).unwrap();
    assert!(imported.signed);
    assert_eq!(imported.from.signed_by, Some(key.fingerprint()));
    assert_eq!(imported.from.reference, "arr-delay:1");
    let stored = scene.stored();
    assert_eq!(imported.digest, stored.digest);
}

/// The signature of another model in the place of that of this one, which it says to belong to.
fn with_signature_of_another(files: &mut Files) {
    through_a_registry(files);
    let other = Scene::of("dep-delay");
    let others = read_tar(&other.export("other.tar", Some(&signer())));
    let (_, theirs) = referrer(&others);
    let (_, ours) = referrer(files);
    files.remove(&file_of(&ours["layers"][0]));
    let bundle = file_of(&theirs["layers"][0]);
    files.insert(bundle.clone(), others[&bundle].clone());
    edit_referrer(files, |manifest| {
        manifest["layers"] = theirs["layers"].clone();
    });
}

#[test]
fn what_comes_from_a_registry_without_the_right_signature_is_refused() {
    let messages = [
        (
            "unsigned",
            refused("signer.pub", |files| {
                through_a_registry(files);
                without_referrer(files);
            }),
        ),
        ("another key", refused("other.pub", through_a_registry)),
        (
            "the signature of another model",
            refused("signer.pub", with_signature_of_another),
        ),
        (
            "of another subject",
            refused("signer.pub", |files| {
                through_a_registry(files);
                edit_referrer(files, |manifest| {
                    manifest["subject"]["digest"] = manifest["config"]["digest"].clone();
                });
            }),
        ),
    ];
    let text: Vec<_> = messages
        .iter()
        .map(|(name, message)| format!("{name}:\n{message}\n"))
        .collect();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("registry", text.join("\n"));
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
            refused("signer.pub", |files| {
                files.remove("model.sig");
                without_referrer(files);
            }),
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
