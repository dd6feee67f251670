//! Archives that were damaged or changed anywhere: what is imported is what was exported, or
//! nothing is.

use std::sync::LazyLock;

use mlhost_store::Digest;
use proptest::prelude::*;

use crate::support::{Scene, blobs, empty_store, import, public_key, signer};

/// An archive and the identity of its model.
static ARCHIVE: LazyLock<(Vec<u8>, Digest)> = LazyLock::new(|| {
    let scene = Scene::new();
    let path = scene.export("model.tar", Some(&signer()));
    (std::fs::read(path).unwrap(), scene.stored().digest)
});

#[derive(Debug, Clone)]
enum Damage {
    /// A byte is another one.
    Flip(prop::sample::Index, u8),
    /// The end is lost.
    Truncate(prop::sample::Index),
    /// A piece is lost.
    Cut(prop::sample::Index, usize),
    /// A piece is there twice.
    Repeat(prop::sample::Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        8 => (any::<prop::sample::Index>(), 1..=255_u8).prop_map(|(at, by)| Damage::Flip(at, by)),
        2 => any::<prop::sample::Index>().prop_map(Damage::Truncate),
        1 => (any::<prop::sample::Index>(), 1..2000_usize).prop_map(|(at, n)| Damage::Cut(at, n)),
        1 => (any::<prop::sample::Index>(), 1..2000_usize).prop_map(|(at, n)| Damage::Repeat(at, n)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    match damage {
        Damage::Flip(at, by) => {
            let at = at.index(bytes.len());
            bytes[at] ^= by;
        }
        Damage::Truncate(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Cut(at, length) => {
            let start = at.index(bytes.len());
            let end = bytes.len().min(start + length);
            bytes.drain(start..end);
        }
        Damage::Repeat(at, length) => {
            let start = at.index(bytes.len());
            let end = bytes.len().min(start + length);
            let piece = bytes[start..end].to_vec();
            bytes.splice(end..end, piece);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_changed_archive_gives_the_same_model_or_none(
        damages in prop::collection::vec(damage(), 1..4),
        verified in any::<bool>(),
    ) {
        let (original, identity) = &*ARCHIVE;
        let mut bytes = original.clone();
        for damage in &damages {
            apply(&mut bytes, damage);
        }
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("model.tar");
        std::fs::write(&path, bytes)?;
        let key = verified.then(|| public_key("signer.pub"));
        let other = empty_store();
        match import(&other.store, &path, key.as_ref()) {
            Ok(imported) => {
                prop_assert_eq!(imported.digest, *identity);
                let found = other.store.model(&"arr-delay".parse()?)?;
                prop_assert_eq!(found.model.digest()?, *identity);
                for part in found.model.parts() {
                    other.store.blobs().get(&part.digest)?;
                }
            }
            Err(_) => {
                prop_assert!(other.store.models()?.is_empty());
                prop_assert_eq!(blobs(&other), 0);
            }
        }
    }
}
