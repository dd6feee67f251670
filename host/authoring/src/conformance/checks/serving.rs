//! Whether a model works where nobody knows the truth: the target is missing when a host predicts.

use crate::conformance::{
    compare, data,
    ready::Trial,
    report::{Found, Objection, good, nothing},
};

/// Without the target the transform makes the same rows.
pub(in crate::conformance) fn without_target(trial: &Trial<'_>) -> Found {
    trial.applied(|ready, whole| {
        let Trial { bench, case, .. } = trial;
        let named = trial
            .schema
            .roles()
            .into_iter()
            .filter(|(_, role)| *role == "target");
        let target = named
            .filter_map(|(name, _)| case.params.get(name)?.as_str())
            .next();
        let Some(target) = target else {
            return nothing("no parameter names a target");
        };
        let Some(rows) = data::without(case.applied(), target) else {
            return nothing("the rows have no target");
        };
        let told = format!("without the target `{target}`");
        let applied = bench.apply(
            &case.text(),
            &ready.state,
            std::slice::from_ref(&rows),
            &rows.schema(),
        );
        let applied = applied
            .map_err(|trouble| Objection::new(format!("{told}: it {}", trouble.words())))
            .map_err(|objection| {
                objection.hint("a host predicts where the target is not known yet")
            })?;
        // The target itself may have been passed through.
        let expected: Vec<_> = whole
            .all()
            .iter()
            .filter_map(|batch| data::without(batch, target))
            .collect();
        let schema = expected
            .first()
            .map_or_else(|| applied.schema.clone(), |batch| batch.schema());
        compare::rows(&schema, &expected, &applied.all(), None).map_err(|difference| {
            Objection::new(format!("{told} it makes other rows: {difference}"))
        })?;
        good(format!("{told} it makes the same rows"))
    })
}
