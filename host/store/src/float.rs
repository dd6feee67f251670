//! Floats in JSON with those that JSON lacks: NaN and the infinities become texts, in the words of
//! the JSON mapping of Protocol Buffers. For `#[serde(with = "float")]`.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

const NAN: &str = "NaN";
const INFINITY: &str = "Infinity";
const NEGATIVE_INFINITY: &str = "-Infinity";

pub(crate) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    match *value {
        value if value.is_finite() => serializer.serialize_f64(value),
        value if value.is_nan() => serializer.serialize_str(NAN),
        value if value > 0.0 => serializer.serialize_str(INFINITY),
        _ => serializer.serialize_str(NEGATIVE_INFINITY),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match Float::deserialize(deserializer)? {
        Float::Number(value) => Ok(value),
        Float::Text(text) => match text.as_str() {
            NAN => Ok(f64::NAN),
            INFINITY => Ok(f64::INFINITY),
            NEGATIVE_INFINITY => Ok(f64::NEG_INFINITY),
            _ => Err(D::Error::custom(format!("`{text}` is not a number"))),
        },
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number, `NaN`, `Infinity` or `-Infinity`"
)]
enum Float {
    Number(f64),
    Text(String),
}
