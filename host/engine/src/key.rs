//! The names of results: a digest of everything that decides one. Equal names, equal results, on
//! this machine or another, however many threads there are.

use arrow::datatypes::Schema;
use mlhost_sandbox::{CONTRACT, Grants, Plugin, WASMTIME};
use mlhost_store::Digest;

/// A name in the making.
///
/// Each part goes in with its length before it, so that no two lists of parts run together into
/// the same bytes.
#[derive(Clone, Debug)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// Starts a name; `what` keeps results of different kinds apart. The versions of the host, the
    /// contract and wasmtime are part of it, because what they do decides the last bits.
    pub(crate) fn new(what: &str) -> Self {
        Self(Vec::new())
            .with(what)
            .with(env!("CARGO_PKG_VERSION"))
            .with(CONTRACT)
            .with(WASMTIME)
    }

    /// Adds something that decides the result.
    #[must_use]
    pub(crate) fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        self.0.extend((part.len() as u64).to_le_bytes());
        self.0.extend(part);
        self
    }

    /// Adds a plugin, and of the terms that it is opened on what decides what it does: the seed, and
    /// grants, with which nothing comes out the same again.
    #[must_use]
    pub(crate) fn with_plugin(self, plugin: &Plugin, seed: u64, grants: &Grants) -> Self {
        let mut key = self.with(plugin.digest());
        if plugin.is_seeded() {
            key = key.with(seed.to_le_bytes());
        }
        match grants.token() {
            Some(token) => key.with(token),
            None => key,
        }
    }

    /// Adds the names, types and metadata of columns.
    #[must_use]
    pub(crate) fn with_schema(self, schema: &Schema) -> Self {
        // A release of Arrow that writes types otherwise only makes results be computed again.
        self.with(format!("{:?}", schema.fields()))
    }

    /// The name.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn parts_do_not_run_together() {
        let one = Key::new("x").with("ab").with("c").digest();
        assert_eq!(one, Key::new("x").with("ab").with("c").digest());
        assert_ne!(one, Key::new("x").with("a").with("bc").digest());
        assert_ne!(one, Key::new("x").with("abc").digest());
        assert_ne!(one, Key::new("y").with("ab").with("c").digest());
    }
}
