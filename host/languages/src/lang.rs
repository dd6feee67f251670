//! The languages that have an SDK.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The language of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// With Cargo.
    Rust,
    /// With componentize-py.
    Python,
    /// With componentize-qjs; TypeScript, too, with esbuild.
    Js,
    /// With clang, a C library for WebAssembly, and wit-bindgen's bindings.
    C,
}

impl Lang {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rust, Self::Python, Self::Js, Self::C];

    /// The word for it on the command line, in `plugin.toml` and in `plugins/sdk`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Js => "js",
            Self::C => "c",
        }
    }

    /// Its name in a sentence.
    pub fn described(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::Js => "JavaScript",
            Self::C => "C",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|lang| lang.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is none of the languages"))
    }
}
