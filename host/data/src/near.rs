//! What is there instead of a file that was not found: the first folder on the way that is missing,
//! or the names in the last one.

use std::fs;
use std::path::Path;

use mlhost_pipeline::Format;

/// How many names are told where none is much like the wanted one.
const NAMES: usize = 5;

/// The hint for a path, folder or glob that stands for no file. `base` is the folder that is there.
pub(crate) fn hint(path: &Path, base: &Path, format: Format) -> Option<String> {
    if path.is_dir() {
        let names = names(path, |_| true);
        return Some(match names.is_empty() {
            true => format!("the folder `{}` is empty", path.display()),
            false => format!(
                "the folder `{}` holds no file with an ending of {format}, but {}",
                path.display(),
                listed(&names)
            ),
        });
    }
    let parent = path.parent()?;
    let wanted = path.file_name()?.to_string_lossy().into_owned();
    if is_glob(&parent.to_string_lossy()) {
        return None;
    }
    if !parent.is_dir() {
        return Some(missing_folder(parent, base));
    }
    let names = names(parent, |name| Format::from_path(name) == Some(format));
    let wanted = (!is_glob(&wanted)).then_some(wanted.as_str());
    let folder = parent.display().to_string();
    Some(among(names, wanted, &folder, format))
}

/// The hint for a file or glob that is not among the names of a folder.
pub(crate) fn among(
    mut names: Vec<String>,
    wanted: Option<&str>,
    folder: &str,
    format: Format,
) -> String {
    names.sort();
    if let Some(wanted) = wanted {
        let likenesses = names.iter().map(|name| (likeness(wanted, name), name));
        // The first of equals, which is the last that is not greater.
        let nearest = likenesses
            .rev()
            .max_by(|one, other| one.0.total_cmp(&other.0));
        if let Some((_, nearest)) = nearest.filter(|(likeness, _)| *likeness >= 0.6) {
            return format!("did you mean `{nearest}` in `{folder}`?");
        }
    }
    match names.is_empty() {
        true => format!("the folder `{folder}` holds no file of {format}"),
        false => format!("the folder `{folder}` holds {}", listed(&names)),
    }
}

/// The first folder on the way to a path that is not there.
fn missing_folder(parent: &Path, base: &Path) -> String {
    let mut missing = parent;
    while let Some(above) = missing.parent()
        && !above.as_os_str().is_empty()
        && !above.is_dir()
        && above != base
    {
        missing = above;
    }
    format!("there is no folder `{}`", missing.display())
}

fn names(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| wanted(name)).collect();
    names.sort();
    names
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMES)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn likeness(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(&one.to_lowercase(), &other.to_lowercase())
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}
