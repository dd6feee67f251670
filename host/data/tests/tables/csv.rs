//! The particulars of CSV: what is read as missing, and where a file is not what it should be.

use mlhost_data::{MAX_BATCH_ROWS, Table};
use mlhost_pipeline::CsvOptions;

use crate::support::{Folder, column, failure, types};

#[test]
fn types_are_inferred_from_all_rows() {
    let folder = Folder::new();
    let mut text = "a,b,c\n".to_owned();
    text.push_str(&"1,2013-01-01,1\n".repeat(MAX_BATCH_ROWS));
    text.push_str("1.5,2013-01-01,x\n");
    folder.put("late.csv", text);
    let table = folder.open("late.csv").unwrap();
    assert_eq!(types(&table), "a Float64, b Date32, c Utf8");
    assert_eq!(column(&table, "a").last().unwrap(), "1.5");
}

#[test]
fn stated_texts_stand_for_missing_values() {
    let folder = Folder::new();
    folder.put("nulls.csv", "a,b\nNA,x\n3,-\n4,NA.\n");
    let options = CsvOptions {
        null_values: vec!["NA".to_owned(), "-".to_owned()],
        ..CsvOptions::default()
    };
    let table = folder.open_with("nulls.csv", &options).unwrap();
    assert_eq!(types(&table), "a Int64, b Utf8");
    assert_eq!(column(&table, "a"), ["", "3", "4"]);
    assert_eq!(column(&table, "b"), ["x", "", "NA."]);
}

#[test]
fn an_empty_field_is_missing_only_if_that_is_stated() {
    let folder = Folder::new();
    folder.put("empty.csv", "a,b\n,\nx,y\n");
    let nulls = |null_values| {
        let options = CsvOptions {
            null_values,
            ..CsvOptions::default()
        };
        let table = folder.open_with("empty.csv", &options).unwrap();
        let batch = table.scan_part(0, &["a".to_owned()]).unwrap().next();
        batch.unwrap().unwrap().column(0).null_count()
    };
    assert_eq!(nulls(vec![String::new()]), 1);
    assert_eq!(nulls(vec!["NA".to_owned()]), 0);
    assert_eq!(nulls(vec![]), 0);
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_name() {
    let folder = Folder::new();
    folder.put("mark.csv", "\u{feff}a,b\n1,2\n");
    let table = folder.open("mark.csv").unwrap();
    assert_eq!(types(&table), "a Int64, b Int64");
    assert_eq!(column(&table, "a"), ["1"]);
}

#[test]
fn quotes_hold_delimiters_line_breaks_and_quotes() {
    let folder = Folder::new();
    folder.put("quotes.csv", "a,b\r\n\"x,\"\"y\"\"\r\nz\",1\r\nw,2\r\n");
    let table = folder.open("quotes.csv").unwrap();
    assert_eq!(column(&table, "a"), ["x,\"y\"\r\nz", "w"]);
    assert_eq!(column(&table, "b"), ["1", "2"]);
    assert_eq!(table.num_rows(), Some(2));
}

#[test]
fn header_and_delimiter_are_as_stated() {
    let folder = Folder::new();
    folder.put("plain.csv", "1;x\n2;y\n");
    let options = CsvOptions {
        delimiter: b';',
        header: false,
        ..CsvOptions::default()
    };
    let table = folder.open_with("plain.csv", &options).unwrap();
    assert_eq!(types(&table), "column_1 Int64, column_2 Utf8");
    assert_eq!(column(&table, "column_2"), ["x", "y"]);
}

#[test]
fn a_ragged_row_is_named_with_its_line() {
    let folder = Folder::new();
    folder.put("short.csv", "a,b\n1,2\n3\n");
    insta::assert_snapshot!(folder.refusal("short.csv"), @"`~/short.csv`, line 3: expected 2 fields, found 1");

    folder.put("blank.csv", "a,b\n\n1,2\n\n\n3\n");
    insta::assert_snapshot!(folder.refusal("blank.csv"), @"`~/blank.csv`, line 6: expected 2 fields, found 1");

    // Records are not lines: the second takes two.
    folder.put("long.csv", "a,b\n\"1\n1\",2\n3,4,5\n");
    insta::assert_snapshot!(folder.refusal("long.csv"), @"`~/long.csv`, line 4: expected 2 fields, found 3");
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let folder = Folder::new();
    folder.put("latin.csv", b"a,b\nx,y\nx,Z\xfcrich\n");
    insta::assert_snapshot!(folder.refusal("latin.csv"), @"`~/latin.csv`, line 3: field 2 is not UTF-8 from byte 2 on");
}

#[test]
fn a_value_that_only_looks_like_its_type_is_named_with_its_line() {
    let folder = Folder::new();
    let mut text = "note,day\n\"two\nlines\",2013-01-01\n".to_owned();
    text.push_str(&"x,2013-01-01\n".repeat(MAX_BATCH_ROWS + 10));
    text.push_str("y,2013-02-30\nz,2013-01-01\n");
    folder.put("days.csv", text);
    let table = folder.open("days.csv").unwrap();
    assert_eq!(types(&table), "note Utf8, day Date32");
    insta::assert_snapshot!(
        folder.message(&failure(&table, "day")),
        @"`~/days.csv`, line 65550: `2013-02-30` in column `day` is not a valid Date32"
    );
    // Who does not ask for the column does not meet the value.
    assert_eq!(column(&table, "note").len(), MAX_BATCH_ROWS + 13);
}

#[test]
fn a_file_without_a_line_has_no_columns() {
    let folder = Folder::new();
    folder.put("none.csv", "");
    insta::assert_snapshot!(folder.refusal("none.csv"), @"`~/none.csv` is empty, so that its columns are unknown");

    folder.put("header.csv", "a,b\n");
    let table = folder.open("header.csv").unwrap();
    assert_eq!(types(&table), "a Null, b Null");
    assert_eq!((table.num_rows(), table.num_parts()), (Some(0), 1));
}
