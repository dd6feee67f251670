//! Reading Arrow arrays as plain values.

use arrow_array::types::Int32Type;
use arrow_array::{
    Array, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array,
    Int64Array, NullArray, StringArray, StringViewArray, TimestampMicrosecondArray, UInt8Array,
};
use arrow_schema::DataType;
use mlhost_statistics::column::{
    BLOCK_ROWS, for_each_block, for_each_class, for_each_present, for_each_text, holds_classes,
    is_numeric, is_textual,
};
use proptest::prelude::*;

fn rows(array: &dyn Array) -> Vec<Option<f64>> {
    let mut rows = Vec::new();
    for_each_block(array, |block| {
        assert_eq!(block.first_row, rows.len());
        assert!(block.values.len() <= BLOCK_ROWS);
        let values = block.values.iter().enumerate();
        rows.extend(values.map(|(row, value)| block.is_valid(row).then_some(*value)));
    })
    .unwrap();
    rows
}

fn texts(array: &dyn Array) -> Vec<Option<String>> {
    let mut texts = Vec::new();
    for_each_text(array, |text| texts.push(text.map(str::to_owned))).unwrap();
    texts
}

fn classes(array: &dyn Array) -> Vec<Option<String>> {
    let mut classes = Vec::new();
    for_each_class(array, |class| classes.push(class.map(str::to_owned))).unwrap();
    classes
}

#[test]
fn numbers_of_every_kind_are_read() {
    assert_eq!(
        rows(&UInt8Array::from(vec![Some(3), None])),
        [Some(3.0), None]
    );
    assert_eq!(rows(&Int64Array::from(vec![-1])), [Some(-1.0)]);
    assert_eq!(rows(&Float32Array::from(vec![0.5])), [Some(0.5)]);
    assert_eq!(
        rows(&BooleanArray::from(vec![Some(true), None, Some(false)])),
        [Some(1.0), None, Some(0.0)]
    );
    assert_eq!(rows(&Date32Array::from(vec![19_000])), [Some(19_000.0)]);
    assert_eq!(
        rows(&TimestampMicrosecondArray::from(vec![5]).with_timezone("UTC")),
        [Some(5.0)]
    );
    let decimals = Decimal128Array::from(vec![1250])
        .with_precision_and_scale(10, 2)
        .unwrap();
    assert_eq!(rows(&decimals), [Some(12.5)]);
    assert_eq!(rows(&NullArray::new(2)), [None, None]);
    assert_eq!(rows(&Float64Array::from(Vec::<f64>::new())), []);
}

#[test]
fn texts_of_every_kind_are_read() {
    let expected = [Some("a".to_owned()), None, Some("b".to_owned())];
    let given = [Some("a"), None, Some("b")];
    assert_eq!(texts(&StringArray::from(given.to_vec())), expected);
    assert_eq!(texts(&StringViewArray::from(given.to_vec())), expected);
    let dictionary: DictionaryArray<Int32Type> = given.into_iter().collect();
    assert_eq!(texts(&dictionary), expected);
    assert_eq!(texts(&dictionary.slice(1, 2)), expected[1..]);
    assert_eq!(
        texts(&UInt8Array::from(vec![Some(7), None])),
        [Some("7".to_owned()), None]
    );
    assert_eq!(texts(&NullArray::new(1)), [None]);
}

#[test]
fn classes_read_alike_whatever_their_type() {
    let named = |class: &str| Some(class.to_owned());
    let zero_one = [named("0"), None, named("1")];
    assert_eq!(
        classes(&StringArray::from(vec![Some("0"), None, Some("1")])),
        zero_one
    );
    assert_eq!(
        classes(&Int64Array::from(vec![Some(0), None, Some(1)])),
        zero_one
    );
    assert_eq!(
        classes(&Float64Array::from(vec![Some(-0.0), None, Some(1.0)])),
        zero_one
    );
    assert_eq!(
        classes(&Float32Array::from(vec![f32::NAN, 0.5])),
        [None, named("0.5")]
    );
    assert_eq!(classes(&BooleanArray::from(vec![true])), [named("true")]);
}

#[test]
fn what_can_be_read_is_known_beforehand() {
    assert!(holds_classes(&DataType::Float32) && holds_classes(&DataType::Utf8));
    assert!(!holds_classes(&DataType::Date32));
    assert!(for_each_class(&Date32Array::from(vec![1]), |_| ()).is_err());
    assert!(is_numeric(&DataType::Float16) && is_textual(&DataType::Int16));
    assert!(!is_numeric(&DataType::Utf8) && !is_textual(&DataType::Float16));
    let text_dictionary = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    assert!(!is_numeric(&text_dictionary) && is_textual(&text_dictionary));
    assert!(for_each_block(&StringArray::from(vec!["1"]), |_| ()).is_err());
    assert!(for_each_text(&Float64Array::from(vec![1.0]), |_| ()).is_err());
}

proptest! {
    #[test]
    fn slices_of_any_length_are_read_with_their_nulls(
        values in prop::collection::vec(prop::option::of(-1000..1000_i64), 0..3000),
        start: usize,
    ) {
        let start = start % (values.len() + 1);
        let expected: Vec<Option<f64>> = values[start..].iter().map(|value| value.map(|value| value as f64)).collect();
        let length = values.len() - start;
        let integers = Int64Array::from(values.clone()).slice(start, length);
        prop_assert_eq!(&rows(&integers), &expected);
        let floats: Float64Array = values.iter().map(|value| value.map(|value| value as f64)).collect();
        prop_assert_eq!(&rows(&floats.slice(start, length)), &expected);

        let mut present = Vec::new();
        let nulls = for_each_present(&integers, |values| present.extend_from_slice(values)).unwrap();
        prop_assert_eq!(nulls as usize, expected.iter().filter(|value| value.is_none()).count());
        prop_assert_eq!(present, expected.into_iter().flatten().collect::<Vec<_>>());
    }
}
