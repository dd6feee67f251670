//! An instance that has trapped is never entered again: what it holds cannot be trusted.

use mlhost_sandbox::{Context, Error, Failure};

use crate::{
    entry::{STATE, numbers},
    support::{failure, hostile, project},
};

const UPDATE: &str = r#"{ "attack": "trap-and-return" }"#;
const APPLY: &str = r#"{ "attack": "trap-and-return", "at": "apply" }"#;

/// The plugin traps when it is first entered, and would do its work the second time.
pub(crate) fn a_trapped_instance_cannot_be_entered_again() {
    let (plugin, context, rows) = (hostile(), Context::new("attack"), numbers());
    let mut folder = plugin.folder(&context, UPDATE, &rows.schema()).unwrap();
    let input = project(&rows, folder.columns());
    assert_trapped(folder.update(&input));
    assert_closed(folder.update(&input));
    assert_closed(folder.merge(&STATE));
    assert_closed(folder.state());

    let mut transformer = plugin
        .transformer(&context, APPLY, &STATE, &rows.schema())
        .unwrap();
    assert_trapped(transformer.apply(&input));
    assert_closed(transformer.apply(&input));
    assert_closed(transformer.finish());

    // Another instance of the same plugin does not know of it.
    let mut folder = plugin.folder(&context, UPDATE, &rows.schema()).unwrap();
    assert_trapped(folder.update(&input));
}

fn assert_trapped<T>(result: Result<T, Error>) {
    let reason = reason(result);
    assert!(reason.contains("unreachable"), "{reason}");
}

fn assert_closed<T>(result: Result<T, Error>) {
    let reason = reason(result);
    assert!(
        reason.contains("cannot enter component instance"),
        "{reason}"
    );
}

fn reason<T>(result: Result<T, Error>) -> String {
    match result.map_err(failure) {
        Err(Failure::Trapped { reason, .. }) => reason,
        Err(other) => panic!("not a trap: {other}"),
        Ok(_) => panic!("it is entered"),
    }
}
