//! A plugin gets the columns that it asked for, and has to ask for columns that are there.

use mlhost_sandbox::{Context, Failure};

use crate::support::{failure, hostile, standard, table};

#[test]
fn only_the_columns_that_are_asked_for() {
    let context = Context::new("step");
    let schema = table(0).schema();
    for (name, params, columns) in [
        ("validate", r#"{ "row_count": { "min": 1 } }"#, vec![]),
        (
            "validate",
            r#"{ "columns": { "x": { "not_null": true } } }"#,
            vec!["x"],
        ),
        ("drift", r#"{ "columns": ["s", "n"] }"#, vec!["s", "n"]),
        ("evaluate", r#"{ "target": "y" }"#, vec!["y", "prediction"]),
    ] {
        let folder = standard(name).folder(&context, params, &schema).unwrap();
        let mut asked = folder.columns().to_vec();
        let mut expected = columns;
        asked.sort();
        expected.sort_unstable();
        assert_eq!(asked, expected, "{name}");
    }
}

#[test]
fn a_column_that_is_not_there_cannot_be_asked_for() {
    let params = r#"{ "attack": "unknown-column" }"#;
    let rows = table(1).project(&[1, 3]).unwrap();
    let Err(error) = hostile().folder(&Context::new("attack"), params, &rows.schema()) else {
        panic!("it opens");
    };
    let Failure::Invalid(what) = failure(error) else {
        panic!("not what it returned");
    };
    assert!(what.contains("which its input does not have"), "{what}");
}
