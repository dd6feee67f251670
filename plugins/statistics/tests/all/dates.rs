//! Dates and times as numbers and as texts.

use arrow_schema::{DataType, TimeUnit};
use mlhost_statistics::DateUnit;
use proptest::prelude::*;

const UNITS: [DateUnit; 6] = [
    DateUnit::Days,
    DateUnit::DaysInMilliseconds,
    DateUnit::Seconds,
    DateUnit::Milliseconds,
    DateUnit::Microseconds,
    DateUnit::Nanoseconds,
];

#[test]
fn units_are_those_of_arrow() {
    let of = |data_type| DateUnit::of(&data_type);
    assert_eq!(of(DataType::Date32), Some(DateUnit::Days));
    assert_eq!(of(DataType::Date64), Some(DateUnit::DaysInMilliseconds));
    let microseconds = DataType::Timestamp(TimeUnit::Microsecond, Some("+02:00".into()));
    assert_eq!(of(microseconds), Some(DateUnit::Microseconds));
    assert_eq!(of(DataType::Time32(TimeUnit::Second)), None);
    assert_eq!(of(DataType::Int64), None);
}

#[test]
fn texts_are_numbers_of_the_unit() {
    assert_eq!(DateUnit::Days.number("1970-01-02"), Ok(1.0));
    assert_eq!(DateUnit::Days.number("1969-12-31T12:00:00Z"), Ok(-0.5));
    assert_eq!(
        DateUnit::Seconds.number("1970-01-01T02:00:00+02:00"),
        Ok(0.0)
    );
    // date +%s%6N -d 2024-03-01T08:00:00.123457Z
    let microseconds = DateUnit::Microseconds.number("2024-03-01T08:00:00.123457");
    assert_eq!(microseconds, Ok(1_709_280_000_123_457.0));
    let refused = DateUnit::Days.number("yesterday").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`yesterday` is no date or time such as `2013-07-01` or `2013-07-01T06:00:00Z`"
    );
}

#[test]
fn numbers_are_written_as_people_do() {
    assert_eq!(DateUnit::Days.written(15_887.0), "2013-07-01");
    assert_eq!(DateUnit::Days.written(15_887.5), "2013-07-01T12:00:00Z");
    assert_eq!(
        DateUnit::DaysInMilliseconds.written(86_400_000.0),
        "1970-01-02"
    );
    assert_eq!(DateUnit::Seconds.written(-1.0), "1969-12-31T23:59:59Z");
    assert_eq!(
        DateUnit::Seconds.written(1.0 / 3.0),
        "1970-01-01T00:00:00.333333Z"
    );
    assert_eq!(DateUnit::Days.written(4e9), "345600000000000 s");
    assert_eq!(DateUnit::Seconds.written(f64::INFINITY), "inf s");
    assert_eq!(DateUnit::Nanoseconds.written(f64::NAN), "NaN s");
    assert_eq!(DateUnit::Days.written(f64::MAX), "inf s");
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_number(
        microseconds in -62_135_596_800_000_000_i64..253_402_207_199_000_000,
        place in 0_usize..6,
    ) {
        let unit = UNITS[place];
        let number = match unit {
            DateUnit::Microseconds => microseconds as f64,
            DateUnit::Nanoseconds => (microseconds / 1_000_000) as f64 * 1e9 + 12_345.0,
            unit => (microseconds as f64 / 1e6 * unit.per_second()).floor(),
        };
        prop_assert_eq!(unit.number(&unit.written(number)), Ok(number));
    }
}
