//! The data of a pipeline, opened: its files, and the tables that its selection makes of them.

use std::{collections::HashMap, path::Path, sync::Arc};

use mlhost_data::{Dataset, FileTable, Opener, Table};
use mlhost_pipeline::{Comparison, Data, Diagnostic, Pipeline, Plan, Side, without_query};

use crate::{Error, Result, Supplies, error::with_causes, results::Results};

/// One table of data.
pub(crate) struct Opened {
    pub(crate) files: Arc<FileTable>,
    pub(crate) dataset: Dataset,
}

/// Opens all data of a pipeline: the files that are given, and those that it names by paths from
/// `base`. Digests of files are remembered in the store.
///
/// # Errors
/// [`Error::Pipeline`] with every file that cannot be read, and every selection that does not fit
/// its files, at its place.
pub(crate) fn open(
    pipeline: &Pipeline,
    base: &Path,
    supplies: &Supplies,
) -> Result<HashMap<String, Arc<Opened>>> {
    let mut diagnostics = pipeline.diagnostics();
    let mut opened = HashMap::new();
    for data in pipeline.data.values() {
        let opener = opener(data, supplies);
        let files = match supplies.files.get(&data.name) {
            Some(files) => opener.open_files(files.iter().cloned()),
            None => opener.open(&data.path, base),
        };
        let files = match files {
            Ok(files) => Arc::new(files),
            Err(error) => {
                let diagnostic = Diagnostic::new(with_causes(&error)).at(data.path_span());
                diagnostics.push(match error.hint() {
                    Some(hint) => diagnostic.hint(hint),
                    None => diagnostic,
                });
                continue;
            }
        };
        match Dataset::new(files.clone(), &data.selection) {
            Ok(dataset) => {
                opened.insert(data.name.clone(), Arc::new(Opened { files, dataset }));
            }
            Err(mistakes) => {
                for mistake in mistakes {
                    let message = format!("data `{}`: {}", data.name, mistake.message);
                    let diagnostic = data.diagnostic_at(&mistake.pointer, message);
                    diagnostics.push(match mistake.hint {
                        Some(hint) => diagnostic.hint(hint),
                        None => diagnostic,
                    });
                }
            }
        }
    }
    let opened = diagnostics.into_result(opened)?;
    check_folds(pipeline, &opened)?;
    Ok(opened)
}

/// Finds folds that are by columns which the data does not have, or which are no time.
fn check_folds(pipeline: &Pipeline, opened: &HashMap<String, Arc<Opened>>) -> Result<()> {
    let mut diagnostics = pipeline.diagnostics();
    for folded in pipeline.folded.values() {
        let (data, side) = parts_of(&folded.table);
        for mistake in opened[data]
            .dataset
            .folds(side, &folded.folds)
            .err()
            .unwrap_or_default()
        {
            let message = format!("data `{data}`: {}", mistake.message);
            let diagnostic = Diagnostic::new(message).at(folded.span());
            diagnostics.push(match mistake.hint {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            });
        }
    }
    Ok(diagnostics.into_result(())?)
}

/// The name of the data of a table, and the side of its split.
fn parts_of(table: &str) -> (&str, Option<Side>) {
    match table.split_once('.') {
        Some((data, side)) => {
            let sides = [Side::Train, Side::Validation, Side::Test];
            (data, sides.into_iter().find(|known| known.name() == side))
        }
        None => (table, None),
    }
}

/// All tables of a pipeline by the names that steps use: those of its data, and the folds of
/// cross-validations.
pub(crate) fn tables(
    pipeline: &Pipeline,
    opened: &HashMap<String, Arc<Opened>>,
) -> HashMap<String, Arc<dyn Table>> {
    let mut tables: HashMap<_, _> = opened
        .iter()
        .flat_map(|(name, data)| data.tables(name))
        .collect();
    for (step, folded) in &pipeline.folded {
        let (data, side) = parts_of(&folded.table);
        // The check has seen that they can be made.
        let folds = opened[data]
            .dataset
            .folds(side, &folded.folds)
            .unwrap_or_default();
        for (number, fold) in (0..).zip(folds) {
            let (train, test) = folded.tables(step, number);
            tables.extend([(train, fold.train), (test, fold.test)]);
        }
    }
    tables
}

/// What the pipeline says of the files of a table.
pub(crate) fn opener(data: &Data, supplies: &Supplies) -> Opener {
    let opener = Opener::new(data.format)
        .csv(&data.csv)
        .compression(data.compression)
        .store(&data.store);
    let opener = match &data.schema {
        Some(schema) => opener.schema(schema.iter().map(|(name, kind)| (name.clone(), *kind))),
        None => opener,
    };
    match &supplies.store {
        Some(store) => {
            let memory = Results::of(store.clone(), &supplies.reuse);
            opener.digest_memory(Arc::new(memory))
        }
        None => opener,
    }
}

impl Opened {
    /// Its tables by the names that steps use: all rows, and each side of its split.
    pub(crate) fn tables(&self, name: &str) -> Vec<(String, Arc<dyn Table>)> {
        let sides = self.dataset.sides().iter();
        let sides = sides.map(|(side, table)| (format!("{name}.{}", side.name()), table.clone()));
        let whole = (name.to_owned(), self.dataset.whole().clone());
        std::iter::once(whole).chain(sides).collect()
    }
}

/// The name of the data that a table is made of: that of `flights.train` is `flights`, and so is
/// that of its folds.
pub(crate) fn data_name(table: &str) -> &str {
    table.split(['.', '#']).next().unwrap_or(table)
}

/// Finds data without any row that its `where` leaves, of that which steps read. Where there are
/// rows, the first of them ends the search.
pub(crate) fn refuse_empty(
    pipeline: &Pipeline,
    plan: &Plan,
    opened: &HashMap<String, Arc<Opened>>,
) -> Result<()> {
    let datasets = plan.steps.iter().flat_map(|step| step.work.datasets());
    let names: Vec<&str> = datasets.map(|dataset| data_name(dataset.name())).collect();
    let mut diagnostics = pipeline.diagnostics();
    for data in pipeline.data.values() {
        if names.contains(&data.name.as_str())
            && !has_rows(opened[&data.name].dataset.preview().as_ref())?
        {
            let error = no_rows(data, None);
            let diagnostic = data.diagnostic_at("/where", error.to_string());
            diagnostics.push(match error.hint() {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            });
        }
    }
    Ok(diagnostics.into_result(())?)
}

/// Whether a table has a row.
pub(crate) fn has_rows(table: &dyn Table) -> Result<bool> {
    if let Some(rows) = table.num_rows() {
        return Ok(rows > 0);
    }
    Ok(table.scan(&[])?.next().transpose()?.is_some())
}

/// The name of data, or of a side of its split, without the fold that is made of it.
fn raw_name(table: &str) -> &str {
    table.split_once('#').map_or(table, |(raw, _)| raw)
}

/// What to say of a table of this data that has no rows: of one that steps read, or of what its
/// `where` alone leaves.
pub(crate) fn no_rows(data: &Data, table: Option<&str>) -> Error {
    let selection = &data.selection;
    let mut causes = Vec::new();
    let comparisons = selection.comparisons.iter();
    let comparisons: Vec<String> = comparisons.map(Comparison::to_string).collect();
    if !comparisons.is_empty() {
        causes.push(format!("its `where` ({})", comparisons.join(" and ")));
    }
    if table.is_some() && selection.sample.is_some() {
        causes.push("its `sample`".to_owned());
    }
    let part = table.and_then(|table| table.strip_prefix(&data.name));
    if part.is_some_and(|part| part.starts_with('.')) {
        causes.push("its `split`".to_owned());
    }
    if let Some((_, fold)) = part.and_then(|part| part.split_once('#')) {
        // Written by `FoldedData::tables`: the step, which may have slashes in its name, the number
        // of the fold, and the side.
        let parts = fold
            .rsplit_once('/')
            .and_then(|(of, _)| of.rsplit_once('/'));
        causes.push(
            parts.map_or("one of its folds".to_owned(), |(step, number)| {
                format!("fold {number} of step `{step}`")
            }),
        );
    }
    let is_selected = !causes.is_empty();
    let reason = match causes.as_slice() {
        [] => format!("there are none in `{}`", without_query(&data.path)),
        [cause] => format!("{cause} leaves none"),
        causes => format!("{} leave none", causes.join(" and ")),
    };
    Error::NoRows {
        data: table.map_or(&*data.name, raw_name).to_owned(),
        reason,
        is_selected,
    }
}
