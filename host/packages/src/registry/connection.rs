//! What is asked of an OCI registry and given to it, by `oci-client`: once more where it is a matter
//! of time, and checked against its digest.

use std::{net::IpAddr, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::StreamExt;
use oci_client::{
    Client, Reference, RegistryOperation,
    client::{ClientConfig, ClientProtocol},
    errors::OciDistributionError,
    manifest::OciDescriptor,
    secrets::RegistryAuth,
};

use super::{
    failure::is_missing,
    image::{Image, MANIFEST, SIGNATURE, SIGNED_TEXT},
    retry::retrying,
    signed_text::is_of_manifest,
};
use crate::{Error, signature::Signed};

/// How many tags are asked for at once.
const PAGE: usize = 1000;
/// The most pages of tags.
const PAGES: usize = 1000;
/// The most bytes of a signed text.
const SIGNED_TEXT_BYTES: u64 = 64 << 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// A client and who it is.
pub(super) struct Connection {
    client: Client,
    auth: RegistryAuth,
}

/// Why something did not work.
pub(super) enum Failure {
    Client(OciDistributionError),
    /// What the registry gave is not what it should be.
    Content(String),
    Own(Box<Error>),
}

pub(super) type Outcome<T> = std::result::Result<T, Failure>;

impl From<OciDistributionError> for Failure {
    fn from(error: OciDistributionError) -> Self {
        Self::Client(error)
    }
}

impl Connection {
    pub(super) fn open(auth: &RegistryAuth, is_http: bool) -> Outcome<Self> {
        // Whoever else has chosen one has chosen the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::try_from(ClientConfig {
            protocol: match is_http {
                true => ClientProtocol::Http,
                false => ClientProtocol::Https,
            },
            user_agent: concat!("mlhost/", env!("CARGO_PKG_VERSION")),
            connect_timeout: Some(CONNECT_TIMEOUT),
            read_timeout: Some(READ_TIMEOUT),
            // A package is no choice among platforms.
            platform_resolver: None,
            ..ClientConfig::default()
        })?;
        Ok(Self {
            client,
            auth: auth.clone(),
        })
    }

    /// All tags of a repository; none, if there is no such repository.
    pub(super) async fn tags(&self, reference: &Reference) -> Outcome<Vec<String>> {
        let mut tags: Vec<String> = vec![];
        for _ in 0..PAGES {
            let last = tags.last().cloned();
            let ask = || {
                self.client
                    .list_tags(reference, &self.auth, Some(PAGE), last.as_deref())
            };
            let mut page = match retrying(ask).await {
                Ok(page) => page.tags,
                Err(error) if is_missing(&error) => break,
                Err(error) => return Err(error.into()),
            };
            // A registry may give fewer than it is asked for, or all of them again and again.
            page.retain(|tag| !tags.contains(tag));
            if page.is_empty() {
                break;
            }
            tags.extend(page);
        }
        Ok(tags)
    }

    /// The layers of a manifest and its digest; nothing, if there is no such tag.
    pub(super) async fn manifest(
        &self,
        reference: &Reference,
    ) -> Outcome<Option<(Vec<OciDescriptor>, String)>> {
        let pull = || self.client.pull_image_manifest(reference, &self.auth);
        match retrying(pull).await {
            Ok((manifest, digest)) => Ok(Some((manifest.layers, digest))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A blob of at most so many bytes, whose digest is right.
    pub(super) async fn blob(
        &self,
        reference: &Reference,
        descriptor: &OciDescriptor,
        most: u64,
    ) -> Outcome<Vec<u8>> {
        let too_large = || Failure::Content(format!("it is larger than {most} bytes"));
        if u64::try_from(descriptor.size).is_ok_and(|size| size > most) {
            return Err(too_large());
        }
        // Nothing is fetched from elsewhere because a manifest says so.
        let descriptor = OciDescriptor {
            urls: None,
            ..descriptor.clone()
        };
        let pull = || async {
            let response = self.client.pull_blob_stream(reference, &descriptor).await?;
            let mut stream = response.stream;
            let mut bytes: Vec<u8> = vec![];
            while let Some(chunk) = stream.next().await {
                let chunk: Bytes = chunk?;
                if (bytes.len() + chunk.len()) as u64 > most {
                    return Ok(None);
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok::<_, OciDistributionError>(Some(bytes))
        };
        retrying(pull).await?.ok_or_else(too_large)
    }

    /// The signatures under this tag that are of this manifest.
    pub(super) async fn signatures(
        &self,
        reference: &Reference,
        manifest: &str,
    ) -> Outcome<Vec<Signed>> {
        let mut signatures = vec![];
        let Some((layers, _)) = self.manifest(reference).await? else {
            return Ok(signatures);
        };
        let texts = layers
            .iter()
            .filter(|layer| layer.media_type == SIGNED_TEXT);
        for layer in texts {
            let annotations = layer.annotations.as_ref();
            let signature = annotations.and_then(|annotations| annotations.get(SIGNATURE));
            let signature = signature.and_then(|text| BASE64_STANDARD.decode(text).ok());
            let message = self.blob(reference, layer, SIGNED_TEXT_BYTES).await?;
            if let Some(signature) = signature
                && is_of_manifest(&message, manifest)
            {
                signatures.push(Signed { message, signature });
            }
        }
        Ok(signatures)
    }

    /// Finds out whether the credentials are good for writing.
    pub(super) async fn log_in(&self, reference: &Reference) -> Outcome<()> {
        let operation = RegistryOperation::Push;
        let log_in = || self.client.auth(reference, &self.auth, operation);
        retrying(log_in).await?;
        Ok(())
    }

    /// Brings what an image is made of.
    pub(super) async fn upload(&self, reference: &Reference, image: &Image) -> Outcome<()> {
        for (digest, bytes) in &image.blobs {
            let push = || self.client.push_blob(reference, bytes.clone(), digest);
            retrying(push).await?;
        }
        Ok(())
    }

    /// Puts an image that is there under a tag.
    pub(super) async fn tag(&self, reference: &Reference, image: &Image) -> Outcome<()> {
        retrying(|| self.try_to_tag(reference, image)).await?;
        Ok(())
    }

    /// The same, in one attempt.
    pub(super) async fn try_to_tag(
        &self,
        reference: &Reference,
        image: &Image,
    ) -> Result<(), OciDistributionError> {
        let media_type = http::HeaderValue::from_static(MANIFEST);
        let manifest = image.manifest.clone();
        self.client
            .push_manifest_raw(reference, manifest, media_type)
            .await?;
        Ok(())
    }
}

/// Whether a host with an optional port is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_from_others() {
        for host in [
            "localhost",
            "localhost:5000",
            "127.0.0.1:5000",
            "127.8.0.1",
            "[::1]:5000",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "registry.example.com",
            "10.0.0.1:5000",
            "localhost.example.com",
            "[::2]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
