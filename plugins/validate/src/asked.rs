//! The checks that the parameters ask for, one after the other, in the order of their findings.
//! Both halves of the plugin go by this list: what is observed, and how it is judged.

use mlhost_plugin::Severity;

use crate::column_params::{
    ColumnChecks, Direction, Freshness, InReference, InSet, Matches, Member, Monotonic,
};
use crate::forms::{Demand, End, Range, TableSwitch};
use crate::params::{ColumnOrder, Params, RowCount, RowExpression};
use crate::statistic::Statistic;
use crate::types::Type;

/// A check that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) check: &'static str,
    /// Where it stands in the parameters: a JSON Pointer.
    pub(crate) pointer: String,
    /// The columns that it looks at; of one that has been asked for by its name, the only one.
    pub(crate) columns: Vec<&'a str>,
    pub(crate) demand: Demand,
    pub(crate) what: What<'a>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) enum What<'a> {
    /// The column is there, if it has to be.
    Exists {
        required: bool,
    },
    Type(Type),
    NotNull,
    Between(Range<End>),
    Members {
        members: &'a [Member],
        allowed: bool,
    },
    Unique,
    Regex(&'a str),
    Length {
        min: Option<u32>,
        max: Option<u32>,
    },
    Statistic(Statistic, Range<End>),
    Monotonic {
        direction: Direction,
        strictly: bool,
    },
    Freshness(&'a Freshness),
    InReference(&'a str),
    UniqueTogether,
    GreaterThan {
        or_equal: bool,
    },
    Expression(&'a str),
    RowCount(&'a RowCount),
    NoExtraColumns,
    ColumnOrder(&'a [String]),
}

impl Asked<'_> {
    /// The column that its finding is about.
    pub(crate) fn column(&self) -> Option<String> {
        match (self.columns.as_slice(), &self.what) {
            (_, What::Expression(_)) => None,
            ([column, ..], What::GreaterThan { .. }) => Some((*column).to_owned()),
            ([column], _) => Some((*column).to_owned()),
            _ => None,
        }
    }
}

/// Every check that the parameters ask for.
pub(crate) fn asked(params: &Params) -> Vec<Asked<'_>> {
    let mut asked = Vec::new();
    for (name, checks) in &params.columns {
        of_column(name, checks, &mut asked);
    }
    of_rows(params, &mut asked);
    of_table(params, &mut asked);
    asked
}

/// A JSON Pointer to an entry of the parameters (RFC 6901).
pub(crate) fn column_pointer(name: &str) -> String {
    format!("/columns/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn of_column<'a>(name: &'a str, checks: &'a ColumnChecks, asked: &mut Vec<Asked<'a>>) {
    let at = column_pointer(name);
    let mut add = |check: &'static str, demand: Demand, what: What<'a>| {
        let pointer = match &what {
            What::Exists { .. } => at.clone(),
            _ => format!("{at}/{check}"),
        };
        asked.push(Asked {
            check,
            pointer,
            columns: vec![name],
            demand,
            what,
        });
    };
    let required = checks
        .required
        .as_ref()
        .unwrap_or(&TableSwitch::Plain(true));
    let severity = required.severity();
    let exists = What::Exists {
        required: severity.is_some(),
    };
    add(
        "column_exists",
        severe(severity.unwrap_or_default()),
        exists,
    );
    if let Some(of_type) = &checks.of_type {
        let (is, severity) = of_type.parts();
        add("type", severe(severity), What::Type(is));
    }
    if let Some(demand) = checks.not_null.as_ref().and_then(|switch| switch.demand()) {
        add("not_null", demand, What::NotNull);
    }
    if let Some(between) = &checks.between {
        let range = Range {
            min: between.min.clone(),
            max: between.max.clone(),
        };
        add("between", between.demand(), What::Between(range));
    }
    for (check, set, allowed) in [
        ("in_set", &checks.in_set, true),
        ("not_in_set", &checks.not_in_set, false),
    ] {
        if let Some(set) = set {
            let (members, demand) = set.parts();
            add(check, demand, What::Members { members, allowed });
        }
    }
    if let Some(demand) = checks.unique.as_ref().and_then(|switch| switch.demand()) {
        add("unique", demand, What::Unique);
    }
    if let Some(matches) = &checks.regex {
        let (pattern, demand) = match matches {
            Matches::Plain(pattern) => (pattern, Demand::default()),
            Matches::Table(table) => (&table.pattern, table.demand()),
        };
        add("regex", demand, What::Regex(pattern));
    }
    if let Some(length) = &checks.length_between {
        let (min, max) = (length.min, length.max);
        add("length_between", length.demand(), What::Length { min, max });
    }
    for (check, statistic, between) in [
        ("mean_between", Statistic::Mean, &checks.mean_between),
        ("median_between", Statistic::Median, &checks.median_between),
        ("stdev_between", Statistic::Stdev, &checks.stdev_between),
        ("sum_between", Statistic::Sum, &checks.sum_between),
        ("min_between", Statistic::Min, &checks.min_between),
        ("max_between", Statistic::Max, &checks.max_between),
        (
            "distinct_count",
            Statistic::Distinct,
            &checks.distinct_count,
        ),
        (
            "proportion_unique",
            Statistic::ProportionUnique,
            &checks.proportion_unique,
        ),
    ] {
        if let Some(between) = between {
            let what = What::Statistic(statistic, between.range());
            add(check, between.demand(), what);
        }
    }
    for quantile in checks.quantile_between.iter().flat_map(|all| all.all()) {
        let what = What::Statistic(Statistic::Quantile(quantile.q), quantile.range());
        add("quantile_between", quantile.demand(), what);
    }
    if let Some(monotonic) = &checks.monotonic {
        let (direction, strictly, demand) = match monotonic {
            Monotonic::Plain(direction) => (*direction, false, Demand::default()),
            Monotonic::Table(table) => (table.is, table.strictly, table.demand()),
        };
        let what = What::Monotonic {
            direction,
            strictly,
        };
        add("monotonic", demand, what);
    }
    if let Some(freshness) = &checks.freshness {
        let demand = Demand {
            condition: freshness.condition.clone(),
            ..severe(freshness.severity)
        };
        add("freshness", demand, What::Freshness(freshness));
    }
    if let Some(reference) = &checks.in_reference {
        let (column, demand) = match reference {
            InReference::Plain(column) => (column, Demand::default()),
            InReference::Table(table) => (&table.column, table.demand()),
        };
        add("in_reference", demand, What::InReference(column));
    }
}

/// The checks of several columns of a row.
fn of_rows<'a>(params: &'a Params, asked: &mut Vec<Asked<'a>>) {
    let mut add = |check, place: usize, columns, demand, what| {
        asked.push(Asked {
            check,
            pointer: format!("/{check}/{place}"),
            columns,
            demand,
            what,
        });
    };
    for (place, together) in params.unique_together.iter().enumerate() {
        let columns = together.columns.iter().map(String::as_str).collect();
        add(
            "unique_together",
            place,
            columns,
            together.demand(),
            What::UniqueTogether,
        );
    }
    for (place, pair) in params.greater_than.iter().enumerate() {
        let columns = vec![pair.column.as_str(), &pair.than];
        let or_equal = pair.or_equal;
        add(
            "greater_than",
            place,
            columns,
            pair.demand(),
            What::GreaterThan { or_equal },
        );
    }
    for (place, pair) in params.correlation.iter().enumerate() {
        let columns = pair.columns.iter().map(String::as_str).collect();
        let what = What::Statistic(Statistic::Correlation, pair.range());
        add("correlation", place, columns, pair.demand(), what);
    }
    for (place, expression) in params.expression.iter().enumerate() {
        let (text, demand) = match expression {
            RowExpression::Plain(text) => (text, Demand::default()),
            RowExpression::Table(table) => (&table.is_true, table.demand()),
        };
        // Its columns are found when it is read.
        add("expression", place, vec![], demand, What::Expression(text));
    }
}

/// The checks of the table as a whole.
fn of_table<'a>(params: &'a Params, asked: &mut Vec<Asked<'a>>) {
    let mut add = |check: &'static str, demand, what| {
        asked.push(Asked {
            check,
            pointer: format!("/{check}"),
            columns: vec![],
            demand,
            what,
        });
    };
    if let Some(range) = &params.row_count {
        let demand = Demand {
            condition: range.condition.clone(),
            ..severe(range.severity)
        };
        add("row_count", demand, What::RowCount(range));
    }
    let no_extra_columns = params.no_extra_columns.as_ref();
    if let Some(severity) = no_extra_columns.and_then(|switch| switch.severity()) {
        add("no_extra_columns", severe(severity), What::NoExtraColumns);
    }
    if let Some(order) = &params.column_order {
        let (columns, severity) = match order {
            ColumnOrder::Plain(columns) => (columns, Severity::Error),
            ColumnOrder::Table(table) => (&table.columns, table.severity),
        };
        add("column_order", severe(severity), What::ColumnOrder(columns));
    }
}

fn severe(severity: Severity) -> Demand {
    Demand {
        severity,
        ..Demand::default()
    }
}

impl InSet {
    pub(crate) fn parts(&self) -> (&[Member], Demand) {
        match self {
            Self::Plain(members) => (members, Demand::default()),
            Self::Table(set) => (&set.values, set.demand()),
        }
    }
}
