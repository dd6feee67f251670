//! What expressions result in.

use mlhost_pipeline::expression::{Name, Type};
use serde_json::{Value, json};

use crate::{known, read};

#[track_caller]
fn assert_value(text: &str, expected: Value) {
    let expression = read(text);
    let checked = expression.check(&known());
    assert!(checked.is_ok(), "{text}: {checked:?}");
    assert_eq!(expression.evaluate(&known()), Ok(expected), "{text}");
}

#[track_caller]
fn assert_true(texts: &[&str]) {
    for text in texts {
        assert_value(text, json!(true));
        assert_eq!(read(text).check_bool(&known()), Ok(()), "{text}");
        assert_eq!(read(text).evaluate_bool(&known()), Ok(true), "{text}");
    }
}

#[test]
fn numbers_of_different_types_are_compared() {
    assert_true(&[
        "params.minimum > evaluate.r2",
        "evaluate.r2 < params.minimum",
        "evaluate.mae > 12 && evaluate.mae < 13",
        "1 == 1.0 && 1.0 == 1 && 1 != 1.5",
        "1.0 in [1, 2] && 2 in [2.0]",
        "evaluate.rows >= 1e3",
        "-1 < 0.5 && 0x1F == 31",
        "params.whole == 2 && params.whole / 4.0 == params.share",
    ]);
}

#[test]
fn a_nan_is_unequal_to_everything_and_neither_less_nor_greater() {
    assert_true(&["evaluate.rmse != 1", "evaluate.rmse != evaluate.rmse"]);
    for operator in ["<", "<=", ">", ">=", "=="] {
        for other in ["1", "1.0", "evaluate.rmse", "evaluate.mae"] {
            assert_value(&format!("evaluate.rmse {operator} {other}"), json!(false));
            assert_value(&format!("{other} {operator} evaluate.rmse"), json!(false));
        }
    }
    assert_value("[1.0, evaluate.rmse].all(x, x > 0)", json!(false));
    assert_value("evaluate.rmse in [evaluate.rmse]", json!(false));
}

#[test]
fn names_are_written_in_several_ways() {
    assert_true(&[
        "params.retrain",
        "params['with-dash'] == 3 && params[\"minimum\"] == 1",
        "steps[\"drift-check\"].share_drifted > 0.2",
        "steps['drift-check']['verdict'] == 'warning'",
        "steps.evaluate.r2 == evaluate.r2 && evaluate['r2'] == evaluate . r2",
        "each.max_depth in params.depths",
        "evaluate.outcome == 'done' // and not another",
    ]);
}

#[test]
fn strings_arrays_and_tables_have_their_functions() {
    assert_true(&[
        "size(params.features) == 2 && params.model.size() == 4 && size('é') == 1",
        "params.model.startsWith('t') && params.model.endsWith('ee')",
        "params.model.contains('re') && params.model.matches(r'^t\\w+$')",
        "params.features.all(name, name.size() > 3)",
        "params.depths.exists(depth, depth > 10) && params.depths.exists_one(d, d == 4)",
        "params.depths.filter(d, d > 4).map(d, d * 2) == [16, 24]",
        "params.depths.map(d, d > 4, string(d)) == ['8', '12']",
        "params.depths[0] == 4 && [1] + [2] == [1, 2]",
        "{'a': 1, 'b': [2]}.a == 1 && 'b' in {'b': 1} && has({'a': 1}.a)",
        "'a' + 'b' == 'ab' && 'a' < 'b'",
        "int(1.9) == 1 && double(1) / 2.0 == 0.5 && string(1) == '1' && bool('true')",
        "7 / 2 == 3 && 7 % 2 == 1 && 1.0 / 0.0 > 1e308",
        "params.model == 'tree' ? each.max_depth > 4 : false",
    ]);
    assert_value("params.depths.map(d, d > 4)", json!([false, true, true]));
    assert_value("{'b': 1.5, 'a': null}", json!({"a": null, "b": 1.5}));
}

#[test]
fn a_step_that_was_not_done_has_no_values() {
    assert_true(&[
        "tree.r2 == null && null == tree.rows && !(tree.r2 != null)",
        "!has(tree.r2) && !has(steps.linear.r2) && has(evaluate.r2)",
        "evaluate.r2 != null && tree.outcome == 'skipped'",
        "!(has(tree.r2) && tree.r2 > 0.5)",
        "tree.r2 > 0.5 || evaluate.r2 > 0.4",
        "evaluate.r2 > 0.4 || tree.r2 > 0.5",
    ]);
    for text in ["tree.rows == 0", "tree.rows != 0", "tree.rows in [0]"] {
        let mistake = read(text).evaluate(&known()).unwrap_err();
        assert_eq!(
            mistake.message, "step `tree` was skipped, so it has no `rows`",
            "{text}"
        );
    }
}

#[test]
fn types_are_told() {
    let list = |item: Type| Type::List(Box::new(item));
    for (text, expected) in [
        ("evaluate.r2", Type::Double),
        ("params.minimum + 1", Type::Int),
        ("has(evaluate.r2)", Type::Bool),
        ("params.depths", list(Type::Int)),
        (
            "params.depths.map(d, [string(d)])",
            list(list(Type::String)),
        ),
        ("params.features.filter(f, true)", list(Type::String)),
        ("[]", list(Type::Dyn)),
        ("{'a': 1}", Type::Map),
        ("{'a': 1}.a", Type::Dyn),
        ("params.retrain ? null : 1", Type::Dyn),
        ("null", Type::Null),
    ] {
        assert_eq!(read(text).check(&known()), Ok(expected), "{text}");
    }
}

#[test]
fn references_are_listed_with_their_places() {
    let text = "params.a > b.c && steps[\"d-e\"].f == steps.b.g || \
                params.list.exists(b, b > each.h && has(i.j))";
    let expression = read(text);
    let found: Vec<(String, &str)> = expression
        .references()
        .iter()
        .map(|reference| (reference.name.to_string(), &text[reference.range.clone()]))
        .collect();
    let expected = [
        ("params.a", "params.a"),
        ("b.c", "b.c"),
        ("steps[\"d-e\"].f", "steps[\"d-e\"].f"),
        ("b.g", "steps.b.g"),
        ("params.list", "params.list"),
        ("each.h", "each.h"),
        ("i.j", "i.j"),
    ];
    let expected = expected.map(|(name, written)| (name.to_owned(), written));
    assert_eq!(found, expected);
    let steps: Vec<&str> = expression.steps().collect();
    assert_eq!(steps, ["b", "d-e", "i"]);
}

#[test]
fn the_display_of_a_name_reads_as_that_name() {
    for (step, field) in [
        ("a", "b"),
        ("a-b", "c"),
        ("2nd", "f1@5"),
        ("if", "x"),
        ("steps", "y"),
    ] {
        let name = Name::Field {
            step: step.to_owned(),
            field: field.to_owned(),
        };
        assert_eq!(read(&name.to_string()).references()[0].name, name);
    }
}

#[test]
fn a_boolean_is_demanded() {
    let texts = ["evaluate.r2", "params.depths", "evaluate.outcome"];
    for text in texts {
        let expression = read(text);
        let [checked] = expression
            .check_bool(&known())
            .unwrap_err()
            .try_into()
            .unwrap();
        let evaluated = expression.evaluate_bool(&known()).unwrap_err();
        assert_eq!(checked, evaluated);
        assert!(checked.message.starts_with("expected a boolean, found "));
    }
    assert_eq!(read("{'a': true}.a").check_bool(&known()), Ok(()));
}
