//! The domain classifier: whether rows of the reference can be told from current ones by all their
//! columns together. Columns that have not moved each by itself may have moved against each other.
//!
//! Both sides are divided by the content of their rows, and each part is told by what was learned
//! from the others; one area under the ROC curve is that of all rows, as in NannyML. Both sides
//! count alike, however many rows they have.

use std::collections::BTreeSet;

use mlhost_plugin::{Finding, Result, Severity};
use mlhost_statistics::hash::mixed;
use serde_json::{Map, json};

use crate::Params;
use crate::boosting::{BINS, Boosted, Rows};
use crate::judge::extend;
use crate::params::DomainClassifier;
use crate::profile::{Column, Profile, Values};
use crate::sample::{Cell, Row, Sample};

/// With fewer different rows on a side nothing can be learned.
const FEWEST_ROWS: usize = 10;

/// So many columns are named that told the sides apart.
const NAMED_COLUMNS: usize = 10;

/// The finding of the classifier where one is asked for, and its area under the ROC curve unless
/// there is too little to learn from.
pub(crate) fn compare(
    params: &Params,
    reference: &Profile,
    current: &Profile,
) -> Result<Option<(Finding, Option<f64>)>> {
    let Some(asked) = &params.domain_classifier else {
        return Ok(None);
    };
    let (Some(before), Some(now)) = (&reference.sample, &current.sample) else {
        return Ok(None);
    };
    let columns = shared_columns(params, reference, current);
    let sizes = (before.iter().len(), now.iter().len());
    if let Some(why) = too_little(columns.len(), sizes) {
        return Ok(Some((untold(&why, sizes), None)));
    }
    let (rows, parts) = rows(&columns, before, now, asked);
    let (scores, gains) = told(&rows, &parts, asked.folds);
    let auc = area(&rows, &scores);
    let finding = finding(asked, auc, &columns, &gains, sizes);
    Ok(Some((finding, Some(auc))))
}

/// Why nothing can be learned, if it cannot.
fn too_little(columns: usize, (before, now): (usize, usize)) -> Option<String> {
    if columns == 0 {
        return Some(
            "there is no column of inputs with values of one type on both sides".to_owned(),
        );
    }
    let few = [("the reference", before), ("the current data", now)];
    let (side, rows) = few.into_iter().find(|(_, rows)| *rows < FEWEST_ROWS)?;
    let plural = if rows == 1 { "" } else { "s" };
    Some(format!(
        "{side} has {rows} different row{plural}, and {FEWEST_ROWS} are needed"
    ))
}

/// The finding that the classifier that was asked for can say nothing.
fn untold(why: &str, (n_ref, n_cur): (usize, usize)) -> Finding {
    let mut details = Map::new();
    extend(
        &mut details,
        json!({ "value": null, "n_ref": n_ref, "n_cur": n_cur }),
    );
    Finding {
        check: "domain_classifier".to_owned(),
        column: None,
        passed: false,
        severity: Severity::Warn,
        message: format!("whether a classifier tells the sides apart is unknown: {why}"),
        details,
    }
}

/// A column that both sides have, with its place on either.
struct Shared<'a> {
    name: &'a str,
    before: usize,
    now: usize,
}

/// The inputs that hold numbers on both sides, or texts of not too many kinds.
fn shared_columns<'a>(
    params: &Params,
    reference: &'a Profile,
    current: &Profile,
) -> Vec<Shared<'a>> {
    let comparable = |left: &Column, right: &Column| {
        matches!(
            (&left.values, &right.values),
            (Values::Numbers(_), Values::Numbers(_)) | (Values::Texts(_), Values::Texts(_))
        )
    };
    let columns = reference.columns.iter().enumerate();
    let shared = columns.filter_map(|(before, column)| {
        let mut others = current.columns.iter();
        let now = others.position(|other| other.name == column.name)?;
        let is_input = params.role(&column.name).is_none();
        (is_input && comparable(column, &current.columns[now])).then_some(Shared {
            name: &column.name,
            before,
            now,
        })
    });
    shared.collect()
}

/// All rows of both samples, and the part that each belongs to.
fn rows(
    columns: &[Shared<'_>],
    before: &Sample,
    now: &Sample,
    asked: &DomainClassifier,
) -> (Rows, Vec<u64>) {
    let (mut labels, mut weights, mut parts) = (vec![], vec![], vec![]);
    for (sample, label) in [(before, 0.0), (now, 1.0)] {
        let total: u64 = sample.iter().map(|(_, row)| row.count).sum();
        for (hash, row) in sample.iter() {
            labels.push(label);
            weights.push(row.count as f64 / total as f64);
            // Equal rows are in one part, whichever side they are on.
            parts.push(mixed(hash ^ asked.seed.rotate_left(32)) % asked.folds);
        }
    }
    let features = columns.iter().map(|column| {
        let cells = |sample: &'_ Sample, place: usize| -> Vec<Cell> {
            let rows = sample.iter();
            rows.map(|(_, row): (u64, &Row)| row.cells[place].clone())
                .collect()
        };
        let mut all = cells(before, column.before);
        all.extend(cells(now, column.now));
        binned(&all)
    });
    let rows = Rows {
        features: features.collect(),
        labels,
        weights,
    };
    (rows, parts)
}

/// The bin of each cell: 0 where it is missing, and about as many in each of the others. Texts are
/// in the order of their bytes.
fn binned(cells: &[Cell]) -> Vec<u8> {
    let numbers: Vec<Option<f64>> = match texts(cells) {
        Some(texts) => {
            let place = |cell: &Cell| match cell {
                Cell::Text(text) => texts.binary_search(&text.as_ref()).ok(),
                _ => None,
            };
            cells
                .iter()
                .map(|cell| place(cell).map(|place| place as f64))
                .collect()
        }
        None => cells
            .iter()
            .map(|cell| match cell {
                Cell::Number(number) => Some(*number),
                _ => None,
            })
            .collect(),
    };
    let mut sorted: Vec<f64> = numbers.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let quantile = |bin: usize| sorted.get(bin * sorted.len() / (BINS - 1)).copied();
    let mut edges: Vec<f64> = (1..BINS - 1).filter_map(quantile).collect();
    edges.dedup();
    let bin = |number: &f64| edges.partition_point(|edge| edge <= number) as u8 + 1;
    numbers
        .iter()
        .map(|number| number.as_ref().map_or(0, bin))
        .collect()
}

/// The different texts in order; `None` of a column of numbers.
fn texts(cells: &[Cell]) -> Option<Vec<&str>> {
    let texts = cells.iter().filter_map(|cell| match cell {
        Cell::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    let texts: BTreeSet<&str> = texts.collect();
    (!texts.is_empty()).then(|| texts.into_iter().collect())
}

/// The score of each row, and how much each feature helped to tell.
fn told(rows: &Rows, parts: &[u64], folds: u64) -> (Vec<f64>, Vec<f64>) {
    let mut scores = vec![0.0; parts.len()];
    let mut gains = vec![0.0; rows.features.len()];
    for fold in 0..folds {
        let (held, learned): (Vec<usize>, Vec<usize>) =
            (0..parts.len()).partition(|place| parts[*place] == fold);
        let boosted = Boosted::fit(rows, &learned);
        for place in held {
            scores[place] = boosted.score(rows, place);
        }
        for (sum, gain) in gains.iter_mut().zip(boosted.gains) {
            *sum += gain;
        }
    }
    (scores, gains)
}

/// The area under the ROC curve of weighted rows: the probability that a current row has a larger
/// score than one of the reference, where equal scores count half.
fn area(rows: &Rows, scores: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|left, right| scores[*left].total_cmp(&scores[*right]));
    let (mut below, mut area) = (0.0, 0.0);
    let mut all = [0.0, 0.0];
    for tied in order.chunk_by(|left, right| scores[*left] == scores[*right]) {
        let mut here = [0.0, 0.0];
        for place in tied {
            here[usize::from(rows.labels[*place] > 0.5)] += rows.weights[*place];
        }
        area += here[1] * (below + 0.5 * here[0]);
        below += here[0];
        all = [all[0] + here[0], all[1] + here[1]];
    }
    area / (all[0] * all[1])
}

fn finding(
    asked: &DomainClassifier,
    auc: f64,
    columns: &[Shared<'_>],
    gains: &[f64],
    (n_ref, n_cur): (usize, usize),
) -> Finding {
    let threshold = asked.threshold;
    let passed = auc <= threshold;
    let relation = if passed { "not above" } else { "above" };
    let total: f64 = gains.iter().sum();
    let mut named: Vec<(&str, f64)> = columns
        .iter()
        .zip(gains)
        .filter(|(_, gain)| **gain > 0.0)
        .map(|(column, gain)| (column.name, gain / total))
        .collect();
    named.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    let named = named.iter().take(NAMED_COLUMNS);
    let named = named.map(|(name, share)| json!({ "column": name, "share_of_gain": share }));
    let mut details = Map::new();
    let described = json!({
        "method": "area under the ROC curve of gradient-boosted trees, cross-validated",
        "value": auc,
        "threshold": threshold,
        "threshold_from": if threshold == 0.55 {
            "default, as that of Evidently's classifier of texts"
        } else {
            "parameter"
        },
        "folds": asked.folds,
        "seed": asked.seed,
        "columns": columns.len(),
        "n_ref": n_ref,
        "n_cur": n_cur,
        "sample": "different rows of the smallest hashes, weighted by how often they occur",
        "told_by": named.collect::<Vec<_>>(),
    });
    extend(&mut details, described);
    Finding {
        check: "domain_classifier".to_owned(),
        column: None,
        passed,
        severity: Severity::Warn,
        message: format!(
            "a classifier tells current rows from those of the reference with an area under the \
             ROC curve of {auc:.4}, {relation} {threshold}"
        ),
        details,
    }
}
