//! The example of orders, and what a profile and a suggestion make of them.

use std::fs;

use crate::support::{Scene, example, step};

#[test]
fn orders_are_checked_with_few_bad_rows_let_pass() {
    let scene = Scene::new();
    let pipeline = example("orders")
        .join("pipeline.toml")
        .display()
        .to_string();
    let run = scene
        .host_with(["run", &pipeline, "--format", "json"])
        .expect_code(0)
        .json();
    let outcome = &step(&run, "validate")["outcome"];
    let findings = outcome["findings"].as_array().expect("findings");
    let of = |check: &str, column: Option<&str>| {
        let mut found = findings.iter();
        let found = found.find(|found| {
            found["check"] == check && column.is_none_or(|column| found["column"] == column)
        });
        found.unwrap_or_else(|| panic!("no finding of {check}"))
    };
    assert_eq!(outcome["verdict"], "warned");
    for (check, column, passed, count) in [
        ("regex", Some("order"), true, 1),
        ("unique_together", None, true, 2),
        ("in_reference", Some("customer"), true, 1),
        ("length_between", Some("country"), false, 1),
        ("between", Some("quantity"), false, 1),
        ("not_null", Some("amount"), true, 2),
        ("not_null", Some("product"), true, 1),
    ] {
        let found = of(check, column);
        assert_eq!(found["passed"], passed, "{found}");
        assert_eq!(found["details"]["unexpected_count"], count, "{found}");
        assert_eq!(
            found["details"]["rows"].as_array().map(Vec::len),
            Some(count),
            "{found}"
        );
    }
    let words = scene.host_with(["runs", "show", "1"]).expect_code(0).stdout;
    assert!(
        words.contains("NOT length_between country: 1 of"),
        "{words}"
    );

    let late = scene
        .host_with(["run", &pipeline, "--param", "today=2024-05-01"])
        .expect_code(1);
    let said = format!("{}{}", late.stdout, late.stderr);
    assert!(
        said.contains("freshness of `ordered`: the newest value is 2024-0"),
        "{said}"
    );
}

#[test]
fn a_suggested_suite_passes_on_the_table_it_was_made_of() {
    let scene = Scene::new();
    let data = example("orders")
        .join("data/orders.csv")
        .display()
        .to_string();
    let suite = scene
        .host_with(["validate", "suggest", &data])
        .expect_code(0)
        .stdout;
    passes(&scene, &suite);
    for line in [
        "row_count = { min = 117 }",
        "line = { type = \"integer\", not_null = true, between = { min = 1, max = 3 }, mean_between",
        "discount = { type = \"float\", not_null = true, between = { min = 0, max = 0.1 }, mean_between",
        "between = { min = \"2024-03-01T",
    ] {
        assert!(suite.contains(line), "no `{line}` in\n{suite}");
    }
}

/// Runs a suggested suite on the table that it was made of.
#[track_caller]
fn passes(scene: &Scene, suite: &str) {
    fs::write(scene.path("suite.toml"), suite).expect("the suite");
    let run = scene
        .host_with(["run", "suite.toml", "--format", "json"])
        .expect_code(0)
        .json();
    let outcome = &step(&run, "validate")["outcome"];
    assert_eq!(outcome["verdict"], "passed", "{suite}\n{outcome}");
}

/// Values that are hard to write down, and columns that hold little.
#[test]
fn whatever_the_table_a_suggested_suite_passes_on_it() {
    let scene = Scene::new();
    let beginning = "long ".repeat(40);
    let mut lines = String::new();
    for row in 0..120_u32 {
        let days = f64::from(row) / 7.0;
        let odd = ["", "\u{7f}", "\"", "\\", "tab\t", "é\u{0}"][row as usize % 6];
        let entry = serde_json::json!({
            "name with \"quotes\", a\u{7f} and a\nline": row,
            "": odd,
            "long": format!("{beginning}{}", row % 3),
            "many": format!("{beginning}{row}"),
            "huge": 1e20 * f64::from(row % 40),
            "tiny": 5e-324 * f64::from(row % 2),
            "far": 1e16 + f64::from(row * 2),
            "third": days,
            "negative": -1e300 + f64::from(row),
            "identifier": 9_007_199_254_740_993_i64 + i64::from(row),
            "nothing": (),
            "rarely": (row == 7).then_some("x"),
            "flag": row % 3 == 0,
            "one": 1,
        });
        lines.push_str(&entry.to_string());
        lines.push('\n');
    }
    scene.write("rows.jsonl", &lines);
    let mut csv = "day,at,code,number\n".to_owned();
    for row in 0..90_u32 {
        let (hour, day) = (row % 24, 1 + row % 28);
        let number = ["1e20", "inf", "-inf", "-"][row as usize % 4];
        csv += &format!(
            "2024-02-{day:02},2024-02-{day:02}T{hour:02}:30:00.{row:03}Z,c{},{number}\n",
            row % 5
        );
    }
    scene.write("rows.csv", &csv);
    for words in [&["rows.jsonl"][..], &["rows.csv", "--null-value", "-"]] {
        let suggest = ["validate", "suggest"]
            .into_iter()
            .chain(words.iter().copied());
        let suite = scene.host_with(suggest).expect_code(0).stdout;
        passes(&scene, &suite);
        assert!(!suite.contains("…"), "{suite}");
        if words.len() > 1 {
            assert!(
                suite.contains("between = { min = \"2024-02-01\", max = \"2024-02-28\" }"),
                "{suite}"
            );
            assert!(suite.contains("in_set = [\"c0\", "), "{suite}");
        } else {
            assert!(
                suite.contains("length_between = { min = 201, max = 201 }"),
                "{suite}"
            );
            assert!(suite.contains("max = 3.9e21"), "{suite}");
            assert!(suite.contains("mean_between"), "{suite}");
        }
    }
}

#[test]
fn a_profile_is_a_table() {
    let scene = Scene::new();
    let data = example("orders")
        .join("data/orders.csv")
        .display()
        .to_string();
    let all = scene.host_with(["profile", &data]).expect_code(0).stdout;
    let headings = all
        .lines()
        .find(|line| line.starts_with("COLUMN"))
        .expect("a table");
    assert!(headings.trim_end().ends_with("MOST FREQUENT"), "{headings}");
    let ordered = all
        .lines()
        .find(|line| line.starts_with("ordered"))
        .expect("a column");
    assert!(ordered.contains("2024-03-01T12:13:00Z"), "{ordered}");
    for line in [
        "QUANTILES",
        "no correlation of 0.5 or more; the strongest is",
    ] {
        assert!(all.contains(line), "no `{line}` in\n{all}");
    }
    let matrix = [
        "profile",
        &data,
        "--columns",
        "amount,price",
        "--correlations",
    ];
    let matrix = scene.host_with(matrix).expect_code(0).stdout;
    assert!(matrix.contains("\nCORRELATIONS  amount  price"), "{matrix}");
    let columns = ["profile", &data, "--columns", "amount,price", "--bins", "5"];
    let two = scene.host_with(columns).expect_code(0).stdout;
    assert!(two.starts_with("234 rows of 2 columns\n"), "{two}");
    let wrong = scene
        .host_with(["profile", &data, "--columns", "amuont"])
        .expect_code(1);
    assert!(
        wrong
            .stderr
            .contains("there is no column `amuont` in the input; did you mean `amount`?"),
        "{}",
        wrong.stderr
    );
}
