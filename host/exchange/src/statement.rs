//! What a signature says, as an in-toto statement: that of OpenSSF model signing lists every file of
//! an archive with its digest, that of Sigstore names the digest of a manifest, from which all that
//! belongs to it follows.

use mlhost_store::{Digest, canonical_json};
use serde::Deserialize;
use serde_json::json;

use crate::{digests::Digests, error::Problem, layout};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://model_signing/signature/v1.0";
/// What a signature of an image or another artifact says, in Sigstore's words.
pub(crate) const SIGNED: &str = "https://sigstore.dev/cosign/sign/v1";
/// The way in which the digests of files are listed.
const METHOD: &str = "files";
const HASH: &str = "sha256";

/// The text of a statement about files; `name` is what they are called together.
pub(crate) fn text(name: &str, files: &Digests) -> mlhost_store::Result<Vec<u8>> {
    let resources: Vec<_> = files
        .iter()
        .map(|(file, digest)| json!({ "name": file, "algorithm": HASH, "digest": digest.hex() }))
        .collect();
    canonical_json(&json!({
        "_type": STATEMENT,
        "subject": [{ "name": name, "digest": { HASH: root(files.values()).hex() } }],
        "predicateType": PREDICATE,
        "predicate": {
            "serialization": {
                "method": METHOD,
                "hash_type": HASH,
                "allow_symlinks": false,
                "ignore_paths": [layout::SIGNATURE],
            },
            "resources": resources,
        },
    }))
}

/// The text of a statement about a manifest.
pub(crate) fn of_manifest(manifest: &Digest) -> mlhost_store::Result<Vec<u8>> {
    canonical_json(&json!({
        "_type": STATEMENT,
        "subject": [{ "digest": { HASH: manifest.hex() } }],
        "predicateType": SIGNED,
        "predicate": {},
    }))
}

/// Reads a statement about a manifest: its digest.
pub(crate) fn manifest(text: &[u8]) -> Result<Digest, Problem> {
    let invalid = |reason: String| Problem::document("a statement of Sigstore", reason);
    let header: Header =
        serde_json::from_slice(text).map_err(|error| invalid(error.to_string()))?;
    Problem::expect("statement type", &header.kind, STATEMENT)?;
    Problem::expect("predicate type", &header.predicate_type, SIGNED)?;
    match header.subject.as_slice() {
        [subject] => hex(&subject.digest.sha256),
        _ => Err(invalid("it does not have one subject".to_owned())),
    }
}

/// Reads a statement: the files it lists, with their digests.
pub(crate) fn read(text: &[u8]) -> Result<Digests, Problem> {
    let invalid = |reason: String| Problem::document("a statement of model signing", reason);
    let statement: Statement =
        serde_json::from_slice(text).map_err(|error| invalid(error.to_string()))?;
    Problem::expect("statement type", &statement.kind, STATEMENT)?;
    Problem::expect("predicate type", &statement.predicate_type, PREDICATE)?;
    let serialization = &statement.predicate.serialization;
    Problem::expect("serialization method", &serialization.method, METHOD)?;
    Problem::expect("hash type", &serialization.hash_type, HASH)?;

    let mut order = Vec::new();
    let mut files = Digests::new();
    for resource in statement.predicate.resources {
        Problem::expect("hash type", &resource.algorithm, HASH)?;
        let digest = hex(&resource.digest)?;
        order.push(digest);
        if files.insert(resource.name.clone(), digest).is_some() {
            return Err(invalid(format!("it lists `{}` twice", resource.name)));
        }
    }
    let [subject] = statement.subject.as_slice() else {
        return Err(invalid("it does not have one subject".to_owned()));
    };
    if hex(&subject.digest.sha256)? != root(&order) {
        return Err(invalid("its subject is not the files it lists".to_owned()));
    }
    Ok(files)
}

/// The digest of all digests, in their order.
fn root<'a>(digests: impl IntoIterator<Item = &'a Digest>) -> Digest {
    let bytes: Vec<u8> = digests.into_iter().flat_map(Digest::bytes).collect();
    Digest::of(&bytes)
}

fn hex(text: &str) -> Result<Digest, Problem> {
    Ok(format!("{HASH}:{text}").parse()?)
}

/// What all statements have.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
}

#[derive(Deserialize)]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Deserialize)]
struct Subject {
    digest: SubjectDigest,
}

#[derive(Deserialize)]
struct SubjectDigest {
    sha256: String,
}

#[derive(Deserialize)]
struct Predicate {
    serialization: Serialization,
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Serialization {
    method: String,
    hash_type: String,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    algorithm: String,
    digest: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Digests {
        let files = [("index.json", "one"), ("oci-layout", "two")];
        let digests = files.map(|(file, text)| (file.to_owned(), Digest::of(text.as_bytes())));
        digests.into()
    }

    #[test]
    fn what_is_stated_is_read() {
        let text = text("model", &files()).unwrap();
        assert_eq!(read(&text).unwrap(), files());
    }

    #[test]
    fn the_subject_is_the_digest_of_the_digests() {
        let text = String::from_utf8(text("model", &files()).unwrap()).unwrap();
        let mut both = Digest::of(b"one").bytes().to_vec();
        both.extend(Digest::of(b"two").bytes());
        assert!(text.contains(&Digest::of(&both).hex()), "{text}");
        let other = text.replace(&Digest::of(b"one").hex(), &Digest::of(b"three").hex());
        assert!(matches!(
            read(other.as_bytes()),
            Err(Problem::Document { .. })
        ));
    }
}
