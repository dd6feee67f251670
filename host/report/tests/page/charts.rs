//! Charts can be read: names do not lie on each other, and axes say what they are of.

use mlhost_report::page::{Block, Report, Section, State};
use mlhost_sandbox::Figure;
use serde_json::{Value, json};

/// A page with one figure.
fn page(kind: &str, data: Value) -> String {
    let figure = Figure {
        name: "figure".to_owned(),
        title: "Figure".to_owned(),
        kind: kind.to_owned(),
        data,
    };
    let section = Section::new("step", State::Passed).with(Block::Figure(figure));
    let report = Report::new("Run 1", State::Passed, "done").with(section);
    report.html()
}

/// The words below a chart with the places of their middles.
fn names_below(html: &str) -> Vec<(f64, String)> {
    let texts = html.split("<text class=\"tick middle\" ").skip(1);
    let name = |text: &str| {
        let (attributes, rest) = text.split_once('>').unwrap();
        let x = attributes.split('"').nth(1).unwrap();
        let (words, _) = rest.split_once("</text>").unwrap();
        (x.parse().unwrap(), words.to_owned())
    };
    texts.map(name).collect()
}

#[test]
fn names_below_bars_do_not_lie_on_each_other() {
    for length in [2, 8, 14, 40] {
        let x: Vec<String> = (0..20)
            .map(|bar| format!("{:x<length$}", format!("{bar} to ")))
            .collect();
        let values: Vec<u32> = (0..20).collect();
        let series = json!({ "name": "reference", "values": values });
        let current = json!({ "name": "current", "values": values });
        for (kind, series) in [("bars", vec![&series, &current]), ("lines", vec![&series])] {
            let names = names_below(&page(kind, json!({ "x": x, "series": series })));
            assert!(names.len() >= 2, "{names:?}");
            for pair in names.windows(2) {
                let [(one, left), (other, right)] = pair else {
                    unreachable!("a window has two");
                };
                // Letters of this size are 6 units wide, and a name stands about its middle.
                let halves = 3.0 * (left.chars().count() + right.chars().count()) as f64;
                assert!(other - one > halves, "{left} lies on {right}");
            }
        }
    }
}

#[test]
fn a_histogram_has_both_ends_of_its_bars_and_round_numbers_below() {
    let data = json!({
        "x": [0.5, 1.5, 2.5], "x_label": "temp", "y_label": "rows", "edges": [0.5, 1.5, 2.5, 3.5],
        "series": [{ "name": "rows", "values": [4, 2, 1] }],
    });
    let html = page("bars", data);
    for part in [
        ">temp from</th>",
        ">to</th>",
        ">rows</th>",
        "<title>1.5 to 2.5, rows: 2</title>",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let names = names_below(&html);
    let names: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["1", "2", "3"]);
    // Ends that are dates stand in their places.
    let data = json!({
        "x": ["2024-01-01", "2024-01-02"], "edges": ["2024-01-01", "2024-01-02", "2024-01-03"],
        "series": [{ "name": "rows", "values": [4, 2] }],
    });
    assert!(page("bars", data).contains("2024-01-01 to 2024-01-02, rows: 4"));
    // Edges that are not one more than the bars are none.
    let data = json!({ "x": [1], "edges": [1], "series": [{ "name": "rows", "values": [4] }] });
    assert!(!page("bars", data).contains("from</th>"));
}

#[test]
fn a_curve_has_the_names_of_its_axes_and_the_rows_behind_its_points() {
    let data = json!({
        "x": [0.25, 0.75], "x_label": "mean probability", "y_label": "share of the class",
        "rows": [15864, 1345], "series": [{ "name": "model", "values": [0.2, 0.8] }],
    });
    let html = page("lines", data);
    for part in [
        ">mean probability</th>",
        ">share of the class</th>",
        ">rows</th>",
        ">15,864</td>",
        "0.25, model: 0.2, 15,864 rows",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert!(!html.contains(">model</th>"));
}

#[test]
fn lying_bars_say_what_they_are_of_and_have_their_threshold() {
    let label = "share of the impurity that splits have lowered";
    let data = json!({
        "x": ["dep_delay", "temp"], "x_label": "feature", "y_label": label, "threshold": 0.2,
        "series": [{ "name": "impurity_importance", "values": [0.97, 0.15] }],
    });
    let html = page("bars", data);
    assert!(html.contains(&format!(">{label}</text>")));
    assert!(html.contains("<title>threshold 0.2</title>"));
    // The threshold is at a fifth of the scale; a value short of it stands behind its line.
    let values = html.split("<text class=\"value\" x=\"").skip(1);
    let places = values.map(|text| text.split('"').next().unwrap().parse::<f64>().unwrap());
    let line = html.split("class=\"threshold\" d=\"M").nth(1).unwrap();
    let line: f64 = line.split(' ').next().unwrap().parse().unwrap();
    for place in places {
        assert!(
            !(line - 40.0..line).contains(&place),
            "{place} before {line}"
        );
    }
    // So long a heading would push the numbers out of sight.
    assert!(html.contains(">impurity_importance</th>"));
}
