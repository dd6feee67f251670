//! Panic messages hold source paths, and so the bytes of a plugin would depend on where it was
//! built. These flags give every directory that sources come from a name of its own, so that two
//! checkouts on two machines give the same bytes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The flags for `rustc` that replace the directories in `names`, each `(directory, name)`. Of
/// two that match, the later wins, so a directory belongs behind the ones that hold it.
///
/// The compiler compares paths as text: a directory that is reached through a symbolic link is
/// replaced under both of its paths.
pub(crate) fn flags(names: &[(PathBuf, String)]) -> Vec<OsString> {
    let mut flags = Vec::new();
    for (directory, name) in names {
        flags.push(flag(directory, name));
        if let Ok(real) = directory.canonicalize()
            && real != *directory
        {
            flags.push(flag(&real, name));
        }
    }
    flags
}

fn flag(directory: &Path, name: &str) -> OsString {
    let mut flag = OsString::from("--remap-path-prefix=");
    flag.push(directory);
    flag.push("=");
    flag.push(name);
    flag
}

/// Cargo's home, which holds the sources of every dependency, as Cargo itself finds it.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    let home = std::env::home_dir().map(|home| home.join(".cargo"));
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_under_both_paths() {
        let directory = tempfile::tempdir().unwrap();
        let real = directory.path().canonicalize().unwrap().join("real");
        let link = directory.path().join("link");
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let flags = flags(&[(link.clone(), "/std".into())]);
        let expected = |path: &Path| format!("--remap-path-prefix={}=/std", path.display());
        assert_eq!(flags, [expected(&link).as_str(), expected(&real).as_str()]);
    }

    #[test]
    fn a_directory_that_is_not_there_is_replaced_all_the_same() {
        let flags = flags(&[("/nowhere/at all".into(), "/crate".into())]);
        assert_eq!(flags, ["--remap-path-prefix=/nowhere/at all=/crate"]);
    }
}
