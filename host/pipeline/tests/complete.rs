//! A pipeline that uses everything the format has: what is read from it, and its plan.

#![expect(clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use mlhost_pipeline::{Format, Limit, Pipeline, PluginReference, Selection, Source, parse};
use serde_json::json;

fn pipeline() -> Pipeline {
    with_overrides(&[])
}

fn with_overrides(overrides: &[(&str, &str)]) -> Pipeline {
    let overrides: Vec<(String, String)> = overrides
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let source = Source::new("pipeline.toml", common::COMPLETE);
    parse(source, &overrides).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

#[test]
fn models_enter_an_experiment() {
    let text = common::COMPLETE.replacen("\nseed", "\nexperiment = \"arr-delay\"\nseed", 1);
    let pipeline = parse(Source::new("pipeline.toml", text), &[]);
    let pipeline = pipeline.unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    assert_eq!(pipeline.experiment.as_deref(), Some("arr-delay"));
}

#[test]
fn the_head_and_the_parameters_are_read() {
    let pipeline = pipeline();
    assert_eq!(pipeline.name, "flights");
    assert_eq!(pipeline.experiment, None);
    assert_eq!(pipeline.seed, 42);
    assert_eq!(pipeline.keep_runs, Some(50));
    let params = serde_json::Value::Object(pipeline.params);
    assert_eq!(
        params,
        json!({
            "month": 7, "share": 0.99, "target": "arr_delay", "strict": true,
            "features": ["dep_delay", "distance"], "floor": 0.8,
        })
    );
}

#[test]
fn data_has_its_format_from_the_key_or_from_the_ending() {
    let pipeline = pipeline();
    let names: Vec<&String> = pipeline.data.keys().collect();
    assert_eq!(names, ["train", "test", "august"]);

    assert_eq!(pipeline.data["train"].format, Format::Parquet);

    let test = &pipeline.data["test"];
    assert_eq!(test.path, "data/month-7.tsv");
    assert_eq!(test.format, Format::Csv);
    assert_eq!((test.csv.delimiter, test.csv.header), (b'\t', true));
    assert_eq!(test.csv.null_values, ["", "NA"]);

    let august = &pipeline.data["august"];
    assert_eq!(august.format, Format::Csv);
    assert_eq!((august.csv.delimiter, august.csv.header), (b';', false));
    assert_eq!(august.csv.null_values, [""]);
    let path = &common::COMPLETE[august.path_span()];
    assert_eq!(path, "\"data/august-*.txt\"");
}

#[test]
fn a_selection_becomes_json_that_can_be_read_back() {
    let pipeline = pipeline();
    let selections = pipeline.data.values().map(|data| {
        let json = serde_json::to_string(&data.selection).unwrap();
        let again: Selection = serde_json::from_str(&json).unwrap();
        assert_eq!(again, data.selection, "{json}");
        format!("{}: {json}", data.table_names().join(", "))
    });
    insta::assert_snapshot!(selections.collect::<Vec<_>>().join("\n"));
}

#[test]
fn steps_keep_the_order_of_the_file_and_their_limits() {
    let pipeline = pipeline();
    let names: Vec<&String> = pipeline.steps.keys().collect();
    assert_eq!(
        names,
        [
            "evaluate",
            "validate",
            "own",
            "preprocess",
            "tree",
            "linear",
            "drift"
        ]
    );
    let validate = &pipeline.steps["validate"];
    assert_eq!(validate.timeout, Some(Duration::from_secs(90 * 60)));
    assert_eq!(validate.memory, Some(512 * 1024 * 1024));
    assert_eq!(validate.plugin.to_string(), "mlhost:validate@0.1.0");
    assert_eq!(
        pipeline.steps["own"].plugin,
        PluginReference::File("./plugins/own.wasm".to_owned())
    );
    assert_eq!(pipeline.steps["evaluate"].after, ["drift"]);
}

#[test]
fn every_limit_is_set_for_all_steps_and_for_one() {
    for limit in Limit::ALL {
        let [of_all, of_one] = [2, 3].map(|times| limit.default_value() * times);
        let assigned = limit.assigned(of_one);
        let own = match limit {
            // These two are keys of the step itself.
            Limit::Timeout | Limit::Memory => assigned,
            _ => format!("limits = {{ {assigned} }}"),
        };
        let text = format!(
            "mlhost = 1\nname = \"limits\"\n\n[limits]\n{}\n\n[data.rows]\npath = \"rows.csv\"\n\n\
             [steps.one]\nplugin = \"validate\"\ninput = \"rows\"\n{own}\n",
            limit.assigned(of_all)
        );
        let pipeline = parse(Source::new("pipeline.toml", text), &[]);
        let pipeline = pipeline.unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        assert_eq!(pipeline.limits.get(limit), Some(of_all), "{limit:?}");
        assert_eq!(
            pipeline.steps["one"].limits.get(limit),
            Some(of_one),
            "{limit:?}"
        );
    }
}

#[test]
fn parameters_keep_their_type_alone_and_become_text_in_a_text() {
    let pipeline = pipeline();
    assert_eq!(
        pipeline.steps["validate"].with,
        json!({
            "since": "2013-01-01",
            "checks": [
                { "column": "arr_delay", "not_null": { "mostly": 0.99 } },
                { "column": "cost in ${USD}", "strict": true },
            ],
        })
    );
    assert_eq!(
        pipeline.steps["preprocess"].with,
        json!({ "columns": ["dep_delay", "distance"], "note": "7 of 0.99" })
    );
    assert_eq!(pipeline.steps["own"].with, json!({}));
    assert_eq!(
        pipeline.steps["tree"].register.as_deref(),
        Some("arr_delay-tree")
    );
}

#[test]
fn gates_hold_bounds_that_pass_at_the_bound_and_never_for_nan() {
    let pipeline = pipeline();
    let gates = &pipeline.steps["evaluate"].gates;
    assert_eq!(
        (gates[0].metric.as_str(), gates[0].minimum),
        ("r2", Some(0.8))
    );
    assert_eq!(gates[0].maximum, None);
    let rmse = &gates[1];
    assert_eq!(rmse.metric, "rmse/all");
    let passes = [-0.1, 0.0, 30.5, 30.6, f64::NAN].map(|value| rmse.passes(value));
    assert_eq!(passes, [false, true, true, false, false]);
}

#[test]
fn the_plan_is_in_order_of_need_and_else_of_the_file() {
    let plan = pipeline().plan(common::kind_by_name).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&plan).unwrap());
}

#[test]
fn overrides_take_toml_values_of_the_declared_type() {
    let pipeline = with_overrides(&[
        ("month", "8"),
        ("share", "1"),
        ("strict", "false"),
        ("features", "[\"month\"]"),
        ("floor", "-1e-3"),
    ]);
    assert_eq!(pipeline.data["test"].path, "data/month-8.tsv");
    assert_eq!(pipeline.params["share"], json!(1.0));
    assert_eq!(pipeline.params["strict"], json!(false));
    assert_eq!(
        pipeline.steps["preprocess"].with["columns"],
        json!(["month"])
    );
    assert_eq!(pipeline.steps["evaluate"].gates[0].minimum, Some(-0.001));
}

#[test]
fn an_override_of_a_string_needs_no_quotes() {
    for (text, expected) in [
        ("dep_delay", "dep_delay"),
        ("\"dep_delay\"", "dep_delay"),
        ("2013", "2013"),
        ("true", "true"),
        ("a b = c", "a b = c"),
        ("", ""),
    ] {
        let source = "mlhost = 1\nname = \"a\"\nparams.text = \"x\"\ndata.d.path = \"d.csv\"\n\
                      steps.s = { plugin = \"p\", input = \"d\", with.t = \"${params.text}\" }";
        let overrides = [("text".to_owned(), text.to_owned())];
        let pipeline = parse(Source::new("p", source), &overrides).unwrap();
        assert_eq!(pipeline.steps["s"].with, json!({ "t": expected }));
    }
}

#[test]
fn the_last_override_of_a_parameter_counts() {
    let pipeline = with_overrides(&[("month", "8"), ("month", "9")]);
    assert_eq!(pipeline.params["month"], json!(9));
}
