//! The particulars of JSON lines: columns that appear late, nesting, and lines that are no objects.

use mlhost_data::Table;

use crate::support::{Folder, column, types};

#[test]
fn columns_come_in_the_order_in_which_they_appear() {
    let folder = Folder::new();
    folder.put(
        "rows.jsonl",
        "\u{feff}{\"z\": 1, \"a\": null}\n\n{\"a\": \"x\", \"m\": true, \"z\": 2.5}\n",
    );
    let table = folder.open("rows.jsonl").unwrap();
    assert_eq!(types(&table), "z Float64, a Utf8, m Boolean");
    assert_eq!(column(&table, "z"), ["1.0", "2.5"]);
    assert_eq!(column(&table, "a"), ["", "x"]);
    assert_eq!(column(&table, "m"), ["", "true"]);
    assert_eq!(table.num_rows(), Some(2));
}

#[test]
fn numbers_among_text_are_text() {
    let folder = Folder::new();
    folder.put("rows.jsonl", "{\"a\": 1}\n{\"a\": \"x\"}\n{\"a\": true}\n");
    let table = folder.open("rows.jsonl").unwrap();
    assert_eq!(column(&table, "a"), ["1", "x", "true"]);
}

#[test]
fn the_fields_of_objects_are_in_the_order_of_their_names() {
    let folder = Folder::new();
    folder.put(
        "rows.jsonl",
        "{\"at\": {\"y\": 1, \"x\": 2, \"d\": [{\"f\": 1, \"e\": 2}]}}\n\
         {\"at\": {\"c\": true}}\n",
    );
    let table = folder.open("rows.jsonl").unwrap();
    let schema = table.schema();
    let nested = schema.flattened_fields();
    let names: Vec<&str> = nested.iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["at", "c", "d", "item", "e", "f", "x", "y"]);
    assert_eq!(
        column(&table, "at"),
        [
            "{c: , d: [{e: 2, f: 1}], x: 2, y: 1}",
            "{c: true, d: , x: , y: }"
        ]
    );
}

#[test]
fn a_line_that_is_no_object_is_named() {
    let folder = Folder::new();
    folder.put("cut.jsonl", "{\"a\": 1}\n\n{\"a\": 1\n");
    insta::assert_snapshot!(folder.refusal("cut.jsonl"), @"`~/cut.jsonl`, line 3: not valid JSON at column 7");

    folder.put("array.json", "[{\"a\": 1}]\n");
    insta::assert_snapshot!(folder.refusal("array.json"), @"`~/array.json`, line 1: expected a JSON object");

    folder.put("mixed.jsonl", "{\"a\": 1}\n{\"a\": {\"b\": 1}}\n");
    let refusal = folder.refusal("mixed.jsonl");
    assert!(
        refusal.starts_with("`~/mixed.jsonl`, line 2: "),
        "{refusal}"
    );

    folder.put("latin.jsonl", b"{\"a\": \"Z\xfcrich\"}\n");
    insta::assert_snapshot!(folder.refusal("latin.jsonl"), @"`~/latin.jsonl`, line 1: it is not UTF-8 from byte 9 on");
}
