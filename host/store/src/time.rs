//! Points in time as the store writes them: RFC 3339 in UTC with milliseconds, of one width, so
//! that their text sorts as they do.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serializer;

/// A timestamp in a column of the database.
#[derive(Clone, Copy)]
pub(crate) struct Stamp(pub(crate) Timestamp);

impl Stamp {
    /// Now, cut to the milliseconds that are kept.
    pub(crate) fn now() -> Self {
        let now = Timestamp::now();
        Self(Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now))
    }
}

/// The same in the terms of the file system. Nothing here is from before 1970.
pub(crate) fn system(timestamp: Timestamp) -> SystemTime {
    let milliseconds = u64::try_from(timestamp.as_millisecond()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds)
}

fn text(timestamp: Timestamp) -> String {
    format!("{timestamp:.3}")
}

impl ToSql for Stamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(text(self.0).into())
    }
}

impl FromSql for Stamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value
            .as_str()?
            .parse()
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// For `#[serde(serialize_with)]`.
pub(crate) fn serialize<S: Serializer>(
    timestamp: &Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*timestamp))
}

/// For `#[serde(serialize_with)]` where there may be no time yet.
pub(crate) fn serialize_option<S: Serializer>(
    timestamp: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match timestamp {
        Some(timestamp) => serialize(timestamp, serializer),
        None => serializer.serialize_none(),
    }
}
