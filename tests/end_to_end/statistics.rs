//! Checks and statistics of the months of flights, through the whole host, against what pandas,
//! numpy, scipy, Great Expectations and Pandera say of them: `tests/reference/validate/make.py` has
//! made the numbers.

use std::fs;

use serde_json::Value;

use crate::support::{Scene, example, step};

const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// The checks that `make.py` has counted.
const CHECKS: &str = r#"
[steps.validate.with]
unique_together = [{ columns = ["carrier", "origin", "dest", "day"], severity = "warn" }]
greater_than = [{ column = "arr_delay", than = "dep_delay", or_equal = true, severity = "warn" }]
expression = [{ is_true = "arr_delay - dep_delay <= 60 or carrier = 'UA'", severity = "warn" }]
correlation = [
    { columns = ["dep_delay", "arr_delay"], min = -1 },
    { columns = ["temp", "dewp"], min = -1 },
    { columns = ["distance", "arr_delay"], min = -1 },
]

[steps.validate.with.columns]
origin.in_set = { values = ["JFK", "LGA"], severity = "warn" }
carrier.not_in_set = { values = ["HA", "OO"], severity = "warn" }
carrier.length_between = { min = 2, max = 2 }
dest.regex = { pattern = "^[A-L]", severity = "warn" }
wind_gust.not_null = { severity = "warn" }
day.monotonic = { is = "increasing", severity = "warn" }
dep_delay.between = { min = -20, max = 200, severity = "warn" }
"#;

fn expected() -> Value {
    let text = include_str!("../reference/validate/expected.json");
    serde_json::from_str(text).expect("JSON")
}

/// The findings of a step with these parameters on a month.
fn findings(month: &str, with: &str) -> Vec<Value> {
    let scene = Scene::new();
    let path = example("flights").join("data").join(month);
    let pipeline = format!(
        "mlhost = 1\nname = \"statistics\"\n[data.month]\npath = '{}'\n[steps.validate]\nplugin = \"mlhost:validate\"\ninput = \"month\"\n{with}",
        path.display()
    );
    fs::write(scene.path("pipeline.toml"), pipeline).expect("the pipeline");
    let run = scene
        .host_with(["run", "pipeline.toml", "--format", "json"])
        .expect_code(0)
        .json();
    let findings = &step(&run, "validate")["outcome"]["findings"];
    findings.as_array().expect("findings").clone()
}

fn find<'a>(findings: &'a [Value], check: &str, column: Option<&str>) -> &'a Value {
    let found = findings.iter().find(|found| {
        found["check"] == check && column.is_none_or(|column| found["column"] == column)
    });
    found.unwrap_or_else(|| panic!("no finding of {check} on {column:?}"))
}

fn near(observed: &Value, wanted: &Value, what: &str) {
    let (observed, wanted) = (observed.as_f64(), wanted.as_f64());
    let (Some(observed), Some(wanted)) = (observed, wanted) else {
        panic!("{what}: {observed:?}, not {wanted:?}");
    };
    let scale = wanted.abs().max(1e-3);
    assert!(
        (observed - wanted).abs() <= 1e-12 * scale,
        "{what}: {observed}, not {wanted}"
    );
}

#[test]
fn checks_of_values_count_what_pandas_and_great_expectations_count() {
    let expected = expected();
    for (month, wanted) in expected["months"].as_object().expect("months") {
        let findings = findings(month, CHECKS);
        for (check, column) in [
            ("in_set", Some("origin")),
            ("not_in_set", Some("carrier")),
            ("length_between", Some("carrier")),
            ("regex", Some("dest")),
            ("not_null", Some("wind_gust")),
            ("monotonic", Some("day")),
            ("between", Some("dep_delay")),
            ("unique_together", None),
            ("greater_than", None),
            ("expression", None),
        ] {
            let details = &find(&findings, check, column)["details"];
            let counted = &wanted["checks"][check];
            let rows = details.get("rows").cloned().unwrap_or(Value::Array(vec![]));
            assert_eq!(details["values"], counted["values"], "{month} {check}");
            assert_eq!(
                details["unexpected_count"], counted["unexpected_count"],
                "{month} {check}"
            );
            assert_eq!(rows, counted["rows"], "{month} {check}");
            for peer in ["great_expectations", "pandera"] {
                if let Some(counted) = wanted[peer].get(check) {
                    assert_eq!(
                        details["unexpected_count"], counted["unexpected_count"],
                        "{month} {check} of {peer}"
                    );
                }
            }
        }
        let correlations = findings
            .iter()
            .filter(|found| found["check"] == "correlation");
        for (found, wanted) in correlations.zip(wanted["correlations"].as_array().expect("a list"))
        {
            near(&found["details"]["observed_value"], &wanted["value"], month);
        }
        let only = "[steps.validate.with.columns.dep_delay]\nbetween = { min = -20, max = 200, where = 'hour < 12', severity = 'warn' }";
        let details = &self::findings(month, only)[1]["details"];
        let counted = &wanted["checks"]["between_where"];
        for name in ["values", "unexpected_count", "rows"] {
            assert_eq!(details[name], counted[name], "{month} where {name}");
        }
    }
}

#[test]
fn statistics_are_those_of_numpy_and_great_expectations_to_twelve_digits() {
    let expected = expected();
    for (month, wanted) in expected["months"].as_object().expect("months") {
        let columns = wanted["statistics"].as_object().expect("columns");
        let wide = "{ min = -1e300 }";
        let quantiles = QUANTILES
            .map(|q| format!("{{ q = {q}, min = -1e300 }}"))
            .join(", ");
        let with: String = columns
            .keys()
            .map(|name| {
                let names = ["mean", "median", "stdev", "sum", "min", "max"];
                let checks = names.map(|name| format!("{name}_between = {wide}\n")).concat();
                format!("[steps.validate.with.columns.{name}]\n{checks}distinct_count = {wide}\nproportion_unique = {wide}\nquantile_between = [{quantiles}]\n")
            })
            .collect();
        let findings = findings(month, &with);
        for (column, wanted) in columns {
            let of =
                |check: &str| &find(&findings, check, Some(column))["details"]["observed_value"];
            for name in ["mean", "stdev", "sum", "min", "max"] {
                near(
                    of(&format!("{name}_between")),
                    &wanted[name],
                    &format!("{month} {column} {name}"),
                );
            }
            near(of("median_between"), &wanted["quantiles"]["0.5"], column);
            near(of("distinct_count"), &wanted["distinct"], column);
            near(
                of("proportion_unique"),
                &wanted["proportion_unique"],
                column,
            );
            let quantiles = findings.iter().filter(|found| {
                found["check"] == "quantile_between" && found["column"] == column.as_str()
            });
            for found in quantiles {
                let q = found["details"]["q"].to_string();
                near(
                    &found["details"]["observed_value"],
                    &wanted["quantiles"][&q],
                    &format!("{column} {q}"),
                );
            }
        }
        let peer = &wanted["great_expectations"];
        for name in [
            "mean",
            "median",
            "stdev",
            "sum",
            "min",
            "max",
            "proportion_unique",
        ] {
            let check = if name == "proportion_unique" {
                name.to_owned()
            } else {
                format!("{name}_between")
            };
            let found = find(&findings, &check, Some("dep_delay"));
            near(&found["details"]["observed_value"], &peer[name], name);
        }
    }
}

#[test]
fn a_profile_says_what_numpy_says() {
    let expected = expected();
    let (month, wanted) = expected["months"]
        .as_object()
        .and_then(|months| months.iter().next())
        .expect("a month");
    let scene = Scene::new();
    let path = example("flights")
        .join("data")
        .join(month)
        .display()
        .to_string();
    let profile = scene
        .host_with(["profile", &path, "--format", "json"])
        .expect_code(0)
        .json();
    for found in profile["findings"].as_array().expect("findings") {
        let column = found["column"].as_str().expect("a column");
        let details = &found["details"];
        let top = |of: &Value| of.as_array().expect("the most frequent").clone();
        let theirs = top(&wanted["profile"]["top"][column]);
        for (found, wanted) in top(&details["top"]).iter().zip(&theirs) {
            assert_eq!(found["count"], wanted["count"], "{column}");
            match wanted["value"].as_f64() {
                Some(_) => near(&found["value"], &wanted["value"], column),
                None => assert_eq!(found["value"], wanted["value"], "{column}"),
            }
        }
        if let Some(texts) = wanted["texts"].get(column) {
            let length = &wanted["profile"]["length"][column];
            near(&details["length"]["mean"], length, column);
            assert_eq!(details["nulls"], texts["nulls"], "{column}");
            assert_eq!(details["distinct"], texts["distinct"], "{column}");
            continue;
        }
        let histogram = &wanted["profile"]["histogram"][column];
        if let Some(found) = details.get("histogram") {
            assert_eq!(found["counts"], histogram["counts"], "{column}");
            let edges = |of: &Value| of["edges"].as_array().expect("edges").clone();
            for (edge, wanted) in edges(found).iter().zip(&edges(histogram)) {
                near(edge, wanted, column);
            }
        } else {
            // numpy makes up a width for values that are all the same.
            assert_eq!(wanted["statistics"][column]["distinct"], 1, "{column}");
        }
        let wanted = &wanted["statistics"][column];
        assert_eq!(details["nulls"], wanted["nulls"], "{column}");
        assert_eq!(details["distinct"], wanted["distinct"], "{column}");
        for name in ["min", "max", "mean", "stdev"] {
            near(&details[name], &wanted[name], &format!("{column} {name}"));
        }
        for q in QUANTILES {
            near(
                &details["quantiles"][q.to_string()],
                &wanted["quantiles"][q.to_string()],
                column,
            );
        }
    }
    let figure = profile["figures"]
        .as_array()
        .expect("figures")
        .last()
        .expect("one");
    assert_eq!(figure["name"], "correlations");
    let names = figure["data"]["columns"].as_array().expect("columns");
    for row in figure["data"]["rows"].as_array().expect("rows") {
        let cells = row.as_array().expect("cells");
        let name = cells[0].as_str().expect("a name");
        for (other, found) in names.iter().zip(cells).skip(1) {
            let other = other.as_str().expect("a name");
            let wanted = &wanted["profile"]["correlations"][name][other];
            match (found.as_f64(), wanted.as_f64()) {
                (Some(found), Some(wanted)) => {
                    assert!(
                        (found - wanted).abs() <= 1e-9,
                        "{name}, {other}: {found}, {wanted}"
                    );
                }
                // A constant is correlated with nothing.
                (_, wanted) => assert!(wanted.is_none() || name == other, "{name}, {other}"),
            }
        }
    }
}
