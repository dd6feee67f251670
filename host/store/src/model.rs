//! `model.json`: all that makes a model version, in one document. Its canonical JSON is the
//! model, and the digest of that is the model's identity; so it holds no times, run ids or paths,
//! and the same work gives the same digest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Digest, Error, Result, canonical_json, float};

/// The format of `model.json` that is written and read.
const FORMAT: u64 = 1;

/// A model: the chain of fitted transforms from raw input to prediction, and what made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The version of this format: `"mlhost": 1`.
    #[serde(rename = "mlhost")]
    pub format: FormatVersion,
    /// What the document is: `"kind": "model"`.
    pub kind: DocumentKind,
    /// The name it is registered under.
    pub name: String,
    /// The column that is predicted, if there is one.
    pub target: Option<String>,
    /// What goes in and what comes out.
    pub signature: Signature,
    /// The steps that a row passes, the first of them on the raw input.
    pub chain: Vec<ChainStep>,
    /// What was measured, in the order of the pipeline.
    pub metrics: Vec<Metric>,
    /// What it was made from.
    pub data: Vec<DataFingerprint>,
    /// The drift profile of the training data, to compare later data with.
    pub reference: Option<ReferenceProfile>,
    /// The version of the contract between host and plugins, such as `0.1.0`.
    pub contract: String,
    /// The version of the host, such as `0.1.0`.
    pub host: String,
    /// The seed of the pipeline.
    pub seed: u64,
}

/// The one version of `model.json` there is: `1`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u64", try_from = "u64")]
pub struct FormatVersion;

/// What a document of the store is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// A model.
    #[default]
    Model,
}

/// The columns a model takes and gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The columns of the raw input that are needed.
    pub inputs: Vec<Column>,
    /// The columns of the prediction.
    pub outputs: Vec<Column>,
}

/// A column of a signature or a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type in the words of MLflow's model signature: `boolean`, `integer`, `long`, `float`,
    /// `double`, `string`, `binary`, `datetime`; the name of the Arrow type where MLflow has none.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its exact Arrow type in text, such as `Timestamp(µs, "UTC")`.
    pub arrow: String,
    /// Whether it has to be there and without nulls.
    pub required: bool,
}

/// One fitted transform of the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainStep {
    /// The name of the step in the pipeline.
    pub step: String,
    /// The package, `namespace:name`.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The blob with the WebAssembly component.
    pub component: Digest,
    /// Its parameters.
    pub params: Value,
    /// The blob with what it has fitted.
    pub state: Digest,
    /// What the step could reach beside its rows while it was fitted, each in a few words: then
    /// nobody may be able to fit it again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub granted: Vec<String>,
}

/// Something measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// The name of the step that measured it.
    pub step: String,
    /// What was measured, such as `r2`.
    pub name: String,
    /// How much. JSON has no NaN and no infinities, so they are the texts `"NaN"`, `"Infinity"`
    /// and `"-Infinity"`, as in the JSON of Protocol Buffers.
    #[serde(with = "float")]
    pub value: f64,
    /// On what: a column, a class, a quantile.
    pub labels: BTreeMap<String, String>,
}

/// A dataset a model was made from: enough to recognise it, not the data itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataFingerprint {
    /// Its name in the pipeline.
    pub name: String,
    /// Its files, in the order they are read.
    pub files: Vec<FileFingerprint>,
    /// Which of their columns and rows it has, as the pipeline selects and splits them; none if it
    /// has them all. Of a split, the side is in the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Value>,
    /// Its columns.
    pub schema: Vec<Column>,
}

/// A file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileFingerprint {
    /// Its file name, without the folder.
    pub name: String,
    /// The digest of its content, which is not in the store; of a large remote file, that of its
    /// address and of the version that the server gave.
    pub digest: Digest,
    /// How many rows it has, where the format tells it.
    pub rows: Option<u64>,
}

/// The fitted state of a drift detector on the training data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceProfile {
    /// The package, `namespace:name`.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The blob with the WebAssembly component.
    pub component: Digest,
    /// Its parameters.
    pub params: Value,
    /// The blob with the profile.
    pub state: Digest,
    /// The columns that the model predicts and the profile has, so that later predictions can be
    /// compared with them; none of a version whose training data was profiled as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predictions: Vec<String>,
}

/// A blob that a model cannot do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is to the model, such as ``the state of step `scale` ``.
    pub role: String,
    /// The blob.
    pub digest: Digest,
}

impl Model {
    /// The canonical JSON: the bytes whose digest is the model's identity.
    ///
    /// # Errors
    ///
    /// Those of [`canonical_json`].
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let value = serde_json::to_value(self).map_err(|source| Error::NotJson { source })?;
        canonical_json(&value)
    }

    /// Reads a model from its JSON, canonical or not.
    ///
    /// # Errors
    ///
    /// [`Error::ModelFormat`] for the format of a later release, [`Error::InvalidDocument`] for
    /// what is no model.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let invalid = |source| Error::InvalidDocument {
            digest: Digest::of(bytes),
            expected: "a model",
            source,
        };
        // The version first: a later format may differ in anything else.
        let Header { mlhost } = serde_json::from_slice(bytes).map_err(invalid)?;
        if mlhost != FORMAT {
            return Err(Error::ModelFormat {
                found: mlhost,
                supported: FORMAT,
            });
        }
        serde_json::from_slice(bytes).map_err(invalid)
    }

    /// The identity of the model.
    ///
    /// # Errors
    ///
    /// Those of [`canonical_json`].
    pub fn digest(&self) -> Result<Digest> {
        Ok(Digest::of(&self.to_json()?))
    }

    /// Every blob that the model points at: components and states of its chain and its reference
    /// profile. The files of its data are not among them.
    pub fn parts(&self) -> Vec<Part> {
        let chain = self.chain.iter().flat_map(|link| {
            let of = format!("of step `{}`", link.step);
            parts(&of, link.component, link.state)
        });
        let reference = self.reference.iter().flat_map(|reference| {
            parts(
                "of the reference profile",
                reference.component,
                reference.state,
            )
        });
        chain.chain(reference).collect()
    }
}

fn parts(of: &str, component: Digest, state: Digest) -> [Part; 2] {
    [
        Part {
            role: format!("the component {of}"),
            digest: component,
        },
        Part {
            role: format!("the state {of}"),
            digest: state,
        },
    ]
}

#[derive(Deserialize)]
struct Header {
    mlhost: u64,
}

impl From<FormatVersion> for u64 {
    fn from(FormatVersion: FormatVersion) -> Self {
        FORMAT
    }
}

impl TryFrom<u64> for FormatVersion {
    type Error = String;

    fn try_from(format: u64) -> Result<Self, String> {
        if format == FORMAT {
            Ok(Self)
        } else {
            Err(format!(
                "format {format} is not supported, format {FORMAT} is"
            ))
        }
    }
}
