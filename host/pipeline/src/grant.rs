//! Where a pipeline may send something: addresses, and the prefixes of addresses that a user grants.
//! Both are compared part by part, never as mere text.

use std::fmt;
use std::str::FromStr;

/// The address that a pipeline sends something to.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    text: String,
    parts: Parts,
}

/// The beginning of addresses that something may be sent to: `https://hooks.example.com/team/`
/// grants that host, under that path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlGrant(Parts);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    is_encrypted: bool,
    host: String,
    port: u16,
    /// With a `/` in front.
    path: String,
}

/// Why a text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It is not on the web.
    #[error("is no address that begins with `https://` or `http://`")]
    Scheme,
    /// It names no host, or none that can be.
    #[error("names no host")]
    Host,
    /// It has a user name or a password in it.
    #[error("holds a user name or a password")]
    Credentials,
    /// It has a part that may stand for another one.
    #[error("has `.` or `..` as a part of its path, or characters that no address has")]
    Path,
}

impl WebhookUrl {
    /// The address as it is called. It may be a secret: show [`WebhookUrl::shown`].
    pub fn secret(&self) -> &str {
        &self.text
    }

    /// The address without what may be secret: the host.
    pub fn shown(&self) -> String {
        format!("{}/…", self.parts.origin())
    }

    /// The least that must be granted for it.
    pub fn origin(&self) -> String {
        format!("{}/", self.parts.origin())
    }
}

/// Without what may be secret.
impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("WebhookUrl")
            .field(&self.shown())
            .finish()
    }
}

impl FromStr for WebhookUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        Ok(Self {
            text: text.to_owned(),
            parts: text.parse()?,
        })
    }
}

impl FromStr for UrlGrant {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        text.parse().map(Self)
    }
}

impl UrlGrant {
    /// Whether it covers an address: scheme, host and port are the same, and the path of the address
    /// is that of the grant, or goes on from it after a `/`.
    pub fn covers(&self, url: &WebhookUrl) -> bool {
        let (granted, wanted) = (&self.0, &url.parts);
        let is_same_host = granted.is_encrypted == wanted.is_encrypted
            && granted.host == wanted.host
            && granted.port == wanted.port;
        let rest = wanted.path.strip_prefix(&granted.path);
        let goes_on =
            |rest: &str| granted.path.ends_with('/') || rest.is_empty() || rest.starts_with('/');
        is_same_host && rest.is_some_and(goes_on)
    }
}

impl Parts {
    fn origin(&self) -> String {
        let (scheme, usual) = match self.is_encrypted {
            true => ("https", 443),
            false => ("http", 80),
        };
        match self.port == usual {
            true => format!("{scheme}://{}", self.host),
            false => format!("{scheme}://{}:{}", self.host, self.port),
        }
    }
}

impl FromStr for Parts {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        let is_encrypted = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(UrlError::Scheme),
        };
        if !rest
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        {
            return Err(UrlError::Path);
        }
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        if authority.contains('@') {
            return Err(UrlError::Credentials);
        }
        let is_dots = |part: &str| {
            let part = part.to_ascii_lowercase().replace("%2e", ".");
            part == "." || part == ".."
        };
        // A `%2f` may be taken for the end of a part.
        let path = path.replace("%2F", "%2f");
        if path
            .split("%2f")
            .flat_map(|part| part.split('/'))
            .any(is_dots)
        {
            return Err(UrlError::Path);
        }
        let usual = if is_encrypted { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, port.parse().map_err(|_| UrlError::Host)?)
            }
            _ => (authority, usual),
        };
        if host.is_empty() {
            return Err(UrlError::Host);
        }
        Ok(Self {
            is_encrypted,
            host: host.to_ascii_lowercase(),
            port,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(grant: &str, url: &str) -> bool {
        let grant: UrlGrant = grant.parse().expect("a grant");
        grant.covers(&url.parse().expect("an address"))
    }

    #[test]
    fn a_grant_covers_what_goes_on_from_it() {
        for (grant, url) in [
            (
                "https://hooks.example.com",
                "https://hooks.example.com/a?b=c",
            ),
            (
                "https://hooks.example.com/",
                "https://HOOKS.example.com:443/a",
            ),
            ("https://example.com/team", "https://example.com/team"),
            ("https://example.com/team", "https://example.com/team/a"),
            ("https://example.com/team/", "https://example.com/team/a"),
            ("http://[::1]:80", "http://[::1]/a"),
        ] {
            assert!(covers(grant, url), "{grant} {url}");
        }
    }

    #[test]
    fn a_grant_covers_nothing_that_only_looks_like_it() {
        for (grant, url) in [
            ("https://example.com", "https://example.com.evil.org/"),
            ("https://example.com", "http://example.com/"),
            ("https://example.com", "https://example.com:8443/"),
            ("https://example.com/team", "https://example.com/teams"),
            ("https://example.com/team/", "https://example.com/"),
            ("https://example.com/team", "https://example.com/?/team"),
        ] {
            assert!(!covers(grant, url), "{grant} {url}");
        }
    }

    #[test]
    fn what_may_mean_something_else_is_no_address() {
        let told = |url: &str| url.parse::<WebhookUrl>().expect_err("no address");
        assert_eq!(told("ftp://example.com"), UrlError::Scheme);
        assert_eq!(told("example.com/a"), UrlError::Scheme);
        assert_eq!(told("https:///a"), UrlError::Host);
        assert_eq!(told("https://example.com:http/"), UrlError::Host);
        assert_eq!(
            told("https://me:secret@example.com/"),
            UrlError::Credentials
        );
        for path in [
            "a/../b",
            "a/%2E%2e/b",
            "a%2f..%2Fb",
            "./a",
            "a b",
            "a\\..\\b",
        ] {
            assert_eq!(told(&format!("https://example.com/{path}")), UrlError::Path);
        }
    }

    #[test]
    fn what_may_be_secret_is_not_shown() {
        let url: WebhookUrl = "https://example.com:8443/secret?token=secret"
            .parse()
            .expect("one");
        assert_eq!(url.shown(), "https://example.com:8443/…");
        assert!(!format!("{url:?}").contains("secret"));
    }
}
