//! What a step lets its plugin reach beside its rows: opened once, before anything runs.

use std::{
    env, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use cap_std::{ambient_authority, fs::Dir};
use mlhost_pipeline::Allow;

/// What the plugin of a step may reach. By default that is nothing.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    pub(crate) allow: Allow,
    pub(crate) dirs: Vec<GrantedDir>,
    pub(crate) env: Vec<(String, String)>,
    /// No two that grant something are equal.
    token: [u8; 16],
}

/// A folder that a plugin may look into, and not out of.
#[derive(Clone, Debug)]
pub(crate) struct GrantedDir {
    pub(crate) dir: Arc<Dir>,
    pub(crate) seen_as: String,
    pub(crate) is_writable: bool,
}

/// A folder that is allowed cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the folder `{}`, which `allow.dirs` names: {source}", path.display())]
pub struct GrantError {
    /// The folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl Grants {
    /// Opens what is allowed; paths of folders are from `base`. A variable that the environment does
    /// not have is one that the plugin does not see either.
    ///
    /// # Errors
    /// [`GrantError`] for the first folder that cannot be opened.
    pub fn open(allow: &Allow, base: &Path) -> Result<Self, GrantError> {
        let dirs = allow.dirs.iter().map(|allowed| {
            let path = base.join(&allowed.path);
            match Dir::open_ambient_dir(&path, ambient_authority()) {
                Ok(dir) => Ok(GrantedDir {
                    dir: Arc::new(dir),
                    seen_as: allowed.seen_as.clone(),
                    is_writable: allowed.is_writable,
                }),
                Err(source) => Err(GrantError { path, source }),
            }
        });
        let mut token = [0; 16];
        if getrandom::fill(&mut token).is_err() {
            // Then the time tells them apart.
            let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
            token = now.as_nanos().to_le_bytes();
        }
        let env = allow.env.iter();
        let env = env.filter_map(|name| Some((name.clone(), env::var(name).ok()?)));
        Ok(Self {
            dirs: dirs.collect::<Result<_, _>>()?,
            env: env.collect(),
            allow: allow.clone(),
            token,
        })
    }

    /// Whether nothing is granted, so that the step comes out the same whenever it runs.
    pub fn is_nothing(&self) -> bool {
        self.allow.is_nothing()
    }

    /// Something that no other grants have: what a plugin makes with them may never come out again.
    /// None if nothing is granted.
    pub fn token(&self) -> Option<&[u8]> {
        (!self.is_nothing()).then_some(&self.token)
    }

    /// What is granted, each in a few words.
    pub fn in_words(&self) -> Vec<String> {
        self.allow.in_words()
    }
}
