//! Where the files of a table are: on this machine, in an object store, or on a web server. A path
//! says it by what it begins with, `s3://` for example.

use std::fmt;

use thiserror::Error;

/// Where files can be that are not on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `s3://bucket/key`: Amazon S3, or a store that speaks its protocol.
    S3,
    /// `gs://bucket/key`: Google Cloud Storage.
    GoogleCloud,
    /// `az://container/key`: Azure Blob Storage.
    Azure,
    /// `http://…` and `https://…`: one file on a web server, which has no list of its files.
    Web,
}

/// Why a path with `://` in it leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LocationError {
    /// It begins with something else than a known scheme.
    #[error("`{scheme}://` is no place that data is read from")]
    UnknownScheme {
        /// What stands before `://`.
        scheme: String,
    },
    /// Nothing stands behind the scheme, or no file.
    #[error("`{path}` names no {missing}")]
    Incomplete {
        /// The path.
        path: String,
        /// What it lacks.
        missing: &'static str,
    },
    /// It holds a user name or a password.
    #[error("an address of data must hold no user name and no password")]
    Credentials,
    /// A glob or a folder on a web server.
    #[error("`{path}` stands for several files, and a web server has no list of its files")]
    ManyOnTheWeb {
        /// The path.
        path: String,
    },
}

impl Scheme {
    /// The scheme of a path, and what stands behind `://`; none of a path on this machine.
    ///
    /// ```
    /// use mlhost_pipeline::Scheme;
    ///
    /// let (scheme, rest) = Scheme::of("s3://flights/2013/*.parquet")?.unwrap();
    /// assert_eq!((scheme, rest), (Scheme::S3, "flights/2013/*.parquet"));
    /// assert_eq!(Scheme::of("data/flights.parquet")?, None);
    /// # Ok::<(), mlhost_pipeline::LocationError>(())
    /// ```
    ///
    /// # Errors
    /// See [`LocationError`].
    pub fn of(path: &str) -> Result<Option<(Self, &str)>, LocationError> {
        let Some((name, rest)) = path.split_once("://") else {
            return Ok(None);
        };
        let is_name = |text: &str| {
            text.starts_with(|first: char| first.is_ascii_alphabetic())
                && text
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
        };
        if !is_name(name) {
            return Ok(None);
        }
        let scheme = match name.to_ascii_lowercase().as_str() {
            "s3" => Self::S3,
            "gs" => Self::GoogleCloud,
            "az" => Self::Azure,
            "http" | "https" => Self::Web,
            _ => {
                return Err(LocationError::UnknownScheme {
                    scheme: name.to_owned(),
                });
            }
        };
        scheme.check(path, rest)?;
        Ok(Some((scheme, rest)))
    }

    fn check(self, path: &str, rest: &str) -> Result<(), LocationError> {
        let (first, key) = rest.split_once('/').unwrap_or((rest, ""));
        if first.contains('@') {
            return Err(LocationError::Credentials);
        }
        let missing = match (first.is_empty(), key.is_empty()) {
            (true, _) => Some(self.first()),
            (false, true) => Some("file"),
            (false, false) => None,
        };
        if let Some(missing) = missing {
            let path = without_query(path).to_owned();
            return Err(LocationError::Incomplete { path, missing });
        }
        let is_many = without_query(path).contains(['*', '[']) || key.ends_with('/');
        if self == Self::Web && is_many {
            let path = without_query(path).to_owned();
            return Err(LocationError::ManyOnTheWeb { path });
        }
        Ok(())
    }

    /// What stands first behind `://`.
    fn first(self) -> &'static str {
        match self {
            Self::S3 | Self::GoogleCloud => "bucket",
            Self::Azure => "container",
            Self::Web => "server",
        }
    }

    /// The keys of `options` that say where its files are and how to get at them.
    pub fn options(self) -> &'static [&'static str] {
        match self {
            Self::S3 => &["region", "endpoint", "anonymous"],
            Self::GoogleCloud => &["endpoint", "anonymous"],
            Self::Azure => &["account", "endpoint", "anonymous"],
            Self::Web => &[],
        }
    }

    /// What secrets for it are taken from.
    pub fn secrets(self) -> &'static str {
        match self {
            Self::S3 => {
                "the environment variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for \
                 keys that expire, `AWS_SESSION_TOKEN`, or the role of the machine"
            }
            Self::GoogleCloud => {
                "the file that `GOOGLE_APPLICATION_CREDENTIALS` names, the one that `gcloud auth \
                 application-default login` writes, or the role of the machine"
            }
            Self::Azure => {
                "the environment variables `AZURE_STORAGE_ACCOUNT_KEY` and \
                 `AZURE_STORAGE_ACCOUNT_NAME`, which may be `account` under `options`, or those of \
                 a service principal, or the role of the machine"
            }
            Self::Web => "an address that is signed, in a parameter of the pipeline",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::S3 => "s3",
            Self::GoogleCloud => "gs",
            Self::Azure => "az",
            Self::Web => "http",
        })
    }
}

impl LocationError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownScheme { scheme } if scheme.eq_ignore_ascii_case("file") => {
                "write the path alone, without `file://`".to_owned()
            }
            Self::UnknownScheme { .. } => {
                "write `s3://`, `gs://`, `az://`, `https://` or `http://`, or the path of a file"
                    .to_owned()
            }
            Self::Incomplete { .. } => {
                "write `s3://bucket/key`, a glob such as `s3://bucket/2013-*.csv`, or a folder, \
                 which ends in `/`"
                    .to_owned()
            }
            Self::Credentials => {
                "stores take their keys from the environment: the README says from where".to_owned()
            }
            Self::ManyOnTheWeb { .. } => {
                "name one file, or read a glob from `s3://`, `gs://` or `az://`".to_owned()
            }
        }
    }
}

/// How to get at the files of an object store, besides what is secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreOptions {
    /// The region of an S3 bucket.
    pub region: Option<String>,
    /// The account of an Azure container.
    pub account: Option<String>,
    /// The server to ask instead of the usual one of the scheme.
    pub endpoint: Option<String>,
    /// Whether to ask without credentials, as is right for public data.
    pub anonymous: bool,
}

/// A path as it may be shown: without what follows the path of a web address, which may be a
/// signature.
pub fn without_query(path: &str) -> &str {
    let scheme = path.split_once("://").map_or("", |(scheme, _)| scheme);
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => path.split(['?', '#']).next().unwrap_or(path),
        _ => path,
    }
}
