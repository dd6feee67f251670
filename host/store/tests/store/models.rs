//! Registered models: versions that count up, one version for one model, and nothing registered
//! that cannot be loaded.

use mlhost_store::{Error, Model, Selector, Store};
use proptest::prelude::*;
use serde_json::json;

use crate::fixture::{Fixture, begin_run, column, model};

fn selector(text: &str) -> Selector {
    text.parse().unwrap()
}

#[test]
fn a_registered_model_comes_back_as_it_was() {
    let fixture = Fixture::new();
    let model = fixture.model("arr-delay", 42);
    let run = fixture.begin_run();
    let registered = fixture.store.register(&model, run).unwrap();
    assert_eq!(registered.version, 1);
    assert_eq!(registered.digest, model.digest().unwrap());
    assert!(registered.new);

    let stored = fixture.store.model(&selector("arr-delay")).unwrap();
    assert_eq!(stored.model, model);
    assert_eq!((stored.name.as_str(), stored.version), ("arr-delay", 1));
    assert_eq!(stored.digest, registered.digest);
    assert_eq!((stored.run, stored.imported), (Some(run), None));
    assert!(stored.aliases.is_empty());
}

#[test]
fn the_same_model_again_has_the_version_it_had() {
    let fixture = Fixture::new();
    let first = fixture.model("arr-delay", 1);
    let second = fixture.model("arr-delay", 2);
    let register = |model| fixture.store.register(model, fixture.begin_run()).unwrap();
    let (one, two, again) = (register(&first), register(&second), register(&first));
    assert_eq!((one.version, two.version, again.version), (1, 2, 1));
    assert_eq!((one.new, two.new, again.new), (true, true, false));
    assert_eq!(again.digest, one.digest);
    assert_eq!(fixture.store.model_versions("arr-delay").unwrap().len(), 2);
    // The run that made it, not the one that made it again.
    let stored = fixture.store.model(&selector("arr-delay@1")).unwrap();
    assert_eq!(stored.run.unwrap().to_string(), "1");
}

#[test]
fn each_name_counts_its_own_versions() {
    let fixture = Fixture::new();
    assert_eq!(fixture.register("arr-delay", 1), 1);
    assert_eq!(fixture.register("dep-delay", 1), 1);
    assert_eq!(fixture.register("arr-delay", 2), 2);

    let models = fixture.store.models().unwrap();
    let names: Vec<_> = models
        .iter()
        .map(|model| (model.name.as_str(), model.version))
        .collect();
    assert_eq!(names, [("arr-delay", 2), ("dep-delay", 1)]);
    let versions: Vec<_> = fixture
        .store
        .model_versions("arr-delay")
        .unwrap()
        .iter()
        .map(|version| version.version)
        .collect();
    assert_eq!(versions, [2, 1]);
}

#[test]
fn a_selector_finds_the_version_it_names() {
    let fixture = Fixture::new();
    for seed in 1..=3 {
        fixture.register("arr-delay", seed);
    }
    fixture
        .store
        .set_alias("arr-delay", "champion", 2, "ann", "best")
        .unwrap();
    let seed_of = |text| {
        fixture
            .store
            .model(&selector(text))
            .map(|stored| stored.model.seed)
    };
    assert_eq!(seed_of("arr-delay").unwrap(), 3);
    assert_eq!(seed_of("arr-delay@latest").unwrap(), 3);
    assert_eq!(seed_of("arr-delay@1").unwrap(), 1);
    assert_eq!(seed_of("arr-delay@champion").unwrap(), 2);
    assert!(matches!(
        seed_of("arr-dely").unwrap_err(),
        Error::UnknownModel { known, .. } if known == ["arr-delay"]
    ));
    assert!(matches!(
        seed_of("arr-delay@4").unwrap_err(),
        Error::UnknownVersion { known, .. } if known == [1, 2, 3]
    ));
    assert!(matches!(
        seed_of("arr-delay@challenger").unwrap_err(),
        Error::UnknownAlias { known, .. } if known == ["champion"]
    ));
}

#[test]
fn every_part_has_to_be_in_the_store() {
    let complete = Fixture::new().model("arr-delay", 1);
    let roles: Vec<_> = complete.parts().into_iter().map(|part| part.role).collect();
    assert_eq!(
        roles,
        [
            "the component of step `tree`",
            "the state of step `tree`",
            "the component of the reference profile",
            "the state of the reference profile",
        ]
    );
    for missing in complete.parts() {
        let fixture = Fixture::new();
        let model = fixture.model("arr-delay", 1);
        std::fs::remove_file(fixture.file_of(&missing.digest)).unwrap();
        match fixture.store.register(&model, fixture.begin_run()) {
            Err(Error::MissingPart { role, digest, .. }) => {
                assert_eq!((role, digest), (missing.role, missing.digest));
            }
            other => panic!("{other:?}"),
        }
        assert!(fixture.store.models().unwrap().is_empty());
    }
}

#[test]
fn a_model_is_registered_on_behalf_of_a_run_that_exists() {
    let fixture = Fixture::new();
    let model = fixture.model("arr-delay", 1);
    let outcome = fixture.store.register(&model, "7".parse().unwrap());
    assert!(matches!(outcome, Err(Error::UnknownRun { .. })));
    assert!(fixture.store.models().unwrap().is_empty());
}

#[test]
fn a_damaged_model_is_reported() {
    let fixture = Fixture::new();
    let model = fixture.model("arr-delay", 1);
    fixture.store.register(&model, fixture.begin_run()).unwrap();
    let file = fixture.file_of(&model.digest().unwrap());
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("0.842", "0.942")).unwrap();
    let error = fixture.store.model(&selector("arr-delay")).unwrap_err();
    assert!(matches!(error, Error::DamagedBlob { .. }), "{error}");
}

#[test]
fn models_registered_at_once_get_distinct_increasing_versions() {
    const THREADS: u64 = 6;
    const EACH: u64 = 10;
    let fixture = Fixture::new();
    fixture.model("arr-delay", 0);
    let path = fixture.path();
    let register = |thread: u64| {
        let store = Store::open(&path).unwrap();
        let run = begin_run(&store);
        (0..EACH)
            .map(|seed| {
                let model = model("arr-delay", thread * EACH + seed);
                store.register(&model, run).unwrap().version
            })
            .collect::<Vec<_>>()
    };
    let mut all: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || register(thread)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| {
                let versions = thread.join().unwrap();
                assert!(versions.is_sorted(), "{versions:?}");
                versions
            })
            .collect()
    });
    all.sort_unstable();
    let expected: Vec<u32> = (1..=(THREADS * EACH) as u32).collect();
    assert_eq!(all, expected);
}

#[test]
fn one_model_registered_by_many_at_once_is_one_version() {
    let fixture = Fixture::new();
    let model = fixture.model("arr-delay", 1);
    let path = fixture.path();
    let registered: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let store = Store::open(&path).unwrap();
                    store.register(&model, begin_run(&store)).unwrap()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(registered.iter().all(|registered| registered.version == 1));
    let new = registered.iter().filter(|registered| registered.new);
    assert_eq!(new.count(), 1);
}

#[test]
fn a_deleted_version_does_not_come_back() {
    let fixture = Fixture::new();
    fixture.register("arr-delay", 1);
    fixture.register("arr-delay", 2);
    let database = rusqlite::Connection::open(fixture.path().join("store.db")).unwrap();
    database
        .execute("DELETE FROM model_versions WHERE version = 2", [])
        .unwrap();
    assert_eq!(fixture.register("arr-delay", 3), 3);
}

#[test]
fn everything_in_a_model_is_part_of_its_identity() {
    let changes: [fn(&mut Model); 13] = [
        |model| model.name.push('2'),
        |model| model.target = None,
        |model| model.signature.inputs.push(column("distance")),
        |model| model.signature.outputs[0].required = false,
        |model| model.chain[0].component = model.chain[0].state,
        |model| model.chain[0].state = model.chain[0].component,
        |model| model.chain[0].params = json!({ "max_depth": 13, "criterion": "squared_error" }),
        |model| model.metrics[0].value += 0.001,
        |model| model.data[0].files[0].rows = Some(1),
        |model| model.reference = None,
        |model| model.contract.push('1'),
        |model| model.host.push('1'),
        |model| model.seed += 1,
    ];
    let original = model("arr-delay", 1);
    let mut digests = vec![original.digest().unwrap()];
    for change in changes {
        let mut changed = original.clone();
        change(&mut changed);
        digests.push(changed.digest().unwrap());
    }
    let count = digests.len();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), count);
}

#[test]
fn metrics_that_json_cannot_say_are_kept() {
    let fixture = Fixture::new();
    for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        let mut model = fixture.model("arr-delay", 1);
        model.metrics[0].value = value;
        let read = Model::from_json(&model.to_json().unwrap()).unwrap();
        assert_eq!(
            read.metrics[0].value.total_cmp(&value),
            std::cmp::Ordering::Equal
        );
    }
    let text = String::from_utf8(model("arr-delay", 1).to_json().unwrap()).unwrap();
    assert!(Model::from_json(text.replace("0.842", "\"much\"").as_bytes()).is_err());
}

#[test]
fn a_later_format_is_refused_by_its_number() {
    let later = json!({ "mlhost": 2, "kind": "model", "unheard": "of" });
    let error = Model::from_json(later.to_string().as_bytes()).unwrap_err();
    assert!(
        matches!(
            error,
            Error::ModelFormat {
                found: 2,
                supported: 1
            }
        ),
        "{error}"
    );
}

#[test]
fn what_is_no_model_is_refused() {
    let mut unknown = serde_json::to_value(model("arr-delay", 1)).unwrap();
    unknown["surprise"] = json!(true);
    let mut other_kind = serde_json::to_value(model("arr-delay", 1)).unwrap();
    other_kind["kind"] = json!("pipeline");
    for document in [unknown, other_kind, json!({ "mlhost": 1 }), json!([])] {
        let error = Model::from_json(document.to_string().as_bytes()).unwrap_err();
        assert!(matches!(error, Error::InvalidDocument { .. }), "{error}");
    }
}

proptest! {
    #[test]
    fn a_model_survives_its_json(seed in 0..=1_u64 << 53, value: f64, name in "[a-z0-9][a-z0-9_-]{0,20}") {
        let mut model = model(&name, seed);
        model.metrics[0].value = value;
        let read = Model::from_json(&model.to_json().unwrap()).unwrap();
        prop_assert_eq!(read.digest().unwrap(), model.digest().unwrap());
        if !value.is_nan() {
            prop_assert_eq!(read, model);
        }
    }
}
