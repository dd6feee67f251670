//! The types of the columns of a CSV file, learnt from all its values by the rules of Arrow's
//! reader, which is to read them afterwards. Nearly every value is told by its characters; the
//! regular expressions of Arrow's own inference, which is ten times slower, decide about the rest.

use std::sync::LazyLock;

use arrow::datatypes::{DataType, TimeUnit};
use csv::{ReaderBuilder, StringRecord};
use mlhost_pipeline::CsvOptions;
use regex::RegexSet;

use super::text::TextReader;

/// The patterns of Arrow's inference, in its order: the first that matches is the kind of a value.
static PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the patterns are constant and a test uses them all"
    )]
    RegexSet::new([
        r"(?i)^(true)$|^(false)$(?-i)",
        r"^[+-]?(\d+)$",
        r"^[+-]?((\d*\.\d+|\d+\.\d*)([eE][-+]?\d+)?|\d+([eE][-+]?\d+))$",
        r"^\d{4}-\d\d-\d\d$",
        r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[^\d\.].*)?$",
        r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{1,3}(?:[^\d].*)?$",
        r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{1,6}(?:[^\d].*)?$",
        r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{1,9}(?:[^\d].*)?$",
    ])
    .expect("the patterns are valid")
});

const BOOLEAN: u16 = 1;
const INTEGER: u16 = 1 << 1;
const FLOAT: u16 = 1 << 2;
const DATE: u16 = 1 << 3;
const SECOND: u16 = 1 << 4;
const MILLISECOND: u16 = 1 << 5;
const MICROSECOND: u16 = 1 << 6;
const NANOSECOND: u16 = 1 << 7;
const TEXT: u16 = 1 << 8;

/// The kinds of all values of a column that were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kinds(u16);

impl Kinds {
    /// Takes note of a value that is not missing.
    pub(super) fn add(&mut self, value: &str) {
        self.0 |= by_characters(value.as_bytes()).unwrap_or_else(|| by_pattern(value));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether nothing more can change the type.
    fn is_text(self) -> bool {
        self.0 & TEXT != 0
    }

    /// The type that fits all values.
    pub(super) fn data_type(self) -> DataType {
        const TIMES: u16 = DATE | SECOND | MILLISECOND | MICROSECOND | NANOSECOND;
        let time = |unit| DataType::Timestamp(unit, None);
        match self.0 {
            0 => DataType::Null,
            BOOLEAN => DataType::Boolean,
            INTEGER => DataType::Int64,
            kinds if kinds & !(INTEGER | FLOAT) == 0 => DataType::Float64,
            kinds if kinds & !TIMES != 0 => DataType::Utf8,
            kinds if kinds & NANOSECOND != 0 => time(TimeUnit::Nanosecond),
            kinds if kinds & MICROSECOND != 0 => time(TimeUnit::Microsecond),
            kinds if kinds & MILLISECOND != 0 => time(TimeUnit::Millisecond),
            kinds if kinds & SECOND != 0 => time(TimeUnit::Second),
            _ => DataType::Date32,
        }
    }
}

/// The kind of the usual numbers, dates and times; nothing for whatever else.
fn by_characters(value: &[u8]) -> Option<u16> {
    let digits = match value {
        [b'+' | b'-', digits @ ..] => digits,
        digits => digits,
    };
    let whole = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    match &digits[whole..] {
        // A number of so few digits fits into 64 bits.
        [] if (1..=18).contains(&whole) => Some(INTEGER),
        [b'.', fraction @ ..] => {
            let all_digits = fraction.iter().all(u8::is_ascii_digit);
            (all_digits && whole + fraction.len() > 0).then_some(FLOAT)
        }
        [first, ..] if whole == 0 && first.is_ascii_alphabetic() => by_letters(value),
        [b'-', ..] if whole == 4 && digits.len() == value.len() => date_or_time(value),
        _ => None,
    }
}

/// Text that begins with a letter is a truth value, one of a few floats, or no more than text.
fn by_letters(value: &[u8]) -> Option<u16> {
    let ascii = value.is_ascii() && !value.starts_with(b"+");
    let special = matches!(value, b"NaN" | b"nan" | b"inf" | b"-inf");
    let truth = value.eq_ignore_ascii_case(b"true") || value.eq_ignore_ascii_case(b"false");
    match (ascii, special, truth) {
        (false, ..) => None,
        (_, true, _) => Some(FLOAT),
        (_, _, true) => Some(BOOLEAN),
        _ => Some(TEXT),
    }
}

fn date_or_time(value: &[u8]) -> Option<u16> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b' '),
        other => byte == other,
    };
    let fits = value.iter().zip(SHAPE).all(fits);
    match value.len() {
        10 if fits => Some(DATE),
        19 if fits => Some(SECOND),
        _ => None,
    }
}

fn by_pattern(value: &str) -> u16 {
    if value.starts_with('"') {
        return TEXT;
    }
    let kind = PATTERNS.matches(value).into_iter().next();
    match kind.map(|kind| 1 << kind) {
        Some(INTEGER) if value.len() >= 19 && value.parse::<i64>().is_err() => TEXT,
        Some(kind) => kind,
        None if matches!(value, "NaN" | "nan" | "inf" | "-inf") => FLOAT,
        None => TEXT,
    }
}

/// What the rows of a range are like.
pub(super) struct Inferred {
    pub(super) kinds: Vec<Kinds>,
    pub(super) rows: u64,
}

/// Why the rows of a range are no table of some columns; the file is read again to say where.
#[derive(Debug)]
pub(super) struct NoTable;

/// Goes through the rows of a range that have `width` fields each, behind the header if there is
/// one.
pub(super) fn infer(
    reader: TextReader,
    options: &CsvOptions,
    header: bool,
    width: usize,
) -> Result<Inferred, NoTable> {
    let mut reader = ReaderBuilder::new()
        .has_headers(header)
        .flexible(true)
        .delimiter(options.delimiter)
        .from_reader(reader);
    let mut record = StringRecord::new();
    let mut kinds = vec![Kinds::default(); width];
    let mut rows = 0;
    while reader.read_record(&mut record).map_err(|_| NoTable)? {
        if record.len() != width {
            return Err(NoTable);
        }
        rows += 1;
        for (kinds, value) in kinds.iter_mut().zip(&record) {
            let missing = || options.null_values.iter().any(|text| text == value);
            if !kinds.is_text() && !missing() {
                kinds.add(value);
            }
        }
    }
    Ok(Inferred { kinds, rows })
}

#[cfg(test)]
mod tests {
    use arrow::csv::reader::Format;
    use proptest::prelude::*;

    use super::Kinds;

    /// The type that Arrow's own inference gives to a column.
    fn by_arrow(values: &[String]) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for value in values {
            writer.write_record([value]).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let (schema, _) = Format::default()
            .infer_schema(text.as_slice(), None)
            .unwrap();
        schema.field(0).data_type().to_string()
    }

    /// Texts that look like values of some type, and nearly so.
    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            "[+-]?[0-9]{1,21}",
            r"[+-]?[0-9]{0,3}\.[0-9]{0,3}([eE][+-]?[0-9]{0,2})?",
            "(true|FALSE|True|fal\u{17f}e|NaN|nan|inf|-inf|\\+inf|e|\u{661}\u{662})",
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T x][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,10})?(Z|[+]01:00| )?)?",
            "[+-]?[0-9eEtT.:x\" -]{1,12}",
            "\\PC{1,6}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn types_are_those_that_arrow_infers(values in prop::collection::vec(value(), 1..4)) {
            let mut kinds = Kinds::default();
            for value in values.iter().filter(|value| !value.is_empty()) {
                kinds.add(value);
            }
            prop_assert_eq!(kinds.data_type().to_string(), by_arrow(&values));
        }
    }
}
