//! Who somebody is to a registry: a token in the variable that `wkg` reads, what `wkg`'s
//! configuration says, or what `docker login`, `podman login` or `oras login` has left, with the
//! programs that keep passwords for them.

use std::env;

use docker_credential::{CredentialRetrievalError, DockerCredential};
use oci_client::secrets::RegistryAuth;

use super::failure::visible;
use crate::configuration::{Credentials, OciPlace};

/// The name of Docker Hub in the files of `docker login`.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// What a program that keeps passwords says if it has none.
const NOT_FOUND: &str = "credentials not found";

/// The credentials for a registry; nobody's, where there are none.
///
/// # Errors
/// Why those that there are cannot be used.
pub(super) fn of(place: &OciPlace) -> Result<RegistryAuth, String> {
    let variable = token_variable(&place.host);
    let token = env::var(&variable).unwrap_or_default();
    if let token = token.trim()
        && !token.is_empty()
    {
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("`{variable}` has characters that no token has"));
        }
        return Ok(RegistryAuth::Bearer(token.to_owned()));
    }
    if let Some(Credentials { user, password }) = &place.credentials {
        return Ok(RegistryAuth::Basic(user.clone(), password.clone()));
    }
    let server = match place.host.as_str() {
        "docker.io" | "index.docker.io" => DOCKER_HUB,
        host => host,
    };
    let keepers = [
        docker_credential::get_credential as fn(&str) -> _,
        docker_credential::get_podman_credential,
    ];
    for keeper in keepers {
        match keeper(server) {
            Ok(DockerCredential::UsernamePassword(user, password)) => {
                return Ok(RegistryAuth::Basic(user, password));
            }
            Ok(DockerCredential::IdentityToken(_)) => {
                return Err("they are an identity token, and a password is needed".to_owned());
            }
            Err(error) if is_missing(&error) => {}
            Err(CredentialRetrievalError::HelperFailure {
                helper,
                stdout,
                stderr,
            }) => {
                let said = format!("{stdout} {stderr}");
                let words: Vec<_> = said.split_whitespace().collect();
                let said = visible(&words.join(" "));
                return Err(format!("`{helper}` has failed: {said}"));
            }
            Err(CredentialRetrievalError::HelperCommunicationError) => {
                return Err(
                    "the program that `credHelpers` or `credsStore` names cannot be run".to_owned(),
                );
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(RegistryAuth::Anonymous)
}

/// Whether there is no file, or one that does not know the registry.
fn is_missing(error: &CredentialRetrievalError) -> bool {
    match error {
        CredentialRetrievalError::ConfigNotFound
        | CredentialRetrievalError::ConfigReadError
        | CredentialRetrievalError::NoCredentialConfigured => true,
        CredentialRetrievalError::HelperFailure { stdout, stderr, .. } => {
            stdout.contains(NOT_FOUND) || stderr.contains(NOT_FOUND)
        }
        _ => false,
    }
}

/// The variable with a token: `WKG_REGISTRY_LOCALHOST_5000_AUTH_BEARER` for `localhost:5000`.
fn token_variable(host: &str) -> String {
    let word = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_uppercase(),
        false => '_',
    };
    let host: String = host.chars().map(word).collect();
    format!("WKG_REGISTRY_{host}_AUTH_BEARER")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_that_of_wkg() {
        assert_eq!(
            token_variable("ghcr.io"),
            "WKG_REGISTRY_GHCR_IO_AUTH_BEARER"
        );
        assert_eq!(
            token_variable("localhost:5000"),
            "WKG_REGISTRY_LOCALHOST_5000_AUTH_BEARER"
        );
    }
}
