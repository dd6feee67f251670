//! An OCI registry: a repository `<prefix><namespace>/<name>` for each package, and in it a tag for
//! each version. Beside a version that is signed lies its signature, where `cosign` puts it.

use std::{future::Future, thread};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use oci_client::{Reference, secrets::RegistryAuth};
use semver::Version;

use super::{
    COMPONENT_BYTES, Fetched, Publication, Registry,
    connection::{Connection, Failure, Outcome, is_loopback},
    credentials, failure,
    image::{COMPONENT, Image},
    once,
    signed_text::simple_signing,
};
use crate::{
    Error, Release, Result, configuration::OciPlace, reference::PackageName, signature::SigningKey,
};

pub(crate) struct Oci<'a> {
    name: &'a str,
    place: &'a OciPlace,
    is_http: bool,
}

impl<'a> Oci<'a> {
    /// The registry of this name at this place. Without encryption if that is said, or if it is on
    /// this machine and nothing is said.
    pub(crate) fn new(name: &'a str, place: &'a OciPlace) -> Self {
        Self {
            name,
            place,
            is_http: place.http.unwrap_or_else(|| is_loopback(&place.host)),
        }
    }

    fn repository(&self, name: &PackageName) -> String {
        format!("{}{}/{}", self.place.prefix, name.namespace, name.name)
    }

    fn reference(&self, name: &PackageName, tag: String) -> Reference {
        Reference::with_tag(self.place.host.clone(), self.repository(name), tag)
    }

    /// Does something over the network, and says of a failure what was being done.
    fn run<T: Send>(
        &self,
        action: impl FnOnce() -> String,
        work: impl AsyncFnOnce(&Connection) -> Outcome<T> + Send,
    ) -> Result<T> {
        let auth = match credentials::of(self.place) {
            Ok(auth) => auth,
            Err(reason) => {
                return Err(Error::Registry {
                    registry: self.name.to_owned(),
                    action: action(),
                    reason: format!(
                        "the credentials for {} cannot be used: {reason}",
                        self.place.host
                    ),
                    hint: Some(failure::log_in(&self.place.host)),
                });
            }
        };
        let outcome = wait_for(async || {
            let connection = Connection::open(&auth, self.is_http)?;
            work(&connection).await
        })?;
        outcome.map_err(|failure| self.failed(action(), &auth, failure))
    }

    fn failed(&self, action: String, auth: &RegistryAuth, failure: Failure) -> Error {
        let (reason, hint) = match failure {
            Failure::Client(error) => {
                failure::in_words(&error, &self.place.host, auth, self.is_http)
            }
            Failure::Content(reason) => (reason, None),
            Failure::Own(error) => return *error,
        };
        Error::Registry {
            registry: self.name.to_owned(),
            action,
            reason,
            hint,
        }
    }

    /// What says that a key has signed this image, and where `cosign` looks for it.
    fn signature(
        &self,
        release: &Release,
        image: &Image,
        key: &SigningKey,
    ) -> Result<(Reference, Image)> {
        let repository = format!("{}/{}", self.place.host, self.repository(&release.name));
        let text = simple_signing(&repository, &image.digest);
        let signature = BASE64_STANDARD.encode(key.sign(&text)?);
        let tag = self.reference(&release.name, signature_tag(&image.digest));
        Ok((tag, Image::of_signature(text, signature)))
    }

    fn published(&self, release: &Release) -> Failure {
        Failure::Own(Box::new(Error::Published {
            release: Box::new(release.clone()),
            registry: self.name.to_owned(),
        }))
    }
}

impl Registry for Oci<'_> {
    fn versions(&self, name: &PackageName) -> Result<Vec<Version>> {
        let reference = self.reference(name, "latest".to_owned());
        let action = || format!("list the versions of {name}");
        let tags = self.run(action, async |connection| connection.tags(&reference).await)?;
        // Signatures and other things have tags as well.
        let versions = tags.iter().filter_map(|tag| Version::parse(tag).ok());
        Ok(versions.collect())
    }

    fn fetch(&self, release: &Release) -> Result<Option<Fetched>> {
        let reference = self.reference(&release.name, release.version.to_string());
        let action = || format!("fetch {release}");
        self.run(action, async |connection| {
            let Some((layers, manifest)) = connection.manifest(&reference).await? else {
                return Ok(None);
            };
            let [layer] = layers.as_slice() else {
                let count = layers.len();
                let text = format!("it has {count} layers, and a component is one");
                return Err(Failure::Content(text));
            };
            if layer.media_type != COMPONENT {
                let found = failure::visible(&layer.media_type);
                let text = format!("it is of type `{found}`, not `{COMPONENT}`");
                return Err(Failure::Content(text));
            }
            let component = connection.blob(&reference, layer, COMPONENT_BYTES).await?;
            let signatures = self.reference(&release.name, signature_tag(&manifest));
            Ok(Some(Fetched {
                component: component.into(),
                signatures: connection.signatures(&signatures, &manifest).await?,
            }))
        })
    }

    fn publish(&self, new: &Publication<'_>) -> Result<()> {
        let release = new.release;
        let reference = self.reference(&release.name, release.version.to_string());
        let image = Image::of(new);
        let signature = new.key.map(|key| self.signature(release, &image, key));
        let signature = signature.transpose()?;
        let action = || format!("publish {release}");
        self.run(action, async |connection| {
            connection.log_in(&reference).await?;
            connection.upload(&reference, &image).await?;
            // The signature first: whoever sees the component finds it.
            if let Some((tag, signature)) = &signature {
                connection.upload(tag, signature).await?;
                connection.tag(tag, signature).await?;
            }
            match once::add_tag(connection, &reference, &image).await? {
                true => Ok(()),
                false => Err(self.published(release)),
            }
        })
    }
}

/// Where `cosign` looks for the signatures of a manifest.
fn signature_tag(manifest: &str) -> String {
    manifest.replacen(':', "-", 1) + ".sig"
}

/// Waits for something asynchronous on a thread of its own: whoever calls may be asynchronous
/// itself, and must not wait there.
fn wait_for<T: Send, F: Future<Output = T>>(work: impl FnOnce() -> F + Send) -> Result<T> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| Error::Runtime {
                    reason: error.to_string(),
                })?;
            Ok(runtime.block_on(work()))
        });
        match thread.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
