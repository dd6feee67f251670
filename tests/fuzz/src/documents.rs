//! The archive of a model from the documents in it. A changed document has another digest, and an
//! archive with a wrong digest is refused before anything else is looked at; whoever makes one to do
//! harm knows the right ones. Here they are put in where a document has a name for them.

use std::path::Path;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use mlhost_exchange::{PublicKey, SigningKey};
use mlhost_store::Digest;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const STATEMENT: &str = "application/vnd.in-toto+json";

/// What begins a blob that is to be signed.
const SIGNED: u8 = b'!';

/// The files of an archive, each with its name.
pub(crate) struct Archive {
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// What a document has put into its places.
#[derive(Default)]
struct Known(Vec<(u8, Digest, usize)>);

impl Archive {
    /// The files of these documents, with zeros between them: the marker of the layout, the index,
    /// what the signature of all files says (nothing, if there is none), and the blobs. In each, `@`
    /// and a letter is the digest of the blob of that letter, the first of which is `a`, and `#` and
    /// the letter its size; blobs know those after themselves, and an empty one is left out. `@1` and
    /// `@2` are the digests of the marker and the index, and `@0` that of all digests that the
    /// document has named until there, each once.
    pub(crate) fn of(bytes: &[u8], key: &SigningKey) -> Self {
        let mut documents = bytes.split(|byte| *byte == 0);
        let mut next = || documents.next().unwrap_or_default();
        let (marker, index, statement) = (next(), next(), next());
        let blobs: Vec<_> = (b'a'..=b'z').zip(documents).collect();
        let (mut known, mut files) = (Known::default(), vec![]);
        let there = |(_, blob): &(u8, &[u8])| !blob.is_empty();
        for (letter, blob) in blobs.into_iter().rev().filter(there) {
            let content = match blob.split_first() {
                Some((&SIGNED, statement)) => signed(&known.filled(statement), key),
                _ => known.filled(blob),
            };
            let digest = known.add(letter, &content);
            files.push((format!("blobs/sha256/{}", digest.hex()), content));
        }
        let index = known.filled(index);
        known.add(b'1', marker);
        known.add(b'2', &index);
        if !statement.is_empty() {
            let signature = signed(&known.filled(statement), key);
            files.push(("model.sig".to_owned(), signature));
        }
        files.push(("index.json".to_owned(), index));
        files.push(("oci-layout".to_owned(), marker.to_vec()));
        Self { files }
    }

    /// The files as a tar file.
    pub(crate) fn tar(&self) -> std::io::Result<Vec<u8>> {
        let mut builder = tar::Builder::new(vec![]);
        for (file, content) in &self.files {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, file, content.as_slice())?;
        }
        builder.into_inner()
    }
}

impl Known {
    fn add(&mut self, letter: u8, content: &[u8]) -> Digest {
        let digest = Digest::of(content);
        self.0.push((letter, digest, content.len()));
        digest
    }

    /// The document with digests and sizes in their places.
    fn filled(&self, document: &[u8]) -> Vec<u8> {
        let (mut filled, mut named) = (Vec::with_capacity(document.len()), vec![]);
        let mut rest = document;
        while let [first, others @ ..] = rest {
            rest = others;
            let letter = others.first().filter(|_| matches!(first, b'@' | b'#'));
            let found = letter.and_then(|letter| self.0.iter().find(|known| known.0 == *letter));
            match (first, letter, found) {
                (b'@', Some(b'0'), _) => filled.extend(Digest::of(&named).hex().bytes()),
                (b'@', _, Some((_, digest, _))) => {
                    if !named.as_chunks().0.contains(&digest.bytes()) {
                        named.extend(digest.bytes());
                    }
                    filled.extend(digest.hex().bytes());
                }
                (_, _, Some((_, _, size))) => filled.extend(size.to_string().bytes()),
                _ => {
                    filled.push(*first);
                    continue;
                }
            }
            rest = others.get(1..).unwrap_or_default();
        }
        filled
    }
}

/// A bundle with a statement that is signed as it should be.
fn signed(statement: &[u8], key: &SigningKey) -> Vec<u8> {
    let (kind, length) = (STATEMENT.len(), statement.len());
    let mut message = format!("DSSEv1 {kind} {STATEMENT} {length} ").into_bytes();
    message.extend(statement);
    let (payload, signature) = (
        BASE64_STANDARD.encode(statement),
        BASE64_STANDARD.encode(key.sign(&message)),
    );
    format!(
        r#"{{"mediaType":"{BUNDLE}","verificationMaterial":{{"publicKey":{{"hint":""}}}},"dsseEnvelope":{{"payload":"{payload}","payloadType":"{STATEMENT}","signatures":[{{"sig":"{signature}"}}]}}}}"#
    )
    .into_bytes()
}

/// The key that signs, and the one that checks.
pub(crate) fn keys() -> Option<(SigningKey, PublicKey)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host/exchange/tests/exchange");
    let key = SigningKey::read(&folder.join("keys/signer.pem")).ok()?;
    let public = key.public().ok()?;
    Some((key, public))
}
