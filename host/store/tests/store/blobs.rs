//! Blobs: whatever goes in comes out, and what was changed on the disk is not given out.

use std::time::{Duration, SystemTime};

use mlhost_store::{Digest, Error};
use proptest::prelude::*;

use crate::fixture::Fixture;

#[test]
fn the_digest_is_the_sha_256_of_the_content() {
    let expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let digest = Digest::of(b"abc");
    assert_eq!(digest.to_string(), expected);
    assert_eq!(digest.short(), "ba7816bf8f01");
    assert_eq!(Digest::of_reader(&b"abc"[..]).unwrap(), digest);
    assert_eq!(
        serde_json::to_string(&digest).unwrap(),
        format!("\"{expected}\"")
    );
}

#[test]
fn what_is_no_digest_is_refused() {
    let hex = Digest::of(b"abc").hex();
    let wrong = [
        String::new(),
        hex.clone(),
        format!("sha512:{hex}"),
        format!("sha256:{}", hex.to_uppercase()),
        format!("sha256:{}", &hex[1..]),
        format!("sha256:{hex}0"),
        format!("sha256: {}", &hex[1..]),
        format!("sha256:+{}", &hex[1..]),
        format!("sha256:é{}", &hex[2..]),
    ];
    for text in wrong {
        assert!(text.parse::<Digest>().is_err(), "{text}");
        assert!(serde_json::from_value::<Digest>(text.into()).is_err());
    }
}

/// When a file was written or put last.
fn time_of(path: &std::path::Path) -> SystemTime {
    std::fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn a_blob_that_is_there_is_not_written_again_but_counts_as_put_now() {
    let fixture = Fixture::new();
    let blobs = fixture.store.blobs();
    let digest = blobs.put(b"content").unwrap();
    let file = fixture.file_of(&digest);
    // A second name shows whether another file has taken the place of this one.
    let second = fixture.path().join("second");
    std::fs::hard_link(&file, &second).unwrap();
    for put in [&|| blobs.put(b"content").unwrap() == digest, &|| {
        blobs.keep(&digest).unwrap()
    }] as [&dyn Fn() -> bool; 2]
    {
        fixture.make_old(&file);
        let before = SystemTime::now() - Duration::from_secs(60);
        assert!(put());
        assert!(time_of(&file) > before);
        assert_eq!(time_of(&second), time_of(&file));
    }
    assert!(!blobs.keep(&Digest::of(b"absent")).unwrap());
}

#[test]
fn nothing_but_blobs_is_left_in_the_folders() {
    let fixture = Fixture::new();
    let digest = fixture.store.blobs().put(b"content").unwrap();
    let file = fixture.file_of(&digest);
    let names: Vec<_> = std::fs::read_dir(file.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(names, [file]);
}

#[test]
fn a_missing_blob_is_named_with_its_file() {
    let fixture = Fixture::new();
    let absent = Digest::of(b"never put");
    assert!(!fixture.store.blobs().contains(&absent).unwrap());
    let blobs = fixture.store.blobs();
    for error in [
        blobs.get(&absent).unwrap_err(),
        blobs.len(&absent).unwrap_err(),
    ] {
        match error {
            Error::MissingBlob { digest, path } => {
                assert_eq!(digest, absent);
                assert_eq!(path, fixture.file_of(&absent));
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_damaged_blob_is_reported_and_not_given_out() {
    let fixture = Fixture::new();
    let digest = fixture.store.blobs().put(b"content").unwrap();
    std::fs::write(fixture.file_of(&digest), b"cOntent").unwrap();
    match fixture.store.blobs().get(&digest).unwrap_err() {
        Error::DamagedBlob {
            digest: named,
            path,
            found,
        } => {
            assert_eq!(named, digest);
            assert_eq!(path, fixture.file_of(&digest));
            assert_eq!(found, Digest::of(b"cOntent"));
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_damaged_blob_is_repaired_when_it_is_put_again() {
    let fixture = Fixture::new();
    let content = vec![7; 200_000];
    let digest = fixture.store.blobs().put(&content).unwrap();
    let mut flipped = content.clone();
    flipped[150_000] ^= 1;
    for damaged in [&content[..100_000], &flipped] {
        std::fs::write(fixture.file_of(&digest), damaged).unwrap();
        assert!(fixture.store.blobs().get(&digest).is_err());
        fixture.store.blobs().put(&content).unwrap();
        assert_eq!(fixture.store.blobs().get(&digest).unwrap(), content);
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_store_is_not_followed() {
    let fixture = Fixture::new();
    let digest = fixture.store.blobs().put(b"content").unwrap();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    std::fs::write(&secret, b"content").unwrap();
    let file = fixture.file_of(&digest);
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(&secret, &file).unwrap();
    let error = fixture.store.blobs().get(&digest).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[test]
fn one_blob_can_be_put_by_many_at_once() {
    let fixture = Fixture::new();
    let content = vec![7; 1 << 20];
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| fixture.store.blobs().put(&content).unwrap());
        }
    });
    let digest = Digest::of(&content);
    assert_eq!(fixture.store.blobs().get(&digest).unwrap(), content);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_put_is_got(contents in proptest::collection::vec(any::<Vec<u8>>(), 0..4)) {
        let fixture = Fixture::new();
        let blobs = fixture.store.blobs();
        let digests: Vec<_> = contents.iter().map(|content| blobs.put(content).unwrap()).collect();
        for (content, digest) in contents.iter().zip(&digests) {
            prop_assert!(blobs.contains(digest).unwrap());
            prop_assert_eq!(blobs.len(digest).unwrap(), content.len() as u64);
            prop_assert_eq!(&blobs.get(digest).unwrap(), content);
        }
    }

    #[test]
    fn the_text_of_a_digest_is_the_digest(content: Vec<u8>) {
        let digest = Digest::of(&content);
        prop_assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        prop_assert_eq!(Digest::of_reader(content.as_slice()).unwrap(), digest);
    }
}

#[test]
fn a_cached_result_is_given_back_unless_it_is_damaged() {
    let fixture = Fixture::new();
    let cache = fixture.store.cache();
    let key = Digest::of(b"what decides it");
    assert_eq!(cache.get(&key).unwrap(), None);
    cache.put(&key, b"first").unwrap();
    cache.put(&key, b"second").unwrap();
    assert_eq!(cache.get(&key).unwrap().as_deref(), Some(&b"second"[..]));

    let hex = key.hex();
    let file = fixture.path().join("cache").join(&hex[..2]).join(&hex[2..]);
    let mut entry = std::fs::read(&file).unwrap();
    *entry.last_mut().unwrap() ^= 1;
    std::fs::write(&file, &entry).unwrap();
    assert_eq!(cache.get(&key).unwrap(), None);
    std::fs::write(&file, &entry[..7]).unwrap();
    assert_eq!(cache.get(&key).unwrap(), None);
    std::fs::remove_dir_all(fixture.path().join("cache")).unwrap();
    assert_eq!(cache.get(&key).unwrap(), None);
}
