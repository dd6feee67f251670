//! Another attempt where a registry does not answer, breaks off, or says that it is busy.

use std::{future::Future, time::Duration};

use oci_client::errors::{OciDistributionError, OciErrorCode};

use super::failure::digest_error;

/// The waits before the second attempt and those after it.
pub(super) const WAITS: [Duration; 3] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(3),
];

/// Does something until it works, or fails in a way that another attempt does not change, or has
/// failed too often.
pub(super) async fn retrying<T, F: Future<Output = Result<T, OciDistributionError>>>(
    mut attempt: impl FnMut() -> F,
) -> Result<T, OciDistributionError> {
    for wait in WAITS {
        match attempt().await {
            Err(error) if is_transient(&error) => tokio::time::sleep(wait).await,
            outcome => return outcome,
        }
    }
    attempt().await
}

/// Whether it may be otherwise another time.
pub(super) fn is_transient(error: &OciDistributionError) -> bool {
    match error {
        OciDistributionError::RequestError(error) => {
            error.is_connect() || error.is_timeout() || error.is_request() || error.is_body()
        }
        OciDistributionError::ServerError { code, .. } => {
            matches!(code, 408 | 429 | 500..=599)
        }
        OciDistributionError::RegistryError { envelope, .. } => envelope
            .errors
            .iter()
            .any(|error| error.code == OciErrorCode::Toomanyrequests),
        // The connection has ended before its time, or what came is something else.
        OciDistributionError::IoError(_) => digest_error(error).is_none(),
        _ => false,
    }
}
