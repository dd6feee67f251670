//! What the errors of `oci-client` mean, in words for whoever asked.

use oci_client::{
    errors::{DigestError, OciDistributionError, OciEnvelope, OciErrorCode},
    secrets::RegistryAuth,
};

/// The most characters that a registry may say.
const MOST_CHARACTERS: usize = 300;

/// Why it did not work, and what to do about it.
pub(super) fn in_words(
    error: &OciDistributionError,
    host: &str,
    auth: &RegistryAuth,
    is_http: bool,
) -> (String, Option<String>) {
    if is_refusal(error) {
        return match auth {
            RegistryAuth::Anonymous => (
                format!("{host} wants credentials, and there are none"),
                Some(log_in(host)),
            ),
            RegistryAuth::Basic(user, _) => (
                format!("{host} does not let `{user}` do that"),
                Some(log_in(host)),
            ),
            RegistryAuth::Bearer(_) => (
                format!("{host} does not let the token do that"),
                Some("a new one may have to be made".to_owned()),
            ),
        };
    }
    if let Some(DigestError::VerificationError { expected, actual }) = digest_error(error) {
        return (
            format!("{host} has {expected}, and what came is {actual}"),
            Some(
                "the registry's copy is damaged, or somebody has changed it: nothing of it was kept"
                    .to_owned(),
            ),
        );
    }
    match error {
        OciDistributionError::RequestError(error) => {
            let reason = deepest(error);
            let hint = hint_for_silence(&reason, is_http);
            (
                format!("{host} does not answer: {reason}"),
                Some(hint.to_owned()),
            )
        }
        OciDistributionError::IoError(error) => {
            (format!("{host} has broken off: {}", deepest(error)), None)
        }
        OciDistributionError::ServerError { code, message, .. } => {
            let said = match serde_json::from_str::<OciEnvelope>(message) {
                Ok(envelope) => messages(&envelope),
                Err(_) => quoted(message),
            };
            let hint = (is_http && said.contains("HTTPS"))
                .then(|| "`http = false` in the configuration makes it https".to_owned());
            (format!("{host} answers with status {code}{said}"), hint)
        }
        OciDistributionError::RegistryError { envelope, .. } => {
            (format!("{host} refuses it{}", messages(envelope)), None)
        }
        OciDistributionError::ImageIndexParsingNoPlatformResolverError => (
            "it is a choice among images, and a component is one".to_owned(),
            None,
        ),
        other => (
            format!("{host} is not understood{}", quoted(&other.to_string())),
            None,
        ),
    }
}

/// How to get credentials for a host.
pub(super) fn log_in(host: &str) -> String {
    format!(
        "`docker login {host}`, or the same with podman or oras, leaves credentials that count here"
    )
}

fn hint_for_silence(reason: &str, is_http: bool) -> &'static str {
    if is_http {
        return "is the registry running?";
    }
    if reason.contains("certificate") {
        return "its certificate has to be one that this machine trusts; `SSL_CERT_FILE` names others";
    }
    "is the registry running, and does it speak https? `http = true` in the configuration is for one \
     that does not"
}

/// Whether there is no such repository or tag.
pub(super) fn is_missing(error: &OciDistributionError) -> bool {
    match error {
        OciDistributionError::ImageManifestNotFoundError(_)
        | OciDistributionError::ServerError { code: 404, .. } => true,
        OciDistributionError::RegistryError { envelope, .. } => has_code(
            envelope,
            &[
                OciErrorCode::ManifestUnknown,
                OciErrorCode::NameUnknown,
                OciErrorCode::NotFound,
            ],
        ),
        _ => false,
    }
}

/// Whether it is a matter of who asks.
fn is_refusal(error: &OciDistributionError) -> bool {
    match error {
        OciDistributionError::UnauthorizedError { .. }
        | OciDistributionError::AuthenticationFailure(_)
        | OciDistributionError::ServerError {
            code: 401 | 403, ..
        } => true,
        OciDistributionError::RegistryError { envelope, .. } => has_code(
            envelope,
            &[OciErrorCode::Unauthorized, OciErrorCode::Denied],
        ),
        _ => false,
    }
}

fn has_code(envelope: &OciEnvelope, codes: &[OciErrorCode]) -> bool {
    let mut errors = envelope.errors.iter();
    errors.any(|error| codes.contains(&error.code))
}

/// What is wrong with a digest, if it is that.
pub(super) fn digest_error(error: &OciDistributionError) -> Option<&DigestError> {
    match error {
        OciDistributionError::DigestError(error) => Some(error),
        OciDistributionError::IoError(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

/// The cause at the bottom, which says the most in the fewest words.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

fn messages(envelope: &OciEnvelope) -> String {
    let messages = envelope
        .errors
        .iter()
        .map(|error| match error.message.is_empty() {
            true => format!("{:?}", error.code),
            false => error.message.clone(),
        });
    quoted(&messages.collect::<Vec<_>>().join("; "))
}

/// What a registry has said, behind a colon.
fn quoted(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let line: String = line.chars().take(MOST_CHARACTERS).collect();
    match line.is_empty() {
        true => String::new(),
        false => format!(": {}", visible(&line)),
    }
}

/// A text of somebody else, without what a terminal would obey.
pub(super) fn visible(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
