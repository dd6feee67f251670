//! What the user reads: every message with its hint.

use mlhost_store::{Digest, Error, Outcome, Registration, Selector, Store};
use rusqlite::Connection;
use serde_json::json;

use crate::fixture::Fixture;

fn rendered<T>(fixture: &Fixture, outcome: Result<T, Error>) -> String {
    match outcome {
        Ok(_) => "no error".to_owned(),
        Err(error) => fixture.rendered(&error),
    }
}

#[test]
fn of_names() {
    let fixture = Fixture::new();
    let model = |selector: &str| {
        let stored = selector
            .parse::<Selector>()
            .and_then(|selector| fixture.store.model(&selector));
        format!("{selector}\n{}", rendered(&fixture, stored))
    };
    let mut messages = vec![model("arr-delay")];
    for seed in 1..=12 {
        fixture.register("arr-delay", seed);
    }
    messages.push(model("arr-delay@champion"));
    fixture
        .store
        .set_alias("arr-delay", "champion", 12, "ann", "best")
        .unwrap();
    fixture.register("dep-delay", 1);
    messages.extend(
        [
            "arr-dealy",
            "weather",
            "dep-delay@2",
            "arr-delay@13",
            "arr-delay@champoin",
            "arr-delay@0",
            "arr-delay@Champion",
            "Arr Delay",
        ]
        .map(model),
    );
    let reserved = fixture.store.set_alias("arr-delay", "latest", 1, "ann", "");
    messages.push(rendered(&fixture, reserved));
    insta::assert_snapshot!(messages.join("\n---\n"));
}

#[test]
fn of_experiments() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    let mut messages = vec![rendered(&fixture, store.experiment("delays"))];
    let model = fixture.model("arr-delay", 1);
    let enter = |experiment| {
        let registration = Registration {
            experiment: Some(experiment),
            ..Registration::default()
        };
        store.register_with(&model, fixture.begin_run(), &registration)
    };
    messages.push(rendered(&fixture, enter("Arr Delay")));
    enter("delays").unwrap();
    messages.push(rendered(&fixture, store.experiment("dealys")));
    insta::assert_snapshot!(messages.join("\n---\n"));
}

#[test]
fn of_blobs_and_documents() {
    let fixture = Fixture::new();
    let blobs = fixture.store.blobs();
    let mut messages = vec![rendered(&fixture, blobs.get(&Digest::of(b"absent")))];

    let damaged = blobs.put(b"content").unwrap();
    std::fs::write(fixture.file_of(&damaged), b"cOntent").unwrap();
    messages.push(rendered(&fixture, blobs.get(&damaged)));

    let model = fixture.model("arr-delay", 1);
    std::fs::remove_file(fixture.file_of(&model.chain[0].state)).unwrap();
    let registered = fixture.store.register(&model, fixture.begin_run());
    messages.push(rendered(&fixture, registered));

    let inexact = mlhost_store::canonical_json(&json!({ "seed": u64::MAX }));
    messages.push(rendered(&fixture, inexact));
    let later = mlhost_store::Model::from_json(br#"{"mlhost": 2}"#);
    messages.push(rendered(&fixture, later));
    let none = mlhost_store::Model::from_json(br#"{"mlhost": 1}"#);
    messages.push(rendered(&fixture, none));
    messages.push("sha256:abc".parse::<Digest>().unwrap_err().to_string());
    insta::assert_snapshot!(messages.join("\n---\n"));
}

#[test]
fn of_runs() {
    let fixture = Fixture::new();
    let unknown = |fixture: &Fixture| rendered(fixture, fixture.store.run("7".parse().unwrap()));
    let mut messages = vec![unknown(&fixture)];
    let id = fixture.begin_run();
    messages.push(unknown(&fixture));
    let finish = || {
        fixture
            .store
            .finish_run(id, Outcome::Done, "over", &json!({}))
    };
    finish().unwrap();
    messages.push(rendered(&fixture, finish()));
    insta::assert_snapshot!(messages.join("\n---\n"));
}

#[test]
fn of_opening() {
    let fixture = Fixture::new();
    let absent = Store::open_existing(fixture.path().join("absent"));
    let file = Store::open(fixture.path().join("README"));
    let database = Connection::open(fixture.path().join("store.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    let newer = Store::open(fixture.path());
    std::fs::create_dir_all(fixture.path().join("other/store.db")).unwrap();
    let folder = Store::open(fixture.path().join("other"));
    let messages = [absent, file, newer, folder].map(|outcome| rendered(&fixture, outcome));
    insta::assert_snapshot!(messages.join("\n---\n"));
}
