//! Which files an image layout may have, and where they lie.

use mlhost_store::Digest;

use crate::error::Problem;

pub(crate) const MARKER: &str = "oci-layout";
pub(crate) const INDEX: &str = "index.json";
/// Where OpenSSF model signing keeps the signature of a folder.
pub(crate) const SIGNATURE: &str = "model.sig";
const BLOBS: &str = "blobs/sha256/";

/// More files than any model has parts.
pub(crate) const MOST_FILES: usize = 10_000;
/// More bytes than any JSON document of an archive has.
pub(crate) const LARGEST_DOCUMENT: u64 = 16 << 20;
/// More bytes than a component or a state may have: a host holds one in memory.
pub(crate) const LARGEST_BLOB: u64 = 4 << 30;

/// Where a blob lies.
pub(crate) fn place_of(digest: &Digest) -> String {
    format!("{BLOBS}{}", digest.hex())
}

/// The digest that the name of a file states, if it is a blob.
pub(crate) fn digest_of(file: &str) -> Option<Digest> {
    let hex = file.strip_prefix(BLOBS)?;
    format!("sha256:{hex}").parse().ok()
}

/// Refuses a file that is in no image layout, and one that is too large.
pub(crate) fn check_file(file: &str, size: u64) -> Result<(), Problem> {
    let limit = match file {
        MARKER | INDEX | SIGNATURE => LARGEST_DOCUMENT,
        blob if digest_of(blob).is_some() => LARGEST_BLOB,
        _ => return Err(Problem::Foreign),
    };
    if size > limit {
        return Err(Problem::TooLarge { size, limit });
    }
    Ok(())
}

/// The path of an entry without what means nothing, a leading `./` and a `/` at the end; empty for
/// the archive itself. A path that leaves the archive is refused.
pub(crate) fn clean(path: &str) -> Result<&str, Problem> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() || path == "." {
        return Ok("");
    }
    let leaves = path.contains(['\\', '\0', ':'])
        || path.split('/').any(|part| matches!(part, "" | "." | ".."));
    match leaves {
        true => Err(Problem::Leaves),
        false => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_or_refused() {
        for (path, expected) in [
            ("index.json", Some("index.json")),
            ("./index.json", Some("index.json")),
            ("./blobs/sha256/", Some("blobs/sha256")),
            ("./", Some("")),
            (".", Some("")),
            ("/etc/passwd", None),
            ("..", None),
            ("blobs/../../x", None),
            ("blobs//x", None),
            ("././x", None),
            ("C:x", None),
            ("..\\x", None),
        ] {
            assert_eq!(clean(path).ok(), expected, "{path}");
        }
    }

    #[test]
    fn only_the_files_of_a_layout_pass() {
        let blob = place_of(&Digest::of(b"x"));
        for file in [MARKER, INDEX, SIGNATURE, &blob] {
            assert!(check_file(file, 10).is_ok(), "{file}");
        }
        assert_eq!(digest_of(&blob), Some(Digest::of(b"x")));
        for file in [
            "README.md",
            "blobs/sha256/abc",
            "blobs/sha512/x",
            "Index.json",
        ] {
            assert!(
                matches!(check_file(file, 10), Err(Problem::Foreign)),
                "{file}"
            );
        }
        assert!(matches!(
            check_file(INDEX, LARGEST_DOCUMENT + 1),
            Err(Problem::TooLarge { .. })
        ));
    }
}
