//! Counts of texts, and their laws.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    Array, BooleanArray, DictionaryArray, Float64Array, Int64Array, LargeStringArray, StringArray,
};
use mlhost_statistics::Categories;
use proptest::prelude::*;

use crate::{merged, pieces};

fn of(texts: &[String]) -> Categories {
    let mut categories = Categories::default();
    categories.update(texts.iter().map(String::as_str));
    categories
}

fn of_array(array: &dyn Array) -> Categories {
    let mut categories = Categories::default();
    categories.update_array(array).unwrap();
    categories
}

#[test]
fn the_most_frequent_is_the_first_of_several() {
    let categories = of(&["b", "a", "c", "a", "b"].map(str::to_owned));
    assert_eq!(categories.most_frequent(), Some(("a", 2)));
    assert_eq!(
        categories.iter().collect::<Vec<_>>(),
        [("a", 2), ("b", 2), ("c", 1)]
    );
    assert_eq!(
        (
            categories.count(),
            categories.distinct(),
            categories.count_of("z")
        ),
        (5, 3, 0)
    );
    assert_eq!(Categories::default().most_frequent(), None);
}

#[test]
fn every_type_of_text_counts_alike() {
    let rows = [Some("x"), None, Some("y"), Some("x")];
    let plain = of_array(&StringArray::from(rows.to_vec()));
    assert_eq!(
        (plain.count(), plain.nulls(), plain.count_of("x")),
        (3, 1, 2)
    );
    assert_eq!(of_array(&LargeStringArray::from(rows.to_vec())), plain);
    let dictionary: DictionaryArray<Int8Type> = rows.into_iter().collect();
    assert_eq!(of_array(&dictionary), plain);
    assert_eq!(
        of_array(&BooleanArray::from(vec![true, false, true])).most_frequent(),
        Some(("true", 2))
    );
    assert_eq!(
        of_array(&Int64Array::from(vec![-7, -7, 1])).most_frequent(),
        Some(("-7", 2))
    );
}

#[test]
fn a_dictionary_may_hold_nulls_and_unused_texts_and_the_same_text_twice() {
    let values = StringArray::from(vec![Some("x"), None, Some("unused"), Some("x")]);
    let keys = arrow_array::Int8Array::from(vec![Some(0), Some(1), None, Some(3)]);
    let dictionary = DictionaryArray::<Int8Type>::try_new(keys, Arc::new(values)).unwrap();
    let categories = of_array(&dictionary);
    assert_eq!(
        (
            categories.nulls(),
            categories.count(),
            categories.distinct()
        ),
        (2, 2, 1)
    );
    let nothing: DictionaryArray<Int8Type> = [None::<&str>; 0].into_iter().collect();
    assert_eq!(of_array(&nothing), Categories::default());
    let nulls: DictionaryArray<Int8Type> = [None::<&str>, None].into_iter().collect();
    assert_eq!(of_array(&nulls).nulls(), 2);
}

#[test]
fn numbers_with_a_fraction_are_no_texts() {
    let refused = Categories::default()
        .update_array(&Float64Array::from(vec![0.5]))
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "expected a column of texts, booleans or integers, found Float64"
    );
}

#[test]
fn two_are_aligned_by_their_texts() {
    let (left, right) = (
        of(&["a", "b"].map(str::to_owned)),
        of(&["b", "c", "b"].map(str::to_owned)),
    );
    assert_eq!(
        left.aligned(&right),
        [("a", 1, 0), ("b", 1, 2), ("c", 0, 1)]
    );
}

#[test]
fn very_many_texts_are_all_counted() {
    // More than are counted as numbers, some of them twice, and long ones among them.
    let texts: Vec<String> = (0..70_000)
        .chain([0, 69_999, 66_000])
        .flat_map(|number| [number.to_string(), format!("number {number:012}")])
        .collect();
    let rows = StringArray::from_iter_values(&texts);
    let counted = of_array(&rows);
    assert_eq!((counted.count(), counted.distinct()), (140_006, 140_000));
    for (text, times) in [("0", 2), ("66000", 2), ("69999", 2), ("69998", 1)] {
        assert_eq!(counted.count_of(text), times, "{text}");
    }
    assert_eq!(counted.count_of("number 000000000000"), 2);
    let mut in_parts = of_array(&rows.slice(70_000, 70_006));
    in_parts.merge(&of_array(&rows.slice(0, 70_000)));
    assert_eq!(in_parts, counted);
    let bytes = |categories| postcard::to_stdvec(categories).unwrap();
    assert_eq!(bytes(&in_parts), bytes(&counted));
}

proptest! {
    #[test]
    fn a_window_of_a_column_is_counted_as_its_texts_are(
        rows in prop::collection::vec(prop::option::weighted(0.9, "[a-d\u{e4}]{0,2}|[xy]{14,18}"), 0..3000),
        start: prop::sample::Index,
        end: prop::sample::Index,
    ) {
        let (start, end) = (start.index(rows.len() + 1), end.index(rows.len() + 1));
        let window = start.min(end)..start.max(end);
        let mut expected = Categories::default();
        for row in &rows[window.clone()] {
            match row {
                Some(text) => expected.add(text, 1),
                None => expected.add_nulls(1),
            }
        }
        let array = StringArray::from(rows).slice(window.start, window.len());
        prop_assert_eq!(&of_array(&array), &expected);
        let mut twice = of_array(&array);
        twice.update_array(&array).unwrap();
        expected.merge(&expected.clone());
        prop_assert_eq!(twice, expected);
    }

    #[test]
    fn are_the_same_for_every_split_and_tree(
        texts in prop::collection::vec("[a-c]{0,3}", 0..200),
        cuts in prop::collection::vec(any::<usize>(), 0..8),
        as_tree: bool,
    ) {
        let mut counted = BTreeMap::new();
        texts.iter().for_each(|text| *counted.entry(text.as_str()).or_insert(0_u64) += 1);
        let parts = pieces(&texts, &cuts).iter().map(|piece| of(piece)).collect();
        let together = merged(parts, as_tree, |first, second| first.merge(second));
        prop_assert!(together.iter().eq(counted.into_iter()));
        let bytes = postcard::to_stdvec(&together).unwrap();
        prop_assert_eq!(&bytes, &postcard::to_stdvec(&of(&texts)).unwrap());
        prop_assert_eq!(postcard::from_bytes::<Categories>(&bytes).unwrap(), together);
    }
}
