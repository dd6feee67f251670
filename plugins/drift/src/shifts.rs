//! What has changed of a column that its values do not show: how many there are, and which are
//! seen for the first time.

use mlhost_plugin::{Finding, Severity};
use mlhost_statistics::Categories;
use mlhost_statistics::drift::z_test;
use serde_json::{Map, json};

use crate::Params;
use crate::judge::extend;
use crate::profile::{Column, Profile, Values};

/// So many new categories are listed, the most frequent ones.
const LISTED_CATEGORIES: usize = 20;

/// The share of rows without a value: null or NaN.
pub(crate) fn missing_share(column: &Column, rows: u64) -> f64 {
    column.values.missing() as f64 / rows.max(1) as f64
}

/// The finding on a share of missing values that has changed by more than is allowed.
pub(crate) fn missing(
    params: &Params,
    (reference, before): (&Column, &Profile),
    (current, now): (&Column, &Profile),
) -> Option<Finding> {
    let shares = [
        missing_share(reference, before.rows),
        missing_share(current, now.rows),
    ];
    let [was, is] = shares;
    if (is - was).abs() <= params.missing_shift {
        return None;
    }
    let counts = |column: &Column, rows: u64| (column.values.missing(), rows);
    let test = z_test(counts(reference, before.rows), counts(current, now.rows));
    let message = format!(
        "the share of rows without a value has gone from {was:.4} to {is:.4}, by more than {}",
        params.missing_shift
    );
    let details = json!({
        "method": "difference of the shares of nulls and NaN",
        "value": is - was,
        "reference_share": was,
        "current_share": is,
        "p_value": test.map(|test| test.p_value),
        "p_value_from": "two-sided z-test of proportions, pooled variance",
        "threshold": params.missing_shift,
        "n_ref": before.rows,
        "n_cur": now.rows,
    });
    Some(finding("missing_share", reference, message, details))
}

/// Of the current values of a column of texts, the share that are no category of the reference.
pub(crate) fn new_category_share(reference: &Column, current: &Column) -> Option<f64> {
    let (before, now) = categories(reference, current)?;
    let new = new_categories(before, now).map(|(_, count)| count);
    Some(new.sum::<u64>() as f64 / now.count().max(1) as f64)
}

/// The finding on more values of new categories than are allowed.
pub(crate) fn unseen(params: &Params, reference: &Column, current: &Column) -> Option<Finding> {
    let share = new_category_share(reference, current)?;
    let (before, now) = categories(reference, current)?;
    if share <= params.new_category_share || before.count() == 0 {
        return None;
    }
    let mut new: Vec<_> = new_categories(before, now).collect();
    new.sort_by(|(text, count), (other, others)| others.cmp(count).then(text.cmp(other)));
    let message = format!(
        "a share of {share:.4} of the values are categories that the reference does not have, more \
         than {}",
        params.new_category_share
    );
    let listed = new.iter().take(LISTED_CATEGORIES);
    let listed = listed.map(|(text, count)| json!({ "category": text, "count": count }));
    let details = json!({
        "method": "share of values in categories that the reference does not have",
        "value": share,
        "threshold": params.new_category_share,
        "new_categories": new.len(),
        "most_frequent": listed.collect::<Vec<_>>(),
        "n_ref": before.count(),
        "n_cur": now.count(),
    });
    Some(finding("new_categories", reference, message, details))
}

fn categories<'a>(
    reference: &'a Column,
    current: &'a Column,
) -> Option<(&'a Categories, &'a Categories)> {
    match (&reference.values, &current.values) {
        (Values::Texts(before), Values::Texts(now)) => Some((before, now)),
        _ => None,
    }
}

fn new_categories<'a>(
    before: &'a Categories,
    now: &'a Categories,
) -> impl Iterator<Item = (&'a str, u64)> {
    let all = now.iter();
    all.filter(|(text, _)| before.count_of(text) == 0)
}

fn finding(check: &str, column: &Column, message: String, details: serde_json::Value) -> Finding {
    let mut map = Map::new();
    extend(&mut map, details);
    Finding {
        check: check.to_owned(),
        column: Some(column.name.clone()),
        passed: false,
        severity: Severity::Warn,
        message,
        details: map,
    }
}
