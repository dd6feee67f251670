//! What people say of versions, and versions that are no longer wanted.

use std::collections::BTreeMap;

use mlhost_store::{Error, Selector};

use crate::fixture::Fixture;

fn stored(fixture: &Fixture, selector: &str) -> mlhost_store::StoredModel {
    let selector: Selector = selector.parse().unwrap();
    fixture.store.model(&selector).unwrap()
}

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn tags_and_description_are_on_the_version_and_not_in_the_model() {
    let fixture = Fixture::new();
    fixture.register("arr-delay", 1);
    fixture.register("arr-delay", 2);
    let digest = stored(&fixture, "arr-delay@2").digest;
    let store = &fixture.store;
    store
        .set_tags(
            "arr-delay",
            2,
            &tags(&[("season", "summer"), ("owner", "ann")]),
            &[],
        )
        .unwrap();
    store
        .set_tags("arr-delay", 2, &tags(&[("season", "winter")]), &[])
        .unwrap();
    store
        .describe_version("arr-delay", 2, " Without the weather.\n")
        .unwrap();
    let found = stored(&fixture, "arr-delay");
    assert_eq!(found.tags, tags(&[("season", "winter"), ("owner", "ann")]));
    assert_eq!(found.description.as_deref(), Some("Without the weather."));
    assert_eq!(found.digest, digest);
    let listed = &store.models().unwrap()[0];
    assert_eq!(
        (&listed.tags, &listed.description),
        (&found.tags, &found.description)
    );
    let first = stored(&fixture, "arr-delay@1");
    assert_eq!((first.tags.len(), first.description), (0, None));

    store
        .set_tags("arr-delay", 2, &tags(&[]), &["owner".to_owned()])
        .unwrap();
    store.describe_version("arr-delay", 2, "").unwrap();
    let found = stored(&fixture, "arr-delay@2");
    assert_eq!(found.tags, tags(&[("season", "winter")]));
    assert_eq!(found.description, None);
}

#[test]
fn tags_that_are_not_there_are_not_removed_by_halves() {
    let fixture = Fixture::new();
    fixture.register("arr-delay", 1);
    let set = tags(&[("season", "summer")]);
    fixture.store.set_tags("arr-delay", 1, &set, &[]).unwrap();
    let keys = ["season".to_owned(), "saeson".to_owned()];
    let error = fixture
        .store
        .set_tags("arr-delay", 1, &tags(&[("owner", "ann")]), &keys)
        .unwrap_err();
    assert!(matches!(error, Error::UnknownTag { .. }), "{error}");
    assert_eq!(stored(&fixture, "arr-delay").tags, set);
}

#[test]
fn what_is_no_key_is_refused() {
    let fixture = Fixture::new();
    fixture.register("arr-delay", 1);
    for key in ["", "Season", "1st", "a b", "-a"] {
        let set = tags(&[("good", "x"), (key, "x")]);
        let error = fixture
            .store
            .set_tags("arr-delay", 1, &set, &[])
            .unwrap_err();
        assert!(matches!(error, Error::InvalidTag { .. }), "{key}: {error}");
    }
    assert!(stored(&fixture, "arr-delay").tags.is_empty());
}

#[test]
fn a_deleted_version_is_gone_and_its_number_is_not_given_again() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    for seed in 1..=3 {
        fixture.register("arr-delay", seed);
    }
    store
        .set_tags("arr-delay", 3, &tags(&[("season", "summer")]), &[])
        .unwrap();
    store.delete_version("arr-delay", 3, "ann").unwrap();
    assert_eq!(stored(&fixture, "arr-delay").version, 2);
    let gone: Selector = "arr-delay@3".parse().unwrap();
    let error = store.model(&gone).unwrap_err();
    assert!(matches!(error, Error::UnknownVersion { .. }), "{error}");
    // The same model again is another version.
    assert_eq!(fixture.register("arr-delay", 3), 4);
    assert!(stored(&fixture, "arr-delay@4").tags.is_empty());
    for version in [1, 2, 4] {
        store.delete_version("arr-delay", version, "ann").unwrap();
    }
    assert_eq!(store.models().unwrap(), []);
    assert_eq!(fixture.register("arr-delay", 3), 5);
}

#[test]
fn a_version_that_an_alias_stands_for_is_not_deleted() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    fixture.register("arr-delay", 1);
    fixture.register("arr-delay", 2);
    store
        .set_alias("arr-delay", "champion", 1, "ann", "")
        .unwrap();
    let error = store.delete_version("arr-delay", 1, "ann").unwrap_err();
    assert!(matches!(error, Error::VersionInUse { .. }), "{error}");
    assert_eq!(stored(&fixture, "arr-delay@champion").version, 1);
    store
        .set_alias("arr-delay", "champion", 2, "ann", "")
        .unwrap();
    store.delete_version("arr-delay", 1, "ann").unwrap();
    // There is no way back to it.
    let error = store
        .roll_back("arr-delay", "champion", "ann", "")
        .unwrap_err();
    assert!(matches!(error, Error::UnknownVersion { .. }), "{error}");
}
