//! The findings on a column that is there: on its type, and on its values.

use mlhost_plugin::Finding;
use mlhost_statistics::Extremes;
use serde_json::{Map, Value as Json, json};

use crate::keys::Keys;
use crate::observe::Seen;
use crate::params::{Between, ColumnChecks, Demand, InSet, Member};
use crate::share::{Share, Wording};
use crate::tally::{Tally, Value};
use crate::words::{bounds, details, shortened};

/// Whether the column is of the type that was asked for.
pub(crate) fn type_finding(
    name: &str,
    checks: &ColumnChecks,
    data_type: &str,
    of_type: bool,
) -> Option<Finding> {
    let (expected, severity) = checks.of_type?.parts();
    let relation = if of_type {
        "as expected of"
    } else {
        "which is not of type"
    };
    Some(Finding {
        check: "type".to_owned(),
        column: Some(name.to_owned()),
        passed: of_type,
        severity,
        message: format!("the column holds {data_type}, {relation} `{expected}`"),
        details: details([
            ("observed_value", json!(data_type)),
            ("expected", json!(expected.to_string())),
        ]),
    })
}

/// The findings of the checks of values.
pub(crate) fn value_findings(
    name: &str,
    checks: &ColumnChecks,
    data_type: &str,
    seen: &Seen,
) -> Vec<Finding> {
    let column = Column { name, data_type };
    let not_null = checks.not_null().zip(seen.not_null.as_ref());
    let findings = [
        not_null.map(|(demand, tally)| column.not_null(demand, tally)),
        checks
            .between
            .map(|range| column.between(range, seen.between.as_ref())),
        checks
            .in_set
            .as_ref()
            .map(|set| column.in_set(set, seen.in_set.as_ref())),
        checks
            .unique()
            .map(|demand| column.unique(demand, seen.unique.as_ref())),
    ];
    findings.into_iter().flatten().collect()
}

/// The column that findings are about.
struct Column<'a> {
    name: &'a str,
    data_type: &'a str,
}

impl Column<'_> {
    fn not_null(&self, demand: Demand, tally: &Tally) -> Finding {
        let wording = Wording {
            all: "are not null".to_owned(),
            one: "is null".to_owned(),
            several: "are null".to_owned(),
        };
        Share::of_values(tally).finding("not_null", self.name, demand, &wording, Map::new())
    }

    fn between(&self, range: Between, seen: Option<&(Tally, Extremes)>) -> Finding {
        let Some((tally, extremes)) = seen else {
            return self.unreadable("between", range.demand());
        };
        let bound = |value: Option<f64>| value.map_or(Json::Null, |v| Value::Number(v).to_json());
        let more = details([
            ("observed_min", bound(extremes.minimum())),
            ("observed_max", bound(extremes.maximum())),
            ("min", bound(range.min)),
            ("max", bound(range.max)),
        ]);
        let wording = Wording::to_be(&bounds(range.min, range.max));
        Share::of_values(tally).finding("between", self.name, range.demand(), &wording, more)
    }

    fn in_set(&self, set: &InSet, seen: Option<&Tally>) -> Finding {
        let Some(tally) = seen else {
            return self.unreadable("in_set", set.demand());
        };
        let wording = Wording::to_be(&set_words(set));
        Share::of_values(tally).finding("in_set", self.name, set.demand(), &wording, Map::new())
    }

    fn unique(&self, demand: Demand, seen: Option<&Keys>) -> Finding {
        let Some(keys) = seen else {
            return self.unreadable("unique", demand);
        };
        let wording = Wording {
            all: "are unique".to_owned(),
            one: "occurs more than once".to_owned(),
            several: "occur more than once".to_owned(),
        };
        Share::of_duplicates(keys).finding("unique", self.name, demand, &wording, Map::new())
    }

    /// The finding of a check that is not for columns of this type.
    fn unreadable(&self, check: &str, demand: Demand) -> Finding {
        let data_type = self.data_type;
        Finding {
            check: check.to_owned(),
            column: Some(self.name.to_owned()),
            passed: false,
            severity: demand.severity,
            message: format!("the column holds {data_type}, which `{check}` cannot check"),
            details: details([("observed_value", json!(data_type))]),
        }
    }
}

fn set_words(set: &InSet) -> String {
    let members = set.members().iter().map(|member| {
        let value = match member {
            Member::Boolean(boolean) => Value::Boolean(*boolean),
            Member::Number(number) => Value::Number(*number),
            Member::Text(text) => Value::text(text),
        };
        value.to_string()
    });
    format!("among {}", shortened(members.collect()))
}
