//! Files from elsewhere: components with all that they may say of themselves, archives of models.

use mlhost_sandbox::Wants;

use super::Named;
use crate::image;

/// Sections in which a component says where it comes from.
const METADATA: [(&str, &str); 6] = [
    ("version", "1.2.3-rc.1"),
    ("description", "Does what it is told."),
    ("authors", "A & B"),
    ("licenses", "MIT OR Apache-2.0"),
    ("source", "https://example.org/puppet"),
    ("revision", "abc123"),
];

const WANTS: &str = r#"{"dirs":[{"as":"/data","mode":"write"}],"env":["LANG","*"],"network":["example.org:443"],"clock":true,"random":true}"#;

/// A model and the signature of its manifest: the marker, the index, and the blobs.
const DOCUMENTS: [&str; 9] = [
    r#"{"imageLayoutVersion":"1.0.0"}"#,
    r#"{"manifests":[{"annotations":{"org.opencontainers.image.ref.name":"arr-delay:1","org.opencontainers.image.version":"1"},"artifactType":"application/vnd.mlhost.model.v1","digest":"sha256:@c","mediaType":"application/vnd.oci.image.manifest.v1+json","size":#c},{"artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json","digest":"sha256:@a","mediaType":"application/vnd.oci.image.manifest.v1+json","size":#a}],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}"#,
    r#"{"artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json","config":{"digest":"sha256:@g","mediaType":"application/vnd.oci.empty.v1+json","size":#g},"layers":[{"digest":"sha256:@b","mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","size":#b}],"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2,"subject":{"digest":"sha256:@c","mediaType":"application/vnd.oci.image.manifest.v1+json","size":#c}}"#,
    r#"!{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"https://sigstore.dev/cosign/sign/v1","subject":[{"digest":{"sha256":"@c"}}]}"#,
    r#"{"annotations":{"org.opencontainers.image.title":"arr-delay"},"artifactType":"application/vnd.mlhost.model.v1","config":{"digest":"sha256:@d","mediaType":"application/vnd.mlhost.model.config.v1+json","size":#d},"layers":[{"digest":"sha256:@e","mediaType":"application/wasm","size":#e},{"digest":"sha256:@f","mediaType":"application/vnd.mlhost.state.v1","size":#f}],"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}"#,
    r#"{"chain":[{"component":"sha256:@e","package":"mlhost:tree","params":{"criterion":"squared_error","max_depth":12},"state":"sha256:@f","step":"tree","version":"0.1.0"}],"contract":"0.1.0","data":[{"files":[{"digest":"sha256:2d27cec70721f50fef3f01c7a77d3985c1589400ddede91555c3cacbf9750731","name":"flights.parquet","rows":160678}],"name":"train","schema":[{"arrow":"Float64","name":"dep_delay","required":true,"type":"double"}]}],"host":"0.1.0","kind":"model","metrics":[{"labels":{"output":"arr_delay"},"name":"r2","step":"evaluate","value":0.842}],"mlhost":1,"name":"arr-delay","reference":{"component":"sha256:@e","package":"mlhost:drift","params":{},"state":"sha256:@f","version":"0.1.0"},"seed":1,"signature":{"inputs":[{"arrow":"Float64","name":"dep_delay","required":true,"type":"double"}],"outputs":[{"arrow":"Float64","name":"prediction","required":true,"type":"double"}]},"target":"arr_delay"}"#,
    "the component",
    "what was learnt",
    "{}",
];

/// Components.
pub(super) fn packages() -> Vec<Named> {
    let mut packages = vec![];
    for kind in ["validator", "preprocessor"] {
        let component = image::component(kind, &image::description(kind, "{}"));
        packages.push((kind.to_owned(), component));
    }
    if let (Some((_, plain)), Ok(wants)) = (packages.first(), serde_json::from_str::<Wants>(WANTS))
    {
        let mut component = wants.append_to(plain.clone());
        for (name, content) in METADATA {
            append(&mut component, name, content);
        }
        packages.push(("metadata".to_owned(), component));
    }
    packages
}

/// Appends a section of its own to a component. Both words are short.
fn append(component: &mut Vec<u8>, name: &str, content: &str) {
    let length = name.len() + content.len() + 1;
    component.extend([0, length as u8, name.len() as u8]);
    component.extend(name.bytes().chain(content.bytes()));
}

/// Archives of models: signed twice, and not at all.
pub(super) fn models() -> Vec<Named> {
    let [marker, index, blobs @ ..] = DOCUMENTS;
    let statement = statement();
    let signed = [&[marker, index, &statement], blobs.as_slice()].concat();
    let manifests = index
        .split(r#",{"artifactType""#)
        .next()
        .unwrap_or_default();
    let unsigned_index = format!(r#"{manifests}],"schemaVersion":2}}"#);
    let mut unsigned = signed.clone();
    (unsigned[1], unsigned[2]) = (&unsigned_index, "");
    // The manifest of the signature, the signature, and the config that it does not have.
    for signature in [3, 4, 9] {
        unsigned[signature] = "";
    }
    let models = [("signed", signed), ("unsigned", unsigned)];
    let models =
        models.map(|(name, documents)| (name.to_owned(), documents.join("\0").into_bytes()));
    models.into()
}

/// What the signature of all files says.
fn statement() -> String {
    let blobs = ('a'..='g').map(|letter| (format!("blobs/sha256/@{letter}"), letter));
    let others = [("index.json", '2'), ("oci-layout", '1')];
    let others = others.map(|(file, letter)| (file.to_owned(), letter));
    let resource = |(file, letter)| {
        format!(r#"{{"algorithm":"sha256","digest":"@{letter}","name":"{file}"}}"#)
    };
    let resources: Vec<String> = blobs.chain(others).map(resource).collect();
    let resources = resources.join(",");
    format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","predicate":{{"resources":[{resources}],"serialization":{{"allow_symlinks":false,"hash_type":"sha256","ignore_paths":["model.sig"],"method":"files"}}}},"predicateType":"https://model_signing/signature/v1.0","subject":[{{"digest":{{"sha256":"@0"}},"name":"arr-delay:1"}}]}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{check, made};

    #[test]
    fn what_is_as_it_should_be_is_accepted() {
        for (name, bytes) in models() {
            let (tar, _, public) = made(&bytes).unwrap();
            assert!(check(&tar, None), "{name}");
            assert_eq!(check(&tar, Some(public)), name == "signed", "{name}");
        }
    }
}
