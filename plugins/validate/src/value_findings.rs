//! The findings of the checks that look at rows: how they call what is expected, and what else they
//! tell.

use mlhost_plugin::Finding;
use mlhost_statistics::Extremes;
use serde_json::{Map, Value as Json, json};

use crate::asked::{Asked, What};
use crate::assess::finding;
use crate::column_params::{Direction, Freshness, Member};
use crate::dates;
use crate::forms::Range;
use crate::seen::Seen;
use crate::share::{Share, Wording};
use crate::statistic::{Found, Statistic};
use crate::tally::Value;
use crate::words::{bounds, details, readable, shortened};

/// The finding of a check of values: how large the share of unexpected ones is.
pub(crate) fn values(asked: &Asked<'_>, seen: &Seen) -> Finding {
    let (share, extremes) = match seen {
        Seen::Tally(tally) => (Share::of_values(tally), None),
        Seen::Range(tally, extremes) => (Share::of_values(tally), Some(extremes)),
        Seen::Order(order) => (Share::of_values(&order.tally), None),
        Seen::Keys(keys) => (Share::of_duplicates(keys), None),
        _ => (Share::default(), None),
    };
    share.finding(
        asked.check,
        asked.column(),
        &asked.demand,
        &wording(asked),
        more(asked, extremes),
    )
}

/// How a check speaks of values.
fn wording(asked: &Asked<'_>) -> Wording {
    let other = |name: &str| format!("`{name}`");
    match &asked.what {
        What::Between(range) => Wording::to_be(&bounds(range.min, range.max)),
        What::Members {
            members,
            allowed: true,
        } => Wording::to_be(&format!("among {}", set_words(members))),
        What::Members { members, .. } => Wording {
            all: format!("are not among {}", set_words(members)),
            one: format!("is among {}", set_words(members)),
            several: format!("are among {}", set_words(members)),
        },
        What::Regex(pattern) => Wording {
            all: format!("match `{pattern}`"),
            one: format!("does not match `{pattern}`"),
            several: format!("do not match `{pattern}`"),
        },
        What::Length { min, max } => {
            Wording::to_be(&format!("{} characters long", bounds(*min, *max)))
        }
        What::Unique => occurring("", ""),
        What::UniqueTogether => {
            let names = asked.columns.iter().map(|name| other(name)).collect();
            occurring(&format!(" in {}", shortened(names)), "")
        }
        What::Monotonic {
            direction,
            strictly,
        } => {
            let than = match direction {
                Direction::Increasing => "greater than",
                Direction::Decreasing => "less than",
            };
            let or_equal = if *strictly { "" } else { " or equal to" };
            Wording::to_be(&format!("{than}{or_equal} the one before"))
        }
        What::GreaterThan { or_equal } => {
            let than = asked.columns.get(1).copied().unwrap_or_default();
            let or_equal = if *or_equal { " or equal to" } else { "" };
            Wording::to_be(&format!("greater than{or_equal} `{than}`"))
        }
        What::Expression(text) => Wording {
            all: format!("fulfil `{text}`"),
            one: format!("does not fulfil `{text}`"),
            several: format!("do not fulfil `{text}`"),
        },
        What::InReference(column) => Wording {
            all: format!("occur in `{column}` of the reference"),
            one: format!("does not occur in `{column}` of the reference"),
            several: format!("do not occur in `{column}` of the reference"),
        },
        _ => Wording {
            all: "are not null".to_owned(),
            one: "is null".to_owned(),
            several: "are null".to_owned(),
        },
    }
}

fn occurring(where_to: &str, end: &str) -> Wording {
    Wording {
        all: format!("are unique{where_to}{end}"),
        one: format!("occurs more than once{where_to}{end}"),
        several: format!("occur more than once{where_to}{end}"),
    }
}

fn more(asked: &Asked<'_>, extremes: Option<&Extremes>) -> Map<String, Json> {
    match (&asked.what, extremes) {
        (What::Between(range), Some(extremes)) => details([
            ("observed_min", bound(extremes.minimum())),
            ("observed_max", bound(extremes.maximum())),
            ("min", bound(range.min)),
            ("max", bound(range.max)),
        ]),
        (What::Expression(text), _) => details([("expression", json!(text))]),
        (What::UniqueTogether, _) => details([("columns", json!(asked.columns))]),
        (What::GreaterThan { .. }, _) => details([("than", json!(asked.columns.get(1)))]),
        _ => Map::new(),
    }
}

fn bound(value: Option<f64>) -> Json {
    value.map_or(Json::Null, |value| Value::Number(value).to_json())
}

fn set_words(members: &[Member]) -> String {
    let members = members.iter().map(|member| {
        let value = match member {
            Member::Boolean(boolean) => Value::Boolean(*boolean),
            Member::Number(number) => Value::Number(*number),
            Member::Text(text) => Value::text(text),
        };
        value.to_string()
    });
    shortened(members.collect())
}

/// The finding on a statistic: whether it lies in its range.
pub(crate) fn statistic(
    asked: &Asked<'_>,
    statistic: Statistic,
    range: Range,
    seen: &Seen,
) -> Finding {
    let words = match asked.columns.as_slice() {
        [first, second] => format!("{} of `{first}` and `{second}`", statistic.words()),
        _ => statistic.words(),
    };
    let expected = bounds(range.min.map(readable), range.max.map(readable));
    let mut more = details([("min", bound(range.min)), ("max", bound(range.max))]);
    if let Statistic::Quantile(q) = statistic {
        more.insert("q".to_owned(), json!(q));
    }
    if asked.columns.len() > 1 {
        more.insert("columns".to_owned(), json!(asked.columns));
    }
    let Some(Found { value, error }) = statistic.of(seen) else {
        more.insert("observed_value".to_owned(), Json::Null);
        let message = format!("there are too few values for {words}; expected {expected}");
        return finding(asked, false, message, more);
    };
    more.insert("observed_value".to_owned(), bound(Some(value)));
    let mut about = String::new();
    if let Some(error) = error {
        more.insert("relative_error".to_owned(), json!(error));
        let of = if matches!(statistic, Statistic::Quantile(_) | Statistic::Median) {
            "at most"
        } else {
            "a standard error of"
        };
        about = format!(" (an estimate, off by {of} {:.2} %)", 100.0 * error);
    }
    let message = format!("{words} is {}{about}; expected {expected}", readable(value));
    finding(asked, range.contains(value), message, more)
}

/// The finding on the newest time of a column, in seconds since 1970-01-01.
pub(crate) fn freshness(asked: &Asked<'_>, freshness: &Freshness, newest: Option<f64>) -> Finding {
    let Freshness { at, within, .. } = freshness;
    let mut more = details([("at", json!(at)), ("within", json!(within))]);
    more.insert(
        "observed_value".to_owned(),
        json!(newest.map(dates::written)),
    );
    // Both were read when the fold was opened.
    let (Some(newest), Ok(now), Ok(most)) = (newest, dates::seconds(at), dates::length(within))
    else {
        let message = format!("there is no value; expected one within {within} of {at}");
        return finding(asked, false, message, more);
    };
    let age = now - newest;
    more.insert("age_seconds".to_owned(), bound(Some(age)));
    let relation = if age >= 0.0 { "before" } else { "after" };
    let message = format!(
        "the newest value is {}, {} {relation} {at}; expected at most {within} before",
        dates::written(newest),
        dates::length_written(age.abs())
    );
    finding(asked, age <= most, message, more)
}

/// The finding on values that have to occur in a reference.
pub(crate) fn in_reference(
    asked: &Asked<'_>,
    column: &str,
    seen: Option<&Seen>,
    keys: Result<Option<&Seen>, String>,
) -> Finding {
    let keys = match keys {
        Ok(Some(Seen::KeySet(keys))) => keys,
        Ok(_) => {
            return finding(
                asked,
                false,
                "the reference was not read".to_owned(),
                Map::new(),
            );
        }
        Err(message) => {
            let message = format!("in the reference: {message}");
            let more = details([("parameter", json!(asked.pointer))]);
            return finding(asked, false, message, more);
        }
    };
    let Some(Seen::Values(values)) = seen else {
        let message = "its values cannot be compared with others".to_owned();
        return finding(asked, false, message, Map::new());
    };
    let missing = values.missing_from(keys);
    Share::of_values(&missing).finding(
        asked.check,
        asked.column(),
        &asked.demand,
        &wording(asked),
        details([("reference_column", json!(column))]),
    )
}
