//! The findings of the checks that look at rows: how they call what is expected, and what else they
//! tell.

use mlhost_plugin::Finding;
use mlhost_statistics::{DateUnit, Extremes};
use serde_json::{Map, Value as Json, json};

use crate::asked::{Asked, What};
use crate::assess::{finding, unfit};
use crate::column_params::{Direction, Freshness, Member};
use crate::forms::{End, Range};
use crate::length_of_time;
use crate::plan::{KeyKind, Side};
use crate::seen::Seen;
use crate::share::{Share, Wording};
use crate::statistic::{Found, Statistic};
use crate::tally::Value;
use crate::words::{bounds, details, readable, shortened};

/// The finding of a check of values: how large the share of unexpected ones is.
pub(crate) fn values(asked: &Asked<'_>, seen: &Seen, unit: Option<DateUnit>) -> Finding {
    let (share, extremes) = match seen {
        Seen::Tally(tally) => (Share::of_values(tally, unit), None),
        Seen::Range(tally, extremes) => (Share::of_values(tally, unit), Some(extremes)),
        Seen::Order(order) => (Share::of_values(&order.tally, unit), None),
        Seen::Keys(keys) => (Share::of_duplicates(keys), None),
        _ => (Share::default(), None),
    };
    share.finding(
        asked.check,
        asked.column(),
        &asked.demand,
        &wording(asked),
        more(asked, extremes, unit),
    )
}

/// How a check speaks of values.
fn wording(asked: &Asked<'_>) -> Wording {
    let other = |name: &str| format!("`{name}`");
    match &asked.what {
        What::Between(range) => Wording::to_be(&bounds(range.min.as_ref(), range.max.as_ref())),
        What::Members {
            members,
            allowed: true,
        } => Wording::to_be(&format!("among {}", set_words(members))),
        What::Members { members, .. } => Wording {
            none: Some(format!("is among {}", set_words(members))),
            all: format!("are not among {}", set_words(members)),
            one: format!("is among {}", set_words(members)),
            several: format!("are among {}", set_words(members)),
        },
        What::Regex(pattern) => Wording {
            none: None,
            all: format!("match `{pattern}`"),
            one: format!("does not match `{pattern}`"),
            several: format!("do not match `{pattern}`"),
        },
        What::Length { min, max } => {
            let characters = if max.or(*min) == Some(1) {
                "character"
            } else {
                "characters"
            };
            Wording::to_be(&format!("{} {characters} long", bounds(*min, *max)))
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
            none: None,
            all: format!("fulfil `{text}`"),
            one: format!("does not fulfil `{text}`"),
            several: format!("do not fulfil `{text}`"),
        },
        What::InReference(column) => Wording {
            none: None,
            all: format!("occur in `{column}` of the reference"),
            one: format!("does not occur in `{column}` of the reference"),
            several: format!("do not occur in `{column}` of the reference"),
        },
        _ => Wording {
            none: Some("is null".to_owned()),
            all: "are not null".to_owned(),
            one: "is null".to_owned(),
            several: "are null".to_owned(),
        },
    }
}

fn occurring(where_to: &str, end: &str) -> Wording {
    Wording {
        none: None,
        all: format!("are unique{where_to}{end}"),
        one: format!("occurs more than once{where_to}{end}"),
        several: format!("occur more than once{where_to}{end}"),
    }
}

fn more(
    asked: &Asked<'_>,
    extremes: Option<&Extremes>,
    unit: Option<DateUnit>,
) -> Map<String, Json> {
    match (&asked.what, extremes) {
        (What::Between(range), Some(extremes)) => details([
            ("observed_min", observed(extremes.minimum(), unit)),
            ("observed_max", observed(extremes.maximum(), unit)),
            ("min", end(range.min.as_ref())),
            ("max", end(range.max.as_ref())),
        ]),
        (What::Expression(text), _) => details([("expression", json!(text))]),
        (What::UniqueTogether, _) => details([("columns", json!(asked.columns))]),
        (What::GreaterThan { .. }, _) => details([("than", json!(asked.columns.get(1)))]),
        _ => Map::new(),
    }
}

/// A number that was found, as what it stands for in a column of this unit.
fn observed(value: Option<f64>, unit: Option<DateUnit>) -> Json {
    value.map_or(Json::Null, |value| Value::number(value, unit).to_json())
}

fn end(end: Option<&End>) -> Json {
    end.map_or(Json::Null, End::to_json)
}

fn set_words(members: &[Member]) -> String {
    shortened(members.iter().map(Member::to_string).collect())
}

/// The finding on a statistic: whether it lies in its range.
pub(crate) fn statistic(
    asked: &Asked<'_>,
    statistic: Statistic,
    range: &Range<End>,
    seen: &Seen,
    unit: Option<DateUnit>,
) -> Finding {
    let unit = unit.filter(|_| statistic.is_of_values());
    let words = match asked.columns.as_slice() {
        [first, second] => format!("{} of `{first}` and `{second}`", statistic.words()),
        _ => statistic.words(),
    };
    let (min, max) = (range.min.as_ref(), range.max.as_ref());
    let expected = bounds(min, max);
    let mut more = details([("min", end(min)), ("max", end(max))]);
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
    more.insert("observed_value".to_owned(), observed(Some(value), unit));
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
    let written = match unit {
        Some(unit) => unit.written(value),
        None => readable(value),
    };
    let message = format!("{words} is {written}{about}; expected {expected}");
    // A range that does not fit the column was found when the fold was opened.
    let is_in = range.numbers(unit).is_ok_and(|range| range.contains(value));
    finding(asked, is_in, message, more)
}

/// The finding on the newest date or time of a column.
pub(crate) fn freshness(
    asked: &Asked<'_>,
    freshness: &Freshness,
    newest: Option<(f64, DateUnit)>,
) -> Finding {
    let Freshness { at, within, .. } = freshness;
    let mut more = details([("at", json!(at)), ("within", json!(within))]);
    more.insert(
        "observed_value".to_owned(),
        json!(newest.map(|(newest, unit)| unit.written(newest))),
    );
    // Both were read when the fold was opened.
    let now = DateUnit::Seconds.number(at);
    let (Some((newest, unit)), Ok(now), Ok(most)) = (newest, now, length_of_time::read(within))
    else {
        let message = format!("there is no value; expected one within {within} of {at}");
        return finding(asked, false, message, more);
    };
    let age = now - newest / unit.per_second();
    more.insert("age_seconds".to_owned(), observed(Some(age), None));
    let relation = if age >= 0.0 { "before" } else { "after" };
    let message = format!(
        "the newest value is {}, {} {relation} {at}; expected at most {within} before",
        unit.written(newest),
        length_of_time::written(age.abs())
    );
    finding(asked, age <= most, message, more)
}

/// The finding on values that have to occur in a reference.
pub(crate) fn in_reference(
    asked: &Asked<'_>,
    column: &str,
    (side, values): (&Side, Option<&Seen>),
    (other, keys): (&Side, Option<&Seen>),
) -> Finding {
    let are_alike = side.kind == other.kind || [side.kind, other.kind].contains(&KeyKind::Nothing);
    if !are_alike {
        let (holds, held) = match side.called == other.called {
            true => (&side.data_type, &other.data_type),
            false => (&side.called, &other.called),
        };
        let message = format!(
            "the column holds `{holds}`, and `{column}` of the reference `{held}`: none of its values \
             can occur there"
        );
        return unfit(asked, &message);
    }
    let (Some(Seen::Values(values)), Some(Seen::KeySet(keys))) = (values, keys) else {
        return unfit(asked, "the reference was made with other checks");
    };
    let missing = values.missing_from(keys);
    Share::of_values(&missing, None).finding(
        asked.check,
        asked.column(),
        &asked.demand,
        &wording(asked),
        details([("reference_column", json!(column))]),
    )
}
