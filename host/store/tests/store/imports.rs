//! Models from elsewhere: registered without a run, once, with where they came from.

use mlhost_store::{Digest, Error, ImportAliases, ImportSource, Store};
use rusqlite::Connection;

use crate::fixture::Fixture;

fn source() -> ImportSource {
    ImportSource {
        source: "downloads/arr-delay.tar".to_owned(),
        reference: "arr-delay:7".to_owned(),
        manifest: Digest::of(b"the manifest"),
        signed_by: Some(Digest::of(b"a key")),
    }
}

#[test]
fn an_imported_version_has_a_source_and_no_run() {
    let fixture = Fixture::new();
    let model = fixture.model("arr-delay", 1);
    let imported = fixture
        .store
        .import("arr-delay", &model, &source(), ImportAliases::default());
    let imported = imported.unwrap();
    assert_eq!((imported.version, imported.new), (1, true));
    assert_eq!(imported.digest, model.digest().unwrap());

    let stored = fixture.store.model(&"arr-delay".parse().unwrap()).unwrap();
    assert_eq!((stored.run, stored.model), (None, model));
    assert_eq!(stored.imported.unwrap().from, source());
    assert_eq!(fixture.store.models().unwrap()[0].run, None);
}

#[test]
fn what_a_name_has_is_not_imported_again() {
    let fixture = Fixture::new();
    let version = fixture.register("arr-delay", 1);
    let model = fixture.model("arr-delay", 1);
    let again = fixture
        .store
        .import("arr-delay", &model, &source(), ImportAliases::default());
    let again = again.unwrap();
    assert_eq!((again.version, again.new), (version, false));
    let versions = fixture.store.model_versions("arr-delay").unwrap();
    assert_eq!(versions.len(), 1);
    // The run that made it is still what is known of it.
    assert!(versions[0].run.is_some() && versions[0].imported.is_none());

    // Another name counts its own versions.
    let renamed = fixture
        .store
        .import("delay", &model, &source(), ImportAliases::default())
        .unwrap();
    assert_eq!((renamed.version, renamed.new), (1, true));
}

#[test]
fn a_run_that_makes_an_imported_model_finds_its_version() {
    let fixture = Fixture::new();
    let model = fixture.model("arr-delay", 1);
    fixture
        .store
        .import("arr-delay", &model, &source(), ImportAliases::default())
        .unwrap();
    let made = fixture.store.register(&model, fixture.begin_run()).unwrap();
    assert_eq!((made.version, made.new), (1, false));
}

#[test]
fn what_cannot_be_loaded_is_not_imported() {
    let fixture = Fixture::new();
    let model = crate::fixture::model("arr-delay", 1);
    let outcome = fixture
        .store
        .import("arr-delay", &model, &source(), ImportAliases::default());
    assert!(matches!(outcome, Err(Error::MissingPart { .. })));
    let model = fixture.model("arr-delay", 1);
    let outcome = fixture
        .store
        .import("No Name", &model, &source(), ImportAliases::default());
    assert!(matches!(outcome, Err(Error::InvalidModelName { .. })));
    assert!(fixture.store.models().unwrap().is_empty());
}

/// The store of the first release: versions with runs, aliases that refer to them.
#[test]
fn versions_of_an_older_store_keep_runs_and_aliases() {
    let fixture = Fixture::new();
    fixture.model("arr-delay", 1);
    let old = tempfile::tempdir().unwrap();
    let path = old.path().join("store");
    std::fs::create_dir(&path).unwrap();
    let database = Connection::open(path.join("store.db")).unwrap();
    database
        .execute_batch(include_str!("../../src/schema/1.sql"))
        .unwrap();
    let digest = Digest::of(b"a model").to_string();
    database
        .execute_batch(&format!(
            "PRAGMA user_version = 1;
             INSERT INTO runs (pipeline, pipeline_digest, started_at, host_pid, outcome)
             VALUES ('flights', '{digest}', '2026-01-01T00:00:00.000Z', 1, 'running');
             INSERT INTO models VALUES ('arr-delay', 1);
             INSERT INTO model_versions (name, version, digest, run, created_at)
             VALUES ('arr-delay', 1, '{digest}', 1, '2026-01-01T00:00:00.000Z');
             INSERT INTO aliases VALUES ('arr-delay', 'champion', 1);"
        ))
        .unwrap();
    drop(database);

    let store = Store::open(&path).unwrap();
    let versions = store.model_versions("arr-delay").unwrap();
    assert_eq!(versions[0].run, Some("1".parse().unwrap()));
    assert_eq!(versions[0].aliases, ["champion"]);
    let model = crate::fixture::model("arr-delay", 1);
    for part in model.parts() {
        let bytes = fixture.store.blobs().get(&part.digest).unwrap();
        store.blobs().put(&bytes).unwrap();
    }
    let imported = store
        .import("arr-delay", &model, &source(), ImportAliases::default())
        .unwrap();
    assert_eq!((imported.version, imported.new), (2, true));
}

#[test]
fn aliases_move_with_the_import_or_nothing_is_imported() {
    let fixture = Fixture::new();
    fixture.register("arr-delay", 1);
    fixture
        .store
        .set_alias("arr-delay", "champion", 1, "ann", "")
        .unwrap();
    let model = fixture.model("arr-delay", 2);
    let import = |aliases: &[String]| {
        let moved = ImportAliases {
            aliases,
            by: "ann",
            reason: "imported",
        };
        fixture.store.import("arr-delay", &model, &source(), moved)
    };
    let refused = import(&["champion".to_owned(), "No Alias".to_owned()]);
    assert!(matches!(refused, Err(Error::InvalidAlias { .. })));
    assert_eq!(fixture.store.models().unwrap()[0].version, 1);

    import(&["champion".to_owned(), "trial".to_owned()]).unwrap();
    let aliases = &fixture.store.models().unwrap()[0].aliases;
    assert_eq!((aliases["champion"], aliases["trial"]), (2, 2));
    let moves = fixture.store.alias_history("arr-delay").unwrap();
    assert_eq!(moves.len(), 3);
    assert!(moves.iter().all(|moved| moved.by == "ann"));
}
