//! `host store`: what takes the space and why it is kept, what nothing needs, what is damaged.

use std::{fmt::Write, path::Path, process::ExitCode};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_store::{Collected, Collection, Content, Reason, Retention, Space, Usage, Verification};

use serde::Serialize;

use super::compiled::{self, Compiled};
use crate::{
    arguments::{GcArguments, RetentionArguments, StoreCommand},
    configuration,
    error::{Failure, REFUSED},
    output::{self, Output},
    places, text,
};

/// More keepers would fill the line.
const SHOWN: usize = 3;

pub(super) fn store(
    command: &StoreCommand,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    match command {
        StoreCommand::Du(arguments) => {
            let collection = collection(arguments, true)?;
            let taken = Taken {
                usage: store.usage(&collection)?,
                compiled: compiled::taken()?,
            };
            output.print(&taken, |taken| space(taken, &collection.retention))?;
        }
        StoreCommand::Gc(GcArguments { dry_run, retention }) => {
            let collected = store.collect(&collection(retention, *dry_run)?)?;
            output.print(&collected, deleted)?;
        }
        StoreCommand::Verify => {
            let verified = store.verify()?;
            output.print(&verified, found)?;
            if !verified.is_sound() {
                return Ok(ExitCode::from(REFUSED));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a store takes, and what is shared by all stores.
#[derive(Serialize)]
struct Taken {
    #[serde(flatten)]
    usage: Usage,
    /// Compiled plugins; none if they are not kept.
    compiled: Option<Compiled>,
}

fn collection(arguments: &RetentionArguments, dry_run: bool) -> Result<Collection, Failure> {
    Ok(Collection {
        retention: configuration::retention()?,
        keep_runs: arguments.keep_runs,
        grace: arguments.grace,
        dry_run,
    })
}

fn space(Taken { usage, compiled }: &Taken, retention: &Retention) -> String {
    let rows = usage.spaces.iter().map(|space| {
        vec![
            text::bytes(space.tally.bytes),
            text::count(space.tally.count),
            name(space.content).to_owned(),
            why(space, usage, retention),
        ]
    });
    let total = vec![
        text::bytes(usage.total.bytes),
        text::count(usage.total.count),
        "all together".to_owned(),
        String::new(),
    ];
    let headings = [
        ("SIZE", Right),
        ("COUNT", Right),
        ("WHAT", Left),
        ("WHY", Left),
    ];
    let outside = compiled.iter().map(|compiled| {
        vec![
            text::bytes(compiled.tally.bytes),
            text::count(compiled.tally.count),
            "compiled plugins".to_owned(),
            format!(
                "not in this store but in {}, for all of them; may be deleted",
                compiled.folder.display()
            ),
        ]
    });
    output::table(&headings, rows.chain([total]).chain(outside)).to_string()
}

fn name(content: Content) -> &'static str {
    match content {
        Content::Kept(Reason::ModelVersion) => "model versions",
        Content::Kept(Reason::AliasHistory) => "history of aliases",
        Content::Kept(Reason::PinnedRun) => "pinned runs",
        Content::Kept(Reason::RunUnderWay) => "runs under way",
        Content::Kept(Reason::LatestRun) => "latest runs",
        Content::Recent => "recent",
        Content::Unreachable => "unreachable",
        Content::TemporaryFiles => "temporary files",
        Content::Cache => "cache",
        Content::Database => "database",
        Content::Backups => "backups",
        Content::Other => "other",
    }
}

fn why(space: &Space, usage: &Usage, retention: &Retention) -> String {
    match space.content {
        Content::Kept(_) => keepers(space),
        Content::Recent => "nothing needs it yet; it was put lately".to_owned(),
        Content::Unreachable => match usage.dispensable_runs.len() {
            0 => "nothing needs it: `host store gc` deletes it".to_owned(),
            runs => format!(
                "nothing needs it but {}: `host store gc` deletes both",
                text::plural(runs, "old run")
            ),
        },
        Content::TemporaryFiles => "left by a process that was killed".to_owned(),
        Content::Cache => format!(
            "{} after its last use, {} at most",
            text::plural(days(retention), "day"),
            text::bytes(retention.cache_bytes)
        ),
        Content::Database => "runs, models, aliases and their history".to_owned(),
        Content::Backups => "databases of earlier releases: delete them as you like".to_owned(),
        Content::Other => String::new(),
    }
}

fn days(retention: &Retention) -> usize {
    let days = retention.cache_age.as_secs() / (24 * 60 * 60);
    usize::try_from(days).unwrap_or(usize::MAX)
}

fn keepers(space: &Space) -> String {
    let shown = space.kept_by.iter().take(SHOWN);
    let shown = shown.map(|keeper| format!("{} {}", keeper.name, text::bytes(keeper.tally.bytes)));
    let mut words = shown.collect::<Vec<_>>().join(", ");
    let more = space.kept_by.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = write!(words, ", and {more} more");
    }
    words
}

fn deleted(collected: &Collected) -> String {
    let sized = |tally: mlhost_store::Tally, noun: &str, nouns: &str| {
        let noun = if tally.count == 1 { noun } else { nouns };
        let size = text::bytes(tally.bytes);
        (tally.count > 0).then(|| format!("{} {noun} ({size})", text::count(tally.count)))
    };
    let runs = collected.runs.len();
    let runs = (runs > 0).then(|| text::plural(runs, "run"));
    let parts = [
        runs,
        sized(
            collected.documents,
            "record or piece of one",
            "records and pieces of them",
        ),
        sized(collected.blobs, "blob", "blobs"),
        sized(collected.cache, "cache entry", "cache entries"),
        sized(
            collected.temporary_files,
            "temporary file",
            "temporary files",
        ),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    match (parts.is_empty(), collected.dry_run) {
        (true, _) => "there is nothing to delete".to_owned(),
        (false, true) => format!("would delete {}", parts.join(", ")),
        (false, false) => format!("deleted {}", parts.join(", ")),
    }
}

fn found(verified: &Verification) -> String {
    let mut words = format!(
        "checked {} blobs and documents, {}: ",
        text::count(verified.checked),
        text::bytes(verified.bytes)
    );
    if verified.is_sound() {
        words.push_str("all are as they were\n");
    } else {
        let _ = writeln!(
            words,
            "{} damaged, {} missing",
            verified.damaged.len(),
            verified.missing.len()
        );
    }
    let needed = |needed_by: &[String]| match needed_by {
        [] => "  needed by nothing".to_owned(),
        needed_by => format!("  needed by {}", needed_by.join(", ")),
    };
    for damaged in &verified.damaged {
        let path = damaged.path.as_ref();
        let place = path.map_or("in the database".to_owned(), |path| {
            path.display().to_string()
        });
        let _ = writeln!(words, "\ndamaged {}\n  {place}", damaged.digest);
        let _ = writeln!(
            words,
            "  {}\n{}",
            damaged.problem,
            needed(&damaged.needed_by)
        );
    }
    for missing in &verified.missing {
        let _ = writeln!(words, "\nmissing {}", missing.digest);
        let _ = writeln!(words, "{}", needed(&missing.needed_by));
    }
    for problem in &verified.database {
        let _ = writeln!(words, "\nin the database: {problem}");
    }
    for file in &verified.temporary_files {
        let _ = writeln!(words, "\ntemporary file {}", file.display());
    }
    if !verified.is_sound() {
        words.push_str(
            "\nWhat a pipeline makes it makes again: run it, with the parameters of the run that \
             is named.\n",
        );
    }
    words
}
