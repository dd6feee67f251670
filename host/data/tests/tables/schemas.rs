//! The columns of a table of several files, and what makes them differ.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use mlhost_data::Table;
use parquet::arrow::ArrowWriter;

use crate::support::{Folder, all_rows, column, flights, types};

#[test]
fn a_difference_is_named_with_both_files() {
    let folder = Folder::new();
    folder.put("a1.csv", "day,delay\n1,2\n");
    folder.put("a2.csv", "day\n1\n");
    insta::assert_snapshot!(folder.refusal("a*.csv"), @"`~/a2.csv` does not have the columns of `~/a1.csv`: column `delay` is missing");

    folder.put("b1.csv", "day\n1\n");
    folder.put("b2.csv", "day\n1\n");
    folder.put("b3.csv", "day,gate\n1,2\n");
    insta::assert_snapshot!(folder.refusal("b*.csv"), @"`~/b3.csv` does not have the columns of `~/b1.csv`: column `gate` is added");

    folder.put("c1.csv", "day\n1\n");
    folder.put("c2.csv", "day\nMonday\n");
    insta::assert_snapshot!(folder.refusal("c*.csv"), @"`~/c2.csv` does not have the columns of `~/c1.csv`: column `day` is Utf8 and not Int64, from line 2 on: `Monday`");
}

#[test]
fn a_type_inferred_from_text_is_widened_to_fit_all_files() {
    let folder = Folder::new();
    folder.put("1.csv", "a,b,c,d\n1,,2013-01-01,x\n");
    folder.put("2.csv", "a,b,c,d\n1.5,true,2013-01-01T10:00:00.5,y\n");
    folder.put("3.csv", "a,b,c,d\n,false,2013-01-02T10:00:00,z\n");
    let table = folder.open("*.csv").unwrap();
    assert_eq!(
        types(&table),
        "a Float64, b Boolean, c Timestamp(ms), d Utf8"
    );
    assert_eq!(column(&table, "a"), ["1.0", "1.5", ""]);
    assert_eq!(column(&table, "b"), ["", "true", "false"]);
    assert_eq!(column(&table, "c")[0], "2013-01-01T00:00:00");
    assert_eq!(all_rows(&table).num_rows(), 3);
}

#[test]
fn columns_are_the_same_in_another_order() {
    let folder = Folder::new();
    folder.put("1.csv", "a,b\n1,x\n");
    folder.put("2.csv", "b,a\ny,2\n");
    let table = folder.open("*.csv").unwrap();
    assert_eq!(types(&table), "a Int64, b Utf8");
    assert_eq!(column(&table, "a"), ["1", "2"]);
    assert_eq!(column(&table, "b"), ["x", "y"]);
}

#[test]
fn types_that_are_stated_are_not_widened() {
    let folder = Folder::new();
    folder.write("1.parquet", &[flights().project(&[0]).unwrap()]);
    let years: ArrayRef = Arc::new(Int32Array::from(vec![2013]));
    folder.write(
        "2.parquet",
        &[RecordBatch::try_from_iter([("year", years)]).unwrap()],
    );
    insta::assert_snapshot!(folder.refusal("*.parquet"), @"`~/2.parquet` does not have the columns of `~/1.parquet`: column `year` is Int32 and not Int64");
}

#[test]
fn a_column_may_miss_values_if_it_may_in_one_file() {
    let folder = Folder::new();
    let batch = |nullable| {
        let fields = vec![Field::new("n", DataType::Int32, nullable)];
        let values: ArrayRef = Arc::new(Int32Array::from(vec![1]));
        RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![values]).unwrap()
    };
    folder.write("1.parquet", &[batch(false)]);
    assert!(
        !folder
            .open("1.parquet")
            .unwrap()
            .schema()
            .field(0)
            .is_nullable()
    );
    folder.write("2.parquet", &[batch(true)]);
    let table = folder.open("*.parquet").unwrap();
    assert!(table.schema().field(0).is_nullable());
    assert_eq!(column(&table, "n"), ["1", "1"]);
}

#[test]
fn names_of_columns_are_distinct() {
    let folder = Folder::new();
    folder.put("twice.csv", "a,b,a\n1,2,3\n");
    insta::assert_snapshot!(folder.refusal("twice.csv"), @"`~/twice.csv` has more than one column `a`");
}

#[test]
fn who_wrote_a_file_is_not_part_of_its_schema() {
    let folder = Folder::new();
    let metadata = HashMap::from([("pandas".to_owned(), "{}".to_owned())]);
    let schema = flights().schema().as_ref().clone().with_metadata(metadata);
    let batch = RecordBatch::try_new(Arc::new(schema), flights().columns().to_vec()).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    folder.put("pandas.parquet", writer.into_inner().unwrap());

    let table = folder.open("pandas.parquet").unwrap();
    assert_eq!(table.schema(), flights().schema());
    assert_eq!(all_rows(&table), flights());
}

#[test]
fn a_file_of_another_format_is_refused_by_name() {
    let folder = Folder::new();
    folder.put("text.parquet", "a,b\n1,2\n");
    folder.put("text.arrow", "a,b\n1,2\n");
    folder.put("cut.arrow", "ARROW1\0\0");
    for name in ["text.parquet", "text.arrow", "cut.arrow"] {
        let refusal = folder.refusal(name);
        assert!(
            refusal.starts_with(&format!("cannot read `~/{name}`: ")),
            "{refusal}"
        );
    }
    folder.put("empty.parquet", "");
    insta::assert_snapshot!(folder.refusal("empty.parquet"), @"`~/empty.parquet` is empty, so that its columns are unknown");
}
