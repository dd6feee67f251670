//! What goes out comes in: the same model, the same blobs, the same archive again.

use mlhost_exchange::{Incoming, export};
use mlhost_store::{Digest, ImportAliases};

use crate::support::{Scene, blobs, empty_store, json, manifest_place, plain_import, read_tar};

#[test]
fn a_model_is_the_same_in_another_store() {
    let scene = Scene::new();
    let stored = scene.stored();
    for name in ["model.tar", "folder"] {
        let path = scene.export(name, None);
        let other = empty_store();
        let imported = plain_import(&other.store, &path).unwrap();
        assert_eq!((imported.name.as_str(), imported.version), ("arr-delay", 1));
        assert_eq!((imported.digest, imported.new), (stored.digest, true));
        assert!(!imported.signed);
        assert_eq!(imported.from.reference, "arr-delay:1");
        assert_eq!(imported.from.source, path.display().to_string());

        let found = other.store.model(&"arr-delay".parse().unwrap()).unwrap();
        assert_eq!(found.model, stored.model);
        assert_eq!(found.imported.unwrap().from, imported.from);
        for part in stored.model.parts() {
            let of = |store: &mlhost_store::Store| store.blobs().get(&part.digest).unwrap();
            assert_eq!(of(&other.store), of(&scene.fixture.store));
        }

        let again = plain_import(&other.store, &path).unwrap();
        assert_eq!((again.version, again.new), (1, false));
    }
}

#[test]
fn the_same_version_gives_the_same_bytes() {
    let scene = Scene::new();
    let first = std::fs::read(scene.export("first.tar", None)).unwrap();
    let second = std::fs::read(scene.export("second.tar", None)).unwrap();
    assert_eq!(first, second);

    let other = empty_store();
    plain_import(&other.store, &scene.path("first.tar")).unwrap();
    let found = other.store.model(&"arr-delay".parse().unwrap()).unwrap();
    let third = scene.path("third.tar");
    export(&other.store, &found, &third, None).unwrap();
    assert_eq!(std::fs::read(third).unwrap(), first);
}

#[test]
fn the_manifest_depends_on_the_model_alone() {
    let scene = Scene::new();
    let path = scene.export("model.tar", None);
    let other = empty_store();
    other.register("arr-delay", 2);
    let imported = plain_import(&other.store, &path).unwrap();
    assert_eq!(imported.version, 2);
    let found = other.store.model(&"arr-delay@2".parse().unwrap()).unwrap();
    let exported = export(&other.store, &found, &scene.path("2.tar"), None).unwrap();
    assert_eq!(exported.reference, "arr-delay:2");
    assert_eq!(exported.manifest, imported.from.manifest);
}

#[test]
fn an_archive_is_an_image_layout() {
    let scene = Scene::new();
    let files = scene.files();
    for (file, content) in &files {
        if let Some(hex) = file.strip_prefix("blobs/sha256/") {
            assert_eq!(Digest::of(content).hex(), hex);
        }
    }
    let manifest = json(&files, &manifest_place(&files));
    assert_eq!(
        manifest["config"]["digest"],
        scene.stored().digest.to_string()
    );
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(format!(
            "{}\n{:#}\n{manifest:#}",
            String::from_utf8_lossy(&files["oci-layout"]),
            json(&files, "index.json")
        ));
    });
    let order: Vec<_> = tar_names(&scene.path("model.tar"));
    assert_eq!(order[..2], ["oci-layout", "index.json"]);
    assert!(order[2..].is_sorted());
}

fn tar_names(path: &std::path::Path) -> Vec<String> {
    let mut archive = tar::Archive::new(std::fs::File::open(path).unwrap());
    let entries = archive.entries().unwrap();
    let name = |entry: tar::Entry<'_, _>| entry.path().unwrap().display().to_string();
    entries.map(|entry| name(entry.unwrap())).collect()
}

#[test]
fn a_model_can_have_another_name_here() {
    let scene = Scene::new();
    let path = scene.export("model.tar", None);
    let other = empty_store();
    let incoming = Incoming::check(&path, None).unwrap();
    let imported = incoming
        .import(&other.store, Some("theirs"), ImportAliases::default())
        .unwrap();
    assert_eq!((imported.name.as_str(), imported.version), ("theirs", 1));
    assert_eq!(imported.digest, scene.stored().digest);
    assert!(other.store.model(&"arr-delay".parse().unwrap()).is_err());
    assert_eq!(blobs(&other), 5);
}

#[test]
fn an_archive_that_changes_after_it_was_checked_is_refused() {
    let scene = Scene::new();
    let folder = scene.export("folder", None);
    let incoming = Incoming::check(&folder, None).unwrap();
    let state = scene.stored().model.chain[0].state;
    std::fs::write(folder.join("blobs/sha256").join(state.hex()), "another").unwrap();
    let other = empty_store();
    let error = incoming
        .import(&other.store, None, ImportAliases::default())
        .unwrap_err();
    assert!(error.to_string().contains(&state.hex()), "{error}");
    assert!(other.store.models().unwrap().is_empty());
}

/// Tar files of other tools have folders, `./` before names, and times in extended headers.
#[test]
fn an_archive_of_another_tool_is_read() {
    let scene = Scene::new();
    let path = scene.path("other.tar");
    let mut builder = tar::Builder::new(std::fs::File::create(&path).unwrap());
    let mut folder = tar::Header::new_ustar();
    folder.set_entry_type(tar::EntryType::Directory);
    folder.set_size(0);
    for name in ["./", "./blobs/", "./blobs/sha256/"] {
        folder.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        folder.set_cksum();
        builder.append(&folder, std::io::empty()).unwrap();
    }
    for (file, content) in scene.files() {
        let times = [("mtime", b"1700000000.5".as_slice())];
        builder.append_pax_extensions(times).unwrap();
        let name = format!("./{file}");
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, content.as_slice()).unwrap();
    }
    builder.finish().unwrap();
    drop(builder);
    let imported = plain_import(&empty_store().store, &path).unwrap();
    assert_eq!(imported.digest, scene.stored().digest);
}

#[test]
fn what_is_there_is_not_overwritten_by_a_folder() {
    let scene = Scene::new();
    let folder = scene.export("folder", None);
    assert_eq!(
        read_folder(&folder),
        read_tar(&scene.export("model.tar", None)).len()
    );
    for name in ["folder", "model.tar.gz"] {
        let path = scene.path(name);
        let error = export(&scene.fixture.store, &scene.stored(), &path, None).unwrap_err();
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("output-{name}"), scene.rendered(&error));
        });
    }
}

fn read_folder(path: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { read_folder(&path) } else { 1 })
        .sum()
}
