//! Model cards: what is known, in a form that obeys nothing of what others have named.

use std::{collections::BTreeMap, sync::LazyLock};

use mlhost_exchange::{Facts, card};
use mlhost_store::StoredModel;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::support::Scene;

fn of(stored: &StoredModel) -> String {
    let record = json!({ "steps": [{
        "name": "evaluate",
        "gates": [{ "metric": "r2", "minimum": 0.8, "value": 0.842, "passed": true }],
    }]});
    let record = Some(&record);
    card(&Facts {
        stored,
        description: Some("Plans *gates*.\n# Not for <crews>."),
        tags: &BTreeMap::from([("stage".to_owned(), "trial".to_owned())]),
        record,
    })
    .unwrap()
}

#[test]
fn a_card_tells_what_is_known() {
    let scene = Scene::new();
    let filters = vec![(r"\d{4}-\d\d-\d\d", "[date]")];
    insta::with_settings!({ omit_expression => true, filters => filters }, {
        insta::assert_snapshot!("card", of(&scene.stored()));
    });
}

#[test]
fn a_value_that_is_no_number_is_not_for_hubs() {
    let mut stored = Scene::new().stored();
    stored.model.metrics[0].value = f64::NAN;
    let text = of(&stored);
    assert!(!text.contains("model-index"), "{text}");
    assert!(text.contains("| NaN |"), "{text}");
}

#[derive(Debug, Deserialize)]
struct FrontMatter {
    datasets: Vec<String>,
    metrics: Vec<String>,
}

static STORED: LazyLock<StoredModel> = LazyLock::new(|| Scene::new().stored());

proptest! {
    /// A reader of YAML gets back what was named, whatever it is.
    #[test]
    fn names_stay_names(dataset in any::<String>(), metric in any::<String>()) {
        let mut stored = STORED.clone();
        stored.model.data[0].name = dataset.clone();
        stored.model.metrics[0].name = metric.clone();
        let text = of(&stored);
        let front_matter = text.strip_prefix("---\n").unwrap();
        let end = front_matter.find("\n---\n").unwrap();
        let read: FrontMatter = serde_saphyr::from_str(&front_matter[..end])?;
        prop_assert_eq!(read.datasets, [dataset]);
        prop_assert_eq!(read.metrics, [metric]);
        // And no line of it ends the front matter early.
        prop_assert!(front_matter[end + 5..].starts_with("\n# arr-delay\n"));
    }
}
