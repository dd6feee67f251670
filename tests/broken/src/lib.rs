//! A preprocessor that takes the mean from a column, and breaks one promise of a plugin: the one
//! that its bytes name.
//!
//! A flaw cannot be a parameter, because some lie in the parameters themselves and some in what a
//! plugin says of itself. So it is a word in the component, and the tests of the conformance suite
//! write another one over it.

mod flaw;
mod learn;
mod params;
mod scale;

use mlhost_plugin::{Plugin, Preprocessor, export};

use params::Params;

/// The plugin.
struct Broken;

impl Plugin for Broken {
    const NAME: &str = "broken-on-purpose";
    const SUMMARY: &str = "Takes the mean from a column, and breaks a promise.";
    type Params = Params;
}

impl Preprocessor for Broken {
    type Fold = learn::Learn;
    type Transform = scale::Scale;
}

export!(Broken as preprocessor);
