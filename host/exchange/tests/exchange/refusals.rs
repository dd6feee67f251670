//! Archives that are not in order: each is refused with the file it is wrong with, and leaves
//! nothing in the store.

use std::{fs, io::Write as _, path::Path};

use serde_json::{Value, json};
use tar::EntryType;

use crate::support::{
    Files, Scene, blobs, edit_index, edit_manifest, edit_model, empty_store, json, manifest_place,
    place, plain_import, put,
};

/// Imports what is refused, and gives the message.
#[track_caller]
fn refused(scene: &Scene, path: &Path) -> String {
    let other = empty_store();
    let error = plain_import(&other.store, path).unwrap_err();
    assert!(other.store.models().unwrap().is_empty());
    assert_eq!(blobs(&other), 0);
    scene.rendered(&error)
}

fn snapshot(messages: &[(&str, String)]) -> String {
    let messages = messages
        .iter()
        .map(|(name, message)| format!("{name}:\n{message}\n"));
    messages.collect::<Vec<_>>().join("\n")
}

/// The first layer of a media type.
fn layer(files: &Files, media_type: &str) -> Value {
    let manifest = json(files, &manifest_place(files));
    let mut layers = manifest["layers"].as_array().unwrap().iter();
    layers
        .find(|layer| layer["mediaType"] == media_type)
        .unwrap()
        .clone()
}

fn component(files: &Files) -> String {
    place(layer(files, "application/wasm")["digest"].as_str().unwrap())
}

fn set_media_type(manifest: &mut Value, from: &str, to: &str) {
    let layers = manifest["layers"].as_array_mut().unwrap();
    let layer = layers.iter_mut().find(|layer| layer["mediaType"] == from);
    layer.unwrap()["mediaType"] = to.into();
}

/// A change to the files of an archive.
type Edit = fn(&mut Files);

#[test]
fn an_archive_that_does_not_hold_together_is_refused() {
    let edits: [(&str, Edit); 21] = [
        ("changed content", |files| {
            let component = component(files);
            files.get_mut(&component).unwrap()[0] ^= 1;
        }),
        ("missing component", |files| {
            let component = component(files);
            files.remove(&component);
        }),
        ("no marker", |files| drop(files.remove("oci-layout"))),
        ("no index", |files| drop(files.remove("index.json"))),
        ("later layout", |files| {
            files.insert(
                "oci-layout".into(),
                br#"{"imageLayoutVersion":"2.0.0"}"#.to_vec(),
            );
        }),
        ("index is no JSON", |files| {
            files.insert("index.json".into(), b"hello".to_vec());
        }),
        ("schema version", |files| {
            edit_index(files, |index| index["schemaVersion"] = 3.into());
        }),
        ("two manifests", |files| {
            edit_index(files, |index| {
                let manifest = index["manifests"][0].clone();
                index["manifests"] = json!([manifest, manifest]);
            });
        }),
        ("wrong size of the manifest", |files| {
            edit_index(files, |index| index["manifests"][0]["size"] = 7.into());
        }),
        ("digest of another kind", |files| {
            edit_index(files, |index| {
                index["manifests"][0]["digest"] = "sha512:00".into()
            });
        }),
        ("later model format", |files| {
            edit_manifest(files, |manifest| {
                manifest["artifactType"] = "application/vnd.mlhost.model.v2".into();
            });
        }),
        ("another image", |files| {
            edit_manifest(files, |manifest| {
                manifest["config"]["mediaType"] = "application/vnd.oci.image.config.v1+json".into();
            });
        }),
        ("component as a tar layer", |files| {
            edit_manifest(files, |manifest| {
                let tar = "application/vnd.oci.image.layer.v1.tar";
                set_media_type(manifest, "application/wasm", tar);
            });
        }),
        ("state as a component", |files| {
            edit_manifest(files, |manifest| {
                let state = "application/vnd.mlhost.state.v1";
                set_media_type(manifest, state, "application/wasm");
            });
        }),
        ("unlisted component", |files| {
            edit_manifest(files, |manifest| {
                let layers = manifest["layers"].as_array_mut().unwrap();
                layers.retain(|layer| layer["mediaType"] != "application/wasm");
            });
        }),
        ("layer that is no part", |files| {
            let (digest, size) = put(files, b"something else".to_vec());
            edit_manifest(files, |manifest| {
                let layer = json!({
                    "mediaType": "application/wasm", "digest": digest, "size": size
                });
                manifest["layers"].as_array_mut().unwrap().push(layer);
            });
        }),
        ("stray blob", |files| drop(put(files, b"stray".to_vec()))),
        ("foreign file", |files| {
            files.insert("README.md".into(), b"hello".to_vec());
        }),
        ("model of a later format", |files| {
            edit_model(files, |_| br#"{"mlhost":2}"#.to_vec());
        }),
        ("model with spaces", |files| {
            edit_model(files, |model| [model.as_slice(), b"\n"].concat());
        }),
        ("model with a foreign key", |files| {
            edit_model(files, |model| {
                let mut model: Value = serde_json::from_slice(&model).unwrap();
                model["z"] = 1.into();
                model.to_string().into_bytes()
            });
        }),
    ];
    let mut messages = Vec::new();
    for (name, edit) in edits {
        let scene = Scene::new();
        let mut files = scene.files();
        edit(&mut files);
        messages.push((name, refused(&scene, &scene.pack(&files))));
    }
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("broken", snapshot(&messages));
    });
}

/// Writes an archive with one more entry, whose header is as it is given.
fn with_entry(scene: &Scene, name: &[u8], kind: EntryType, size: u64, content: &[u8]) -> String {
    let path = scene.pack(&scene.files());
    let archive = fs::read(&path).unwrap();
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(size);
    if matches!(kind, EntryType::Symlink | EntryType::Link) {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_cksum();
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(header.as_bytes()).unwrap();
    file.write_all(content).unwrap();
    let padding = content.len().next_multiple_of(512) - content.len();
    file.write_all(&vec![0; padding]).unwrap();
    file.write_all(&archive).unwrap();
    refused(scene, &path)
}

#[test]
fn an_entry_that_does_not_belong_is_refused() {
    let scene = Scene::new();
    let blob = format!("blobs/sha256/{}", "a".repeat(64));
    let file = EntryType::Regular;
    let huge = 5_u64 << 30;
    let longname = vec![b'x'; 300];
    let mut messages: Vec<(&str, String)> = [
        (
            "parent folder",
            "../evil".as_bytes(),
            file,
            4,
            "evil".as_bytes(),
        ),
        ("within a path", b"blobs/../../evil", file, 4, b"evil"),
        ("absolute", b"/tmp/evil", file, 4, b"evil"),
        ("folder outside", b"../evil/", EntryType::Directory, 0, b""),
        ("symbolic link", blob.as_bytes(), EntryType::Symlink, 0, b""),
        ("hard link", blob.as_bytes(), EntryType::Link, 0, b""),
        ("device", blob.as_bytes(), EntryType::Block, 0, b""),
        ("pipe", blob.as_bytes(), EntryType::Fifo, 0, b""),
        ("sparse", blob.as_bytes(), EntryType::GNUSparse, 4, b"evil"),
        (
            "long name",
            b"././@LongLink",
            EntryType::GNULongName,
            300,
            &longname,
        ),
        ("twice", b"index.json", file, 2, b"{}"),
        ("cut off", blob.as_bytes(), file, huge >> 1, b"short"),
        ("empty name", b"blobs//x", file, 0, b""),
    ]
    .into_iter()
    .map(|(name, path, kind, size, content)| (name, with_entry(&scene, path, kind, size, content)))
    .collect();
    let renamed = b"19 path=index.json\n";
    let message = with_entry(&scene, b"pax", EntryType::XHeader, 19, renamed);
    messages.push(("renamed by an extended header", message));
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("entries", snapshot(&messages));
    });
}

#[test]
fn an_entry_that_is_too_large_is_refused() {
    let scene = Scene::new();
    let path = scene.path("large.tar");
    let mut header = tar::Header::new_gnu();
    header.set_path("index.json").unwrap();
    header.set_size(17 << 20);
    header.set_cksum();
    let file = fs::File::create(&path).unwrap();
    (&file).write_all(header.as_bytes()).unwrap();
    // Zeros that take no space on the disk.
    file.set_len(18 << 20).unwrap();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("large", refused(&scene, &path));
    });
}

#[test]
fn what_is_no_archive_is_refused() {
    let scene = Scene::new();
    let text = scene.path("text.tar");
    fs::write(&text, "hello ".repeat(200)).unwrap();
    let empty = scene.path("empty.tar");
    fs::write(&empty, "").unwrap();
    let nowhere = scene.path("nowhere.tar");
    let messages = [
        ("text", refused(&scene, &text)),
        ("empty", refused(&scene, &empty)),
        ("nowhere", refused(&scene, &nowhere)),
    ];
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("no-archive", snapshot(&messages));
    });
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_refused() {
    let scene = Scene::new();
    let folder = scene.export("folder", None);
    fs::rename(folder.join("index.json"), scene.path("index.json")).unwrap();
    std::os::unix::fs::symlink(scene.path("index.json"), folder.join("index.json")).unwrap();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("linked", refused(&scene, &folder));
    });
}
