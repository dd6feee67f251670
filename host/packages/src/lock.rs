//! `pipeline.lock`, beside `pipeline.toml`: which version of each package a pipeline runs, and the
//! digest of its component. It is TOML, sorted, and made for version control.
//!
//! ```toml
//! version = 1
//!
//! [[package]]
//! name = "acme:clip"
//! version = "1.2.0"
//! digest = "sha256:…"
//! ```
//!
//! A package may be there in several versions. A reference means the newest of those that will do.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Release, Result,
    files::write_whole,
    reference::{PackageName, Wanted},
};

/// The version of the file's layout.
const LAYOUT: u32 = 1;

/// What the file begins with.
const HEADING: &str = "\
# The packages of the pipeline beside this file, each in one version, with the digest of its
# component. `host` writes it, and `host plugin update` moves it: keep it under version control.
";

/// The packages that are pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The digests of components.
    packages: BTreeMap<Release, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default, rename = "package")]
    packages: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    version: String,
    digest: String,
}

/// How two locks differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockChange {
    /// The package.
    pub name: PackageName,
    /// The versions that were there and are not.
    pub before: Vec<String>,
    /// The versions that are there and were not.
    pub after: Vec<String>,
}

impl Lock {
    /// The file that belongs to a pipeline: `pipeline.lock` beside `pipeline.toml`.
    pub fn path(pipeline: &Path) -> PathBuf {
        pipeline.with_extension("lock")
    }

    /// Reads the file; nothing, if there is none.
    ///
    /// # Errors
    /// [`Error::Read`], and [`Error::Lock`] for a file that is no lock.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::Read {
                path: path.to_owned(),
                source,
            }),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self> {
        let wrong = |reason: String| Error::Lock {
            path: path.to_owned(),
            reason,
        };
        let document: Document =
            toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        if document.version != LAYOUT {
            let version = document.version;
            return Err(wrong(format!(
                "it has layout {version}, and this host knows layout {LAYOUT}"
            )));
        }
        let mut packages = BTreeMap::new();
        for Entry {
            name,
            version,
            digest,
        } in document.packages
        {
            let label = format!("{name}@{version}");
            let release = Release {
                name: PackageName::parse(&name)
                    .ok_or_else(|| wrong(format!("`{name}` is no name of a package")))?,
                version: Version::parse(&version)
                    .map_err(|error| wrong(format!("the version of `{label}`: {error}")))?,
            };
            if !is_digest(&digest) {
                return Err(wrong(format!("the digest of `{label}` is `{digest}`")));
            }
            if packages.insert(release, digest).is_some() {
                return Err(wrong(format!("`{label}` is there twice")));
            }
        }
        Ok(Self { packages })
    }

    /// The text of the file.
    ///
    /// # Errors
    /// [`Error::Lock`], which does not happen.
    pub fn to_toml(&self) -> Result<String> {
        let packages = self.packages.iter().map(|(release, digest)| Entry {
            name: release.name.to_string(),
            version: release.version.to_string(),
            digest: digest.clone(),
        });
        let document = Document {
            version: LAYOUT,
            packages: packages.collect(),
        };
        let text = toml::to_string(&document).map_err(|error| Error::Lock {
            path: PathBuf::new(),
            reason: error.to_string(),
        })?;
        Ok(format!("{HEADING}\n{text}"))
    }

    /// Writes the file, as a whole or not at all.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write(&self, path: &Path) -> Result<()> {
        write_whole(path, self.to_toml()?.as_bytes())
    }

    /// Whether nothing is pinned.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// What is pinned, by name and version.
    pub fn packages(&self) -> impl Iterator<Item = (&Release, &str)> {
        let packages = self.packages.iter();
        packages.map(|(release, digest)| (release, digest.as_str()))
    }

    /// Pins a version of a package.
    pub fn insert(&mut self, release: Release, digest: impl Into<String>) {
        self.packages.insert(release, digest.into());
    }

    /// Lets go of all versions of a package.
    pub fn forget(&mut self, name: &PackageName) {
        self.packages.retain(|release, _| release.name != *name);
    }

    /// The pinned version that a reference means.
    pub(crate) fn find(&self, wanted: &Wanted) -> Option<(&Release, &str)> {
        let pinned = self
            .packages()
            .filter(|(release, _)| release.name == wanted.name);
        let fitting = pinned.filter(|(release, _)| wanted.takes(&release.version));
        fitting.max_by_key(|(release, _)| &release.version)
    }

    /// What is different in `after`, by name.
    pub fn changes(&self, after: &Self) -> Vec<LockChange> {
        let mut changes: BTreeMap<&PackageName, LockChange> = BTreeMap::new();
        let missing = |one: &Self, other: &Self, release: &Release| {
            one.packages.get(release) != other.packages.get(release)
        };
        for release in self.packages.keys().chain(after.packages.keys()) {
            if !missing(self, after, release) {
                continue;
            }
            let change = changes.entry(&release.name).or_insert_with(|| LockChange {
                name: release.name.clone(),
                before: vec![],
                after: vec![],
            });
            // A version of which only the digest is another one stands on both sides.
            let version = release.version.to_string();
            let (before, after) = (
                self.packages.contains_key(release),
                after.packages.contains_key(release),
            );
            for (is_there, versions) in [(before, &mut change.before), (after, &mut change.after)] {
                if is_there && !versions.contains(&version) {
                    versions.push(version.clone());
                }
            }
        }
        changes.into_values().collect()
    }
}

/// `sha256:` and 64 lower-case hexadecimal digits.
pub(crate) fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    digits.is_some_and(|digits| digits.len() == 64 && digits.bytes().all(is_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> Release {
        let (name, version) = text.split_once('@').unwrap();
        Release {
            name: PackageName::parse(name).unwrap(),
            version: version.parse().unwrap(),
        }
    }

    fn digest(digit: char) -> String {
        format!("sha256:{}", digit.to_string().repeat(64))
    }

    fn lock(packages: &[(&str, char)]) -> Lock {
        let mut lock = Lock::default();
        for (text, digit) in packages {
            lock.insert(release(text), digest(*digit));
        }
        lock
    }

    #[test]
    fn it_is_sorted_and_read_back() {
        let lock = lock(&[("b:x@1.10.0", 'a'), ("a:x@1.0.0", 'b'), ("b:x@1.9.0", 'c')]);
        let text = lock.to_toml().unwrap();
        insta::assert_snapshot!(text);
        assert_eq!(
            Lock::parse(&text, Path::new("pipeline.lock")).unwrap(),
            lock
        );
    }

    #[test]
    fn what_is_no_lock_is_refused() {
        let entry = |name: &str, version: &str, digest: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndigest = \"{digest}\"\n"
            )
        };
        let good = entry("acme:clip", "1.0.0", &digest('a'));
        for text in [
            "version = 2\n".to_owned(),
            "version = 1\npackages = 1\n".to_owned(),
            "<<<<<<< ours\nversion = 1\n".to_owned(),
            format!("version = 1\n{good}{good}"),
            format!("version = 1\n{}", entry("clip", "1.0.0", &digest('a'))),
            format!("version = 1\n{}", entry("acme:clip", "1", &digest('a'))),
            format!("version = 1\n{}", entry("acme:clip", "1.0.0", "sha256:abc")),
        ] {
            let outcome = Lock::parse(&text, Path::new("pipeline.lock"));
            assert!(matches!(outcome, Err(Error::Lock { .. })), "{text}");
        }
    }

    #[test]
    fn changes_are_told_by_package() {
        let before = lock(&[("a:x@1.0.0", 'a'), ("a:y@1.0.0", 'a'), ("a:z@1.0.0", 'a')]);
        let after = lock(&[("a:x@1.1.0", 'a'), ("a:y@1.0.0", 'b'), ("a:z@1.0.0", 'a')]);
        let changes = before.changes(&after);
        let words: Vec<_> = changes
            .iter()
            .map(|change| format!("{}: {:?} -> {:?}", change.name, change.before, change.after))
            .collect();
        assert_eq!(
            words,
            [
                "a:x: [\"1.0.0\"] -> [\"1.1.0\"]",
                "a:y: [\"1.0.0\"] -> [\"1.0.0\"]",
            ]
        );
        assert_eq!(before.changes(&before), []);
    }
}
