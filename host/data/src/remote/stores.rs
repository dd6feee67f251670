//! Makes the store that an address is about. Credentials come from the environment, or from where
//! the provider of a cloud puts them for its machines; what is not secret may be stated.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mlhost_pipeline::{Scheme, StoreOptions, without_query};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use super::connector::Connector;
use super::problem;
use crate::Result;

/// A store, and what of it an address stands for.
pub(super) struct Store {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) scheme: Scheme,
    /// The address without what is in the store; of a web server the whole.
    pub(super) root: String,
    /// A key, a glob, or a folder that ends in `/`; empty for a web server.
    pub(super) pattern: String,
}

/// Opens the store of an address.
pub(super) fn open(url: &str, scheme: Scheme, options: &StoreOptions) -> Result<Store> {
    let failed = |error| problem::error(PathBuf::from(without_query(url)), scheme, &error);
    let store = make(url, scheme, options).map_err(failed)?;
    let (root, pattern) = match scheme {
        Scheme::Web => (url, ""),
        _ => {
            let bucket = bucket(url);
            let behind = url.find(bucket).unwrap_or_default() + bucket.len();
            url.split_at(behind)
        }
    };
    Ok(Store {
        store,
        scheme,
        root: root.to_owned(),
        pattern: pattern.trim_start_matches('/').to_owned(),
    })
}

/// What stands between `://` and the next slash.
fn bucket(url: &str) -> &str {
    let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
    behind.split('/').next().unwrap_or(behind)
}

fn make(
    url: &str,
    scheme: Scheme,
    options: &StoreOptions,
) -> object_store::Result<Arc<dyn ObjectStore>> {
    let StoreOptions {
        region,
        account,
        endpoint,
        anonymous,
    } = options;
    let is_plain = endpoint
        .as_ref()
        .is_some_and(|endpoint| endpoint.starts_with("http://"));
    Ok(match scheme {
        Scheme::S3 => {
            let mut builder = AmazonS3Builder::from_env()
                .with_bucket_name(bucket(url))
                .with_http_connector(Connector)
                .with_retry(retry());
            if let Some(region) = region {
                builder = builder.with_region(region);
            }
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint);
            }
            if is_plain {
                builder = builder.with_allow_http(true);
            }
            if *anonymous {
                builder = builder.with_skip_signature(true);
            }
            Arc::new(builder.build()?)
        }
        Scheme::GoogleCloud => {
            let mut builder = GoogleCloudStorageBuilder::from_env()
                .with_bucket_name(bucket(url))
                .with_http_connector(Connector)
                .with_retry(retry());
            if let Some(endpoint) = endpoint {
                builder = builder.with_base_url(endpoint);
            }
            if *anonymous {
                builder = builder.with_skip_signature(true);
            }
            Arc::new(builder.build()?)
        }
        Scheme::Azure => {
            let mut builder = MicrosoftAzureBuilder::from_env()
                .with_container_name(bucket(url))
                .with_http_connector(Connector)
                .with_retry(retry());
            if let Some(account) = account {
                builder = builder.with_account(account);
            }
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint.clone());
            }
            if is_plain {
                builder = builder.with_allow_http(true);
            }
            if *anonymous {
                builder = builder.with_skip_signature(true);
            }
            Arc::new(builder.build()?)
        }
        // The whole address is that of the store, so that its query and its characters stay.
        Scheme::Web => Arc::new(
            HttpBuilder::new()
                .with_url(url)
                .with_client_options(ClientOptions::new().with_allow_http(true))
                .with_http_connector(Connector)
                .with_retry(retry())
                .build()?,
        ),
    })
}

/// Tries five times more, over about three seconds.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
        },
        max_retries: 5,
        retry_timeout: Duration::from_secs(120),
    }
}
