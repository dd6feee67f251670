//! What a model predicts and what it should predict are judged as all columns, and told apart from its
//! inputs: by the names of their findings and metrics, and in the summary.

use mlhost_plugin::Finding;

use crate::Params;
use crate::assess::Compared;
use crate::profile::Column;

/// What a column is to a model that does not read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Prediction,
    Target,
}

impl Role {
    /// What its finding and its metric are called.
    pub(crate) fn check(self) -> &'static str {
        match self {
            Self::Prediction => "prediction_drift",
            Self::Target => "target_drift",
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Prediction => "prediction",
            Self::Target => "target",
        }
    }

    /// Whether nobody can say if a column of this role has drifted: what came true may not be known
    /// yet, and what is to be predicted may not be predictable.
    pub(crate) fn is_unknown(self, current: Option<&Column>) -> bool {
        match self {
            Self::Prediction => current.is_none(),
            Self::Target => current.is_none_or(|current| current.values.count() == 0),
        }
    }
}

/// The finding on a prediction or the target, under a name that tells so.
pub(crate) fn as_role(params: &Params, mut finding: Finding) -> Finding {
    if let Some(role) = params.role(finding.column.as_deref().unwrap_or_default()) {
        finding.check = role.check().to_owned();
    }
    finding
}

/// What became of predictions and target, in a few words.
pub(crate) fn in_summary(params: &Params, roles: &[Compared<'_>]) -> String {
    let of = |role| {
        let columns = roles.iter();
        columns.filter(move |one| params.role(&one.column.name) == Some(role))
    };
    let several: Vec<_> = of(Role::Prediction).collect();
    let mut words = match several.as_slice() {
        [] => String::new(),
        [one] => of_one(Role::Prediction, one),
        several => of_several(several),
    };
    words.extend(of(Role::Target).map(|target| of_one(Role::Target, target)));
    words
}

fn of_one(role: Role, compared: &Compared<'_>) -> String {
    let (name, word) = (&compared.column.name, role.word());
    if role.is_unknown(compared.counterpart) {
        return format!(
            "; drift of the {word} `{name}` is unknown: the current data is without it"
        );
    }
    let has = if compared.has_drifted() {
        "has"
    } else {
        "has not"
    };
    format!("; the {word} `{name}` {has} drifted")
}

fn of_several(predictions: &[&Compared<'_>]) -> String {
    let count = predictions.len();
    let known: Vec<_> = predictions
        .iter()
        .filter(|one| !Role::Prediction.is_unknown(one.counterpart))
        .collect();
    if known.is_empty() {
        return format!(
            "; drift of the {count} columns of predictions is unknown: the current data is without \
             them"
        );
    }
    let drifted = known.iter().filter(|one| one.has_drifted());
    let names: Vec<_> = drifted
        .map(|one| format!("`{}`", one.column.name))
        .collect();
    let names_of_some = names
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len() {
        0 => format!("; none of {count} columns of predictions has drifted"),
        1 => format!("; 1 of {count} columns of predictions has drifted: {names_of_some}"),
        drifted if drifted > NAMED => format!(
            "; {drifted} of {count} columns of predictions have drifted: {names_of_some} and {} more",
            drifted - NAMED
        ),
        drifted => {
            format!("; {drifted} of {count} columns of predictions have drifted: {names_of_some}")
        }
    }
}

/// So many columns of predictions that have drifted are named in the summary.
const NAMED: usize = 4;
