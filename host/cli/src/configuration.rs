//! The user's configuration: `MLHOST_CONFIG` (empty for none), else `mlhost/config.toml` in the
//! user's folder for configuration by the XDG base directory specification.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use mlhost_packages::Sources;
use mlhost_pipeline::{Configuration, LimitSet, Source, UrlGrant, parse_configuration};
use mlhost_store::Retention;

use crate::{
    error::{Failure, INTERNAL},
    places,
};

/// What is kept, as the user wants it.
///
/// # Errors
/// When the configuration cannot be read, and every mistake in it.
pub(crate) fn retention() -> Result<Retention, Failure> {
    let wanted = read()?.retention;
    let defaults = Retention::default();
    Ok(Retention {
        keep_runs: wanted.keep_runs.unwrap_or(defaults.keep_runs),
        cache_age: wanted.cache_days.map_or(defaults.cache_age, days),
        cache_bytes: wanted.cache_bytes.unwrap_or(defaults.cache_bytes),
    })
}

/// Where pipelines may send something.
///
/// # Errors
/// When the configuration cannot be read, and every mistake in it.
pub(crate) fn granted_urls() -> Result<Vec<UrlGrant>, Failure> {
    Ok(read()?.granted_urls)
}

/// What plugins may use where neither pipeline nor step says.
///
/// # Errors
/// When the configuration cannot be read, and every mistake in it.
pub(crate) fn limits() -> Result<LimitSet, Failure> {
    Ok(read()?.limits)
}

/// The registries of packages: those of the configuration, and those that `wkg` knows.
///
/// # Errors
/// When one of the files cannot be read or understood.
pub(crate) fn sources() -> mlhost_packages::Result<Sources> {
    let configuration = read().map_err(|failure| mlhost_packages::Error::Configuration {
        text: failure.whole(),
    })?;
    let Some((own, _)) = path() else {
        return Ok(Sources::default());
    };
    let folder = own.parent().unwrap_or(Path::new("."));
    let sources = Sources::new(configuration.registries, folder);
    let Some(folder) = places::xdg("XDG_CONFIG_HOME", ".config") else {
        return Ok(sources);
    };
    let path = folder.join("wasm-pkg").join("config.toml");
    match fs::read_to_string(&path) {
        Ok(text) => sources.with_wkg(&text, &path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(sources),
        Err(source) => Err(mlhost_packages::Error::Read { path, source }),
    }
}

fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 24 * 60 * 60)
}

fn read() -> Result<Configuration, Failure> {
    let Some((path, is_chosen)) = path() else {
        return Ok(Configuration::default());
    };
    match fs::read_to_string(&path) {
        Ok(text) => Ok(parse_configuration(Source::new(
            path.display().to_string(),
            text,
        ))?),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_chosen => {
            Ok(Configuration::default())
        }
        Err(error) => {
            let message = format!(
                "cannot read the configuration `{}`: {error}",
                path.display()
            );
            let hint = is_chosen.then(|| "MLHOST_CONFIG names it".to_owned());
            Err(Failure::new(INTERNAL, message, hint))
        }
    }
}

/// The file, and whether somebody has named it: then it has to be there.
fn path() -> Option<(PathBuf, bool)> {
    if let Some(chosen) = env::var_os("MLHOST_CONFIG") {
        return (!chosen.is_empty()).then(|| (PathBuf::from(chosen), true));
    }
    let folder = places::xdg("XDG_CONFIG_HOME", ".config")?;
    Some((folder.join("mlhost").join("config.toml"), false))
}
