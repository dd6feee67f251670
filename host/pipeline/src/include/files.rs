//! Which other files a pipeline names, so that whoever reads it can fetch them first.

use super::{find, table, text};
use crate::diagnostic::Diagnostics;
use crate::node::Entry;
use crate::source::Source;
use crate::syntax;

/// The files that a pipeline or a patch names in keys `pipeline` of its steps, as they are written.
/// A text that is no TOML names none.
pub fn included(source: &Source) -> Vec<String> {
    let mut diagnostics = Diagnostics::new(source.clone());
    let entries = syntax::parse(source, 0, &mut diagnostics).unwrap_or_default();
    let profiles = find(&entries, "profiles")
        .map(|entry| table(&entry.node))
        .unwrap_or_default();
    let layers =
        std::iter::once(entries.as_slice()).chain(profiles.iter().map(|entry| table(&entry.node)));
    let steps = layers.filter_map(|layer: &[Entry]| find(layer, "steps"));
    let steps = steps.flat_map(|steps| table(&steps.node));
    let named = steps.filter_map(|step| text(&find(table(&step.node), "pipeline")?.node));
    named.map(str::to_owned).collect()
}

/// The names of the profiles that a pipeline declares, as they are written. A text that is no TOML
/// declares none.
pub fn profile_names(source: &Source) -> Vec<String> {
    let mut diagnostics = Diagnostics::new(source.clone());
    let entries = syntax::parse(source, 0, &mut diagnostics).unwrap_or_default();
    let profiles = find(&entries, "profiles").map(|entry| table(&entry.node));
    let profiles = profiles.unwrap_or_default().iter();
    profiles.map(|profile| profile.name.clone()).collect()
}

/// A path that stands in a file, as seen from the folder of the pipeline that includes that file:
/// `data.csv` in `parts/features.toml` is `parts/data.csv`.
pub fn path_from(file: &str, path: &str) -> String {
    let is_complete =
        path.starts_with(['/', '\\']) || path.contains("://") || path.get(1..2) == Some(":");
    match file.rsplit_once('/') {
        Some((folder, _)) if !is_complete => tidied(&format!("{folder}/{path}")),
        _ => tidied(path),
    }
}

/// The path without `.`, and without `..` behind a name.
fn tidied(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts
                .last()
                .is_some_and(|last| *last != ".." && !last.is_empty()) =>
            {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::path_from;

    #[test]
    fn paths_are_seen_from_the_pipeline() {
        assert_eq!(path_from("features.toml", "data/x.csv"), "data/x.csv");
        assert_eq!(path_from("parts/features.toml", "./x.csv"), "parts/x.csv");
        assert_eq!(path_from("parts/features.toml", "../x.csv"), "x.csv");
        assert_eq!(path_from("../parts/f.toml", "../x.csv"), "../x.csv");
        assert_eq!(path_from("parts/f.toml", "/x.csv"), "/x.csv");
        assert_eq!(path_from("parts/f.toml", "s3://b/x.csv"), "s3://b/x.csv");
    }
}
