//! A pipeline as TOML again, with everything that was put over it.

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::Value;
use toml::value::Datetime;

use crate::error::Error;
use crate::node::{Content, Entry, Node};
use crate::pipeline::Pipeline;

impl Pipeline {
    /// The file with everything that was put over it and the values of its parameters, without
    /// profiles and comments. Read as a file of its own, it is the same pipeline.
    ///
    /// # Errors
    /// [`Error::NotPrintable`], which would be a fault in this crate.
    pub fn to_toml(&self) -> Result<String, Error> {
        toml::to_string(&Table(&self.document)).map_err(|error| Error::NotPrintable {
            reason: error.to_string(),
        })
    }

    /// The same as JSON: dates and times are texts, and so are numbers that JSON does not have.
    pub fn to_json(&self) -> Value {
        let content = Content::Table(self.document.clone());
        Node::new(0..0, content).to_json_or_text()
    }
}

struct Table<'a>(&'a [Entry]);

impl Serialize for Table<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for entry in self.0 {
            map.serialize_entry(&entry.name, &Written(&entry.node))?;
        }
        map.end()
    }
}

struct Written<'a>(&'a Node);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.content {
            Content::Boolean(value) => serializer.serialize_bool(*value),
            Content::Integer(value) => serializer.serialize_i64(*value),
            Content::Float(value) => serializer.serialize_f64(*value),
            Content::String(text) => serializer.serialize_str(text),
            Content::Datetime(text) => {
                let datetime: Datetime = text.parse().map_err(S::Error::custom)?;
                datetime.serialize(serializer)
            }
            Content::Array(items) => serializer.collect_seq(items.iter().map(Written)),
            Content::Table(entries) => Table(entries).serialize(serializer),
            Content::Invalid => Err(S::Error::custom("a value is not valid")),
        }
    }
}
