//! Compares the two profiles of one column.

use mlhost_plugin::{Error, Finding, Result, Severity};
use mlhost_statistics::drift::{KolmogorovSmirnov, PSI_FLOOR, kolmogorov_smirnov, psi};
use mlhost_statistics::{Categories, Distribution};
use serde_json::{Map, json};

use crate::Params;
use crate::binned::{Binned, size_of_numbers, size_of_texts};
use crate::judge::{Case, Judged, extend};
use crate::method::Method;
use crate::profile::{Column, Values};
use crate::roles::Role;

/// What the comparison of a column found.
pub(crate) struct Comparison {
    /// The method that judged it, and its value.
    pub(crate) judged: Option<(Method, f64)>,
    pub(crate) psi: Option<f64>,
    pub(crate) ks: Option<KolmogorovSmirnov>,
    pub(crate) finding: Finding,
}

/// Compares a column of the reference with the same column of the current data.
pub(crate) fn compare(
    params: &Params,
    reference: &Column,
    current: Option<&Column>,
) -> Result<Comparison> {
    let role = params.role(&reference.name);
    if let Some(role) = role.filter(|role| role.is_unknown(current)) {
        let message = format!(
            "whether the {} has drifted is unknown: the current data is without it",
            role.word()
        );
        // Later rows are often without the target, and never without what could be predicted.
        return Ok(unlike(reference, "drift", role == Role::Target, message));
    }
    let Some(current) = current else {
        let message = "the reference has this column, and the current data has not".to_owned();
        return Ok(unlike(reference, "column_exists", false, message));
    };
    let (held, holds) = (reference.values.count(), current.values.count());
    let is_numeric = matches!(reference.values, Values::Numbers(_));
    let name = params.of(&reference.name, is_numeric).method.name();
    let check = if name == "auto" { "drift" } else { name };
    let values = (&reference.values, &current.values);
    match values {
        _ if held == 0 && holds == 0 => {
            let message = "there are no values to compare on either side".to_owned();
            Ok(unlike(reference, check, true, message))
        }
        _ if held == 0 || holds == 0 => {
            let message =
                format!("expected values as in the reference, which holds {held}, found {holds}");
            Ok(unlike(reference, check, false, message))
        }
        (Values::Numbers(before), Values::Numbers(now)) => numbers(params, reference, before, now),
        (Values::Texts(before), Values::Texts(now)) => texts(params, reference, before, now),
        (Values::Numbers(_), _) => {
            let message = "expected numbers as in the reference, found texts".to_owned();
            Ok(unlike(reference, "type", false, message))
        }
        (_, Values::Numbers(_)) => {
            let message = "expected texts as in the reference, found numbers".to_owned();
            Ok(unlike(reference, "type", false, message))
        }
        _ => Ok(too_many_texts(params, check, reference, current)),
    }
}

/// A column for which there is no value.
fn unlike(column: &Column, check: &str, passed: bool, message: String) -> Comparison {
    Comparison {
        judged: None,
        psi: None,
        ks: None,
        finding: Finding {
            check: check.to_owned(),
            column: Some(column.name.clone()),
            passed,
            severity: Severity::Warn,
            message,
            details: Map::new(),
        },
    }
}

/// More different texts on one side only is drift, on both sides an identifier.
fn too_many_texts(
    params: &Params,
    check: &str,
    reference: &Column,
    current: &Column,
) -> Comparison {
    let many = |column: &Column| matches!(column.values, Values::ManyTexts { .. });
    let limit = params.max_categories;
    let (passed, message) = match (many(reference), many(current)) {
        (true, false) => (
            false,
            format!("expected more than {limit} different texts as in the reference, found fewer"),
        ),
        (false, true) => (
            false,
            format!("expected up to {limit} different texts as in the reference, found more"),
        ),
        _ => (
            true,
            format!("was not compared, because it holds more than {limit} different texts"),
        ),
    };
    unlike(reference, check, passed, message)
}

fn numbers(
    params: &Params,
    column: &Column,
    reference: &Distribution,
    current: &Distribution,
) -> Result<Comparison> {
    let (reference, current) = reference.comparable(current);
    let settings = params.of(&column.name, true);
    let size = size_of_numbers(&reference, &current);
    let case = Case {
        params,
        settings: &settings,
        name: &column.name,
        size,
        method: settings.method.for_column(size),
    };
    let ks = kolmogorov_smirnov(&reference, &current);
    let binned = Binned::numbers(&settings, case.method, &reference, &current);
    let judged = match case.by_numbers(&reference, &current) {
        Some(judged) => Some(judged),
        None => case.by_shares(&binned)?,
    };
    let mut comparison = concluded(&case, column, &binned, judged)?;
    let details = json!({
        "ks": ks.map(|ks| ks.statistic),
        "ks_p_value": ks.map(|ks| ks.p_value),
        "ks_too_small_by": ks.map(|ks| ks.too_small_by),
        "n_ref": reference.count(),
        "n_cur": current.count(),
    });
    extend(&mut comparison.finding.details, details);
    comparison.ks = ks;
    Ok(comparison)
}

fn texts(
    params: &Params,
    column: &Column,
    reference: &Categories,
    current: &Categories,
) -> Result<Comparison> {
    let settings = params.of(&column.name, false);
    let size = size_of_texts(reference, current);
    let case = Case {
        params,
        settings: &settings,
        name: &column.name,
        size,
        method: settings.method.for_column(size),
    };
    if case.method.needs_numbers() {
        let (name, method) = (&column.name, case.method.name());
        let instead = match settings.method_at.as_str() {
            "/method" => {
                format!(": for columns of numbers alone there is `method_numbers = \"{method}\"`")
            }
            _ => String::new(),
        };
        let message =
            format!("`{method}` compares numbers, and column `{name}` holds texts{instead}");
        return Err(Error::params(&settings.method_at, message));
    }
    let binned = Binned::texts(reference, current);
    let judged = case.by_shares(&binned)?;
    let mut comparison = concluded(&case, column, &binned, judged)?;
    let details = json!({ "n_ref": reference.count(), "n_cur": current.count() });
    extend(&mut comparison.finding.details, details);
    Ok(comparison)
}

/// The comparison that a value comes to; without one, the column holds nothing that the method can
/// compare.
fn concluded(
    case: &Case<'_>,
    column: &Column,
    binned: &Binned,
    judged: Option<Judged>,
) -> Result<Comparison> {
    let check = case.method.name();
    let Some(judged) = judged else {
        let message = format!("there are no finite values for the {}", case.method.title());
        return Ok(unlike(column, check, true, message));
    };
    let (before, now) = binned.shares();
    let index = psi(&before, &now, PSI_FLOOR).map_err(|error| Error::failed(error.to_string()))?;
    let mut finding = case.finding(&judged, check);
    let rule = format!("shares below {PSI_FLOOR} are raised to it");
    extend(
        &mut finding.details,
        json!({ "psi": index, "psi_zero_rule": rule }),
    );
    finding.details.extend(binned.details.clone());
    Ok(Comparison {
        judged: Some((case.method, judged.value)),
        psi: Some(index),
        ks: None,
        finding,
    })
}
