//! Parameters from JSON, and states to and from bytes.
//!
//! States are written with postcard: compact, and equal values have equal bytes.
//! A first byte names the encoding, so that a later SDK can read old states.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, Result};

const POSTCARD: u8 = 1;

/// Parameters from the JSON text that the host hands over.
pub(crate) fn decode_params<P: DeserializeOwned>(json: &str) -> Result<P> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        // serde_json appends its own line and column, of a text the user never sees.
        let message = error.into_inner().to_string();
        let message = message
            .rsplit_once(" at line ")
            .map_or(&*message, |(message, _)| message);
        Error::params(pointer, message)
    })
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The JSON Schema of parameters, every definition in place.
pub(crate) fn params_schema<P: JsonSchema>() -> String {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings
        .into_generator()
        .into_root_schema_for::<P>()
        .to_value()
        .to_string()
}

/// The bytes of a state.
pub(crate) fn encode_state<S: Serialize>(state: &S) -> Result<Vec<u8>> {
    postcard::to_extend(state, vec![POSTCARD])
        .map_err(|error| Error::failed(format!("the state cannot be written: {error}")))
}

/// A state from its bytes, all of which have to belong to it: those of another plugin may begin like one.
pub(crate) fn decode_state<S: DeserializeOwned>(bytes: &[u8]) -> Result<S> {
    let foreign = || Error::failed("the state was not written by this plugin");
    let Some((&POSTCARD, bytes)) = bytes.split_first() else {
        return Err(foreign());
    };
    match postcard::take_from_bytes(bytes) {
        Ok((state, [])) => Ok(state),
        Ok(_) => Err(foreign()),
        Err(error) => Err(Error::failed(format!("the state cannot be read: {error}"))),
    }
}
