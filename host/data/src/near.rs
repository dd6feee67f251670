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
    let mut names = names(parent, |name| Format::from_path(name) == Some(format));
    if !is_glob(&wanted) {
        names.sort_by(|one, other| likeness(&wanted, other).total_cmp(&likeness(&wanted, one)));
        let nearest = names.first().filter(|name| likeness(&wanted, name) >= 0.6);
        if let Some(nearest) = nearest {
            let folder = parent.display();
            return Some(format!("did you mean `{nearest}` in `{folder}`?"));
        }
        names.sort();
    }
    Some(match names.is_empty() {
        true => format!(
            "the folder `{}` holds no file of {format}",
            parent.display()
        ),
        false => format!("the folder `{}` holds {}", parent.display(), listed(&names)),
    })
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
