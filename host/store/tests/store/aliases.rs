//! Aliases: where they stand, how they got there, and which words they can be.

use mlhost_store::{Error, Selector};

use crate::fixture::Fixture;

fn three_versions() -> Fixture {
    let fixture = Fixture::new();
    for seed in 1..=3 {
        fixture.register("arr-delay", seed);
    }
    fixture
}

#[test]
fn an_alias_moves_and_its_history_stays() {
    let fixture = three_versions();
    let set = |alias, version, by, reason| {
        fixture
            .store
            .set_alias("arr-delay", alias, version, by, reason)
            .unwrap()
    };
    assert_eq!(set("champion", 1, "ann", "the first"), None);
    assert_eq!(set("champion", 3, "bob", "r2 0.84"), Some(1));
    assert_eq!(set("challenger", 2, "ann", "to compare"), None);
    assert_eq!(set("champion", 1, "bob", "3 drifts"), Some(3));

    let history: Vec<_> = fixture
        .store
        .alias_history("arr-delay")
        .unwrap()
        .into_iter()
        .map(|entry| (entry.alias, entry.from, entry.to, entry.by, entry.reason))
        .collect();
    let entry = |alias: &str, from, to, by: &str, reason: &str| {
        (alias.to_owned(), from, to, by.to_owned(), reason.to_owned())
    };
    assert_eq!(
        history,
        [
            entry("champion", Some(3), 1, "bob", "3 drifts"),
            entry("challenger", None, 2, "ann", "to compare"),
            entry("champion", Some(1), 3, "bob", "r2 0.84"),
            entry("champion", None, 1, "ann", "the first"),
        ]
    );
}

#[test]
fn aliases_are_shown_with_their_versions() {
    let fixture = three_versions();
    for (alias, version) in [("champion", 2), ("blue", 2), ("challenger", 3)] {
        fixture
            .store
            .set_alias("arr-delay", alias, version, "ann", "")
            .unwrap();
    }
    let selector: Selector = "arr-delay@2".parse().unwrap();
    let stored = fixture.store.model(&selector).unwrap();
    assert_eq!(stored.aliases, ["blue", "champion"]);
    let versions = fixture.store.model_versions("arr-delay").unwrap();
    assert_eq!(versions[0].aliases, ["challenger"]);
    assert!(versions[2].aliases.is_empty());
    let summary = &fixture.store.models().unwrap()[0];
    assert_eq!(summary.aliases["champion"], 2);
    assert_eq!(summary.aliases.len(), 3);
}

#[test]
fn an_alias_that_stays_where_it_is_has_not_moved() {
    let fixture = three_versions();
    for _ in 0..2 {
        fixture
            .store
            .set_alias("arr-delay", "champion", 2, "ann", "")
            .unwrap();
    }
    assert_eq!(fixture.store.alias_history("arr-delay").unwrap().len(), 1);
}

#[test]
fn the_same_alias_of_two_models_is_two_aliases() {
    let fixture = three_versions();
    fixture.register("dep-delay", 1);
    let set = |name, version| {
        fixture
            .store
            .set_alias(name, "champion", version, "ann", "")
    };
    set("arr-delay", 3).unwrap();
    assert_eq!(set("dep-delay", 1).unwrap(), None);
    assert_eq!(fixture.store.alias_history("dep-delay").unwrap().len(), 1);
    let selector: Selector = "arr-delay@champion".parse().unwrap();
    assert_eq!(fixture.store.model(&selector).unwrap().version, 3);
}

#[test]
fn an_alias_stands_for_a_version_that_exists() {
    let fixture = three_versions();
    let set = |name, version| {
        fixture
            .store
            .set_alias(name, "champion", version, "ann", "")
    };
    assert!(matches!(
        set("arr-delay", 4),
        Err(Error::UnknownVersion { .. })
    ));
    assert!(matches!(
        set("arr-delay", 0),
        Err(Error::UnknownVersion { .. })
    ));
    assert!(matches!(set("flights", 1), Err(Error::UnknownModel { .. })));
    assert!(fixture.store.alias_history("arr-delay").unwrap().is_empty());
    let history = fixture.store.alias_history("flights");
    assert!(matches!(history, Err(Error::UnknownModel { .. })));
}

#[test]
fn only_some_words_are_aliases() {
    let fixture = three_versions();
    let set = |alias: &str| fixture.store.set_alias("arr-delay", alias, 1, "ann", "");
    for alias in ["champion", "a", "a-b", "v7", "blue-2"] {
        set(alias).unwrap();
    }
    let too_long = "a".repeat(129);
    for alias in [
        "", "7", "7a", "-a", "Champion", "a_b", "a b", "ä", "a@b", &too_long,
    ] {
        let outcome = set(alias);
        assert!(
            matches!(outcome, Err(Error::InvalidAlias { .. })),
            "{alias}"
        );
    }
    assert!(matches!(set("latest"), Err(Error::ReservedAlias)));
}

#[test]
fn the_history_cannot_be_rewritten() {
    let fixture = three_versions();
    fixture
        .store
        .set_alias("arr-delay", "champion", 2, "ann", "")
        .unwrap();
    let database = rusqlite::Connection::open(fixture.path().join("store.db")).unwrap();
    for sql in [
        "UPDATE alias_moves SET moved_by = 'eve'",
        "DELETE FROM alias_moves",
    ] {
        let error = database.execute(sql, []).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn an_alias_rolls_back_to_where_it_was_before_its_last_move() {
    let fixture = three_versions();
    let store = &fixture.store;
    let back = || store.roll_back("arr-delay", "champion", "bob", "3 drifts");
    assert!(matches!(back(), Err(Error::UnknownAlias { .. })));
    let set = |version| {
        store
            .set_alias("arr-delay", "champion", version, "ann", "")
            .unwrap()
    };
    set(1);
    assert!(matches!(back(), Err(Error::NoEarlierVersion { .. })));
    set(3);
    // Another alias has a history of its own.
    store
        .set_alias("arr-delay", "challenger", 2, "ann", "")
        .unwrap();
    assert_eq!(back().unwrap(), (3, 1));
    let last = &store.alias_history("arr-delay").unwrap()[0];
    assert_eq!((last.from, last.to), (Some(3), 1));
    assert_eq!(
        (last.by.as_str(), last.reason.as_str()),
        ("bob", "3 drifts")
    );
    // Rolling back is a move like any other.
    assert_eq!(back().unwrap(), (1, 3));
    assert_eq!(store.models().unwrap()[0].aliases["challenger"], 2);
}
