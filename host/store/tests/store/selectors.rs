//! Selectors: every way to write one, and what is not one.

use mlhost_store::{Error, Selector, VersionSelector};
use proptest::prelude::*;

#[test]
fn every_form_is_read() {
    let alias = |alias: &str| VersionSelector::Alias(alias.to_owned());
    let table = [
        ("arr-delay", "arr-delay", VersionSelector::Latest),
        ("arr-delay@latest", "arr-delay", VersionSelector::Latest),
        ("arr-delay@7", "arr-delay", VersionSelector::Number(7)),
        (
            "arr-delay@4294967295",
            "arr-delay",
            VersionSelector::Number(u32::MAX),
        ),
        ("arr-delay@champion", "arr-delay", alias("champion")),
        ("arr-delay@v7", "arr-delay", alias("v7")),
        ("arr-delay@a-b-2", "arr-delay", alias("a-b-2")),
        ("2nd_model", "2nd_model", VersionSelector::Latest),
    ];
    for (text, name, version) in table {
        let selector: Selector = text.parse().unwrap();
        assert_eq!(
            (selector.name.as_str(), &selector.version),
            (name, &version)
        );
    }
}

#[test]
fn everything_else_is_refused() {
    let names = [
        "", "@7", "Arr", "a b", "-a", "_a", "a/b", "a.b", "é", "../a", "a\n",
    ];
    for text in names {
        let outcome = text.parse::<Selector>();
        assert!(
            matches!(outcome, Err(Error::InvalidModelName { .. })),
            "{text:?}"
        );
    }
    let versions = ["a@0", "a@00", "a@4294967296", "a@7x", "a@1.0", "a@1-2"];
    for text in versions {
        let outcome = text.parse::<Selector>();
        assert!(
            matches!(outcome, Err(Error::InvalidVersion { .. })),
            "{text:?}"
        );
    }
    let aliases = [
        "a@",
        "a@-1",
        "a@+1",
        "a@Champion",
        "a@b@c",
        "a@ champion",
        "a@b_c",
        "a@LATEST",
    ];
    for text in aliases {
        let outcome = text.parse::<Selector>();
        assert!(
            matches!(outcome, Err(Error::InvalidAlias { .. })),
            "{text:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in "\\PC*") {
        let _ = text.parse::<Selector>();
    }

    #[test]
    fn a_selector_is_read_as_it_is_written(
        name in "[a-z0-9][a-z0-9_-]{0,20}",
        number in 1_u32..,
        alias in "[a-z][a-z0-9-]{0,20}",
    ) {
        prop_assume!(alias != "latest");
        for version in [
            VersionSelector::Latest,
            VersionSelector::Number(number),
            VersionSelector::Alias(alias),
        ] {
            let selector = Selector { name: name.clone(), version };
            prop_assert_eq!(selector.to_string().parse::<Selector>().unwrap(), selector);
        }
    }
}
