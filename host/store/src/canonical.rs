//! JSON that has one text for one value (RFC 8785): keys sorted, numbers in one form, no spaces.
//! The digest of this text is the identity of a model, and of anything else that is compared by
//! value.

use serde_json::{Number, Value};

use crate::Error;

/// Integers up to this size are kept by every reader of JSON (2^53, RFC 8785 section 3.2.2.3).
const LARGEST_EXACT: u64 = 1 << 53;

/// The canonical JSON of a value.
///
/// It takes a [`Value`] and not whatever can be serialised, because a NaN on its way to JSON turns
/// into `null` without a word: who has floats that may be NaN decides what becomes of them.
///
/// RFC 8785 knows the numbers of IEEE 754 double precision only. An integer that would come back
/// as another one is refused here, because two values would share one digest.
///
/// # Errors
///
/// [`Error::InexactInteger`] for such an integer.
pub fn canonical_json(value: &Value) -> Result<Vec<u8>, Error> {
    if let Some((path, integer)) = inexact_integer(value) {
        return Err(Error::InexactInteger {
            pointer: pointer(&path),
            integer: integer.to_string(),
        });
    }
    serde_json_canonicalizer::to_vec(value).map_err(|source| Error::NotJson { source })
}

/// The first integer that canonical JSON would change, and the way to it, innermost key first.
fn inexact_integer(value: &Value) -> Option<(Vec<String>, &Number)> {
    let within = |key: String, child| {
        let (mut path, integer) = inexact_integer(child)?;
        path.push(key);
        Some((path, integer))
    };
    match value {
        Value::Number(number) if !is_kept(number) => Some((Vec::new(), number)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| within(index.to_string(), item)),
        Value::Object(map) => map.iter().find_map(|(key, item)| within(key.clone(), item)),
        _ => None,
    }
}

fn is_kept(number: &Number) -> bool {
    let magnitude = match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive,
        (None, Some(negative)) => negative.unsigned_abs(),
        (None, None) => return true,
    };
    // Some larger ones are kept too, and must be accepted: a float such as 1e17 is written
    // without a point, and is an integer to whoever reads it back.
    magnitude <= LARGEST_EXACT
        || serde_json_canonicalizer::to_string(number).is_ok_and(|text| text == number.to_string())
}

/// An RFC 6901 pointer, from the innermost key to the outermost.
fn pointer(path: &[String]) -> String {
    path.iter()
        .rev()
        .map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1")))
        .collect()
}
