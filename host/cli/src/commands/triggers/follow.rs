//! Pipelines that start one another: what a run of one comes to decides whether another runs.

use std::path::{Path, PathBuf};

use mlhost_engine::{Engine, Supplies};
use mlhost_packages::{Access, Pins};
use mlhost_pipeline::{Diagnostic, Follow, Overrides, Pipeline};

use super::Scheduled;
use crate::commands::{check::registry, read_pipeline};
use crate::error::{Failure, REFUSED};

/// A path that is the same for all names of a file; as it is if there is no such file.
pub(super) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Checks what a pipeline says of the pipelines whose runs start it, which must be there and free of
/// mistakes.
///
/// # Errors
/// Every mistake, each at its place.
pub(in crate::commands) fn check(
    engine: &Engine,
    pipeline: &Pipeline,
    folder: &Path,
    store: Option<&Path>,
) -> Result<(), Failure> {
    let mut diagnostics = pipeline.diagnostics();
    for follow in &pipeline.triggers.follows {
        let path = folder.join(&follow.of);
        if let Some(diagnostic) = is_missing(follow, &path) {
            diagnostics.push(diagnostic);
            continue;
        }
        let (other, folder) = read_pipeline(&path, &Overrides::default())?;
        let supplies = Supplies {
            pins: Pins::of(&path, Access::default())?,
            registry: registry(&other, store, &folder)?,
            ..Supplies::default()
        };
        let checked = engine.check_before_run(other, &folder, supplies)?;
        checked.check_follower(&follow.when, &pipeline.params, &mut diagnostics);
    }
    Ok(diagnostics.into_result(())?)
}

/// A path without the folder that it is in anyway.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

/// What is wrong with a pipeline that is followed if it is not there.
fn is_missing(follow: &Follow, path: &Path) -> Option<Diagnostic> {
    if path.is_file() {
        return None;
    }
    let message = format!("there is no pipeline `{}`", follow.of.escape_debug());
    let hint = "`of` is the path of a pipeline file, relative to the folder of this one";
    Some(Diagnostic::new(message).at(follow.of_span()).hint(hint))
}

/// Checks that all pipelines that are followed are among those that a process runs, and that none
/// starts itself by way of others.
///
/// # Errors
/// The first pipeline with such mistakes.
pub(super) fn all_are_run(
    scheduled: &[Scheduled<'_>],
    pipelines: &[Pipeline],
) -> Result<(), Failure> {
    for (one, pipeline) in scheduled.iter().zip(pipelines) {
        let mut diagnostics = pipeline.diagnostics();
        for follow in &one.triggers.follows {
            let path = one.folder.join(&follow.of);
            let of = follow.of.escape_debug();
            let is_run = || {
                scheduled
                    .iter()
                    .any(|other| real(&other.path) == real(&path))
            };
            let diagnostic = match is_missing(follow, &path) {
                None if is_run() => continue,
                None => Diagnostic::new(format!("nothing here runs `{of}`"))
                    .at(follow.of_span())
                    .hint(format!(
                        "name it too: `host schedule {} {}`",
                        shown(&path),
                        shown(&one.path)
                    )),
                Some(missing) => missing,
            };
            diagnostics.push(diagnostic);
        }
        diagnostics.into_result(())?;
    }
    let starts = |which: usize| -> Vec<usize> {
        let path = real(&scheduled[which].path);
        let is_started = |other: &&usize| {
            let other = &scheduled[**other];
            let mut follows = other.triggers.follows.iter();
            follows.any(|follow| real(&other.folder.join(&follow.of)) == path)
        };
        let all: Vec<usize> = (0..scheduled.len()).collect();
        all.iter().filter(is_started).copied().collect()
    };
    match (0..scheduled.len()).find_map(|first| circle(vec![first], &starts)) {
        None => Ok(()),
        Some(circle) => {
            let names = circle.iter().map(|which| &scheduled[*which].path);
            let names: Vec<String> = names.map(|path| path.display().to_string()).collect();
            let message = format!(
                "these pipelines would start one another for ever: {}",
                names.join(", then ")
            );
            let hint = "take `on = \"drift\"` out of one of them".to_owned();
            Err(Failure::new(REFUSED, message, Some(hint)))
        }
    }
}

/// The way from the first of these back to it, if there is one.
fn circle(way: Vec<usize>, starts: &dyn Fn(usize) -> Vec<usize>) -> Option<Vec<usize>> {
    let last = *way.last()?;
    starts(last).into_iter().find_map(|next| {
        let mut way = way.clone();
        let is_known = way.contains(&next);
        way.push(next);
        match is_known {
            true => (way.first() == Some(&next)).then_some(way),
            false => circle(way, starts),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::circle;

    #[test]
    fn a_circle_is_found_wherever_it_begins() {
        let starts = |edges: &'static [(usize, usize)]| {
            move |which: usize| {
                let from = edges.iter().filter(|(from, _)| *from == which);
                from.map(|(_, to)| *to).collect::<Vec<_>>()
            }
        };
        let found = |edges, first| circle(vec![first], &starts(edges));
        assert_eq!(found(&[(0, 1), (1, 2), (0, 2)], 0), None);
        assert_eq!(found(&[(0, 0)], 0), Some(vec![0, 0]));
        const LATER: &[(usize, usize)] = &[(0, 1), (1, 2), (2, 1)];
        assert_eq!(found(LATER, 0), None);
        assert_eq!(found(LATER, 1), Some(vec![1, 2, 1]));
    }
}
