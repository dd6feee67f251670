//! Batches that are emitted, and when.

use mlhost_sandbox::{Context, Limits};

use crate::{
    attack::{Attack, short},
    entry::{Entry, STATE, numbers},
    support::{hostile, project},
};

pub(crate) fn attacks() -> Vec<Attack> {
    let emitted = [
        "offsets-outside",
        "offsets-descend",
        "offsets-negative",
        "invalid-utf8",
        "values-too-short",
        "buffer-outside",
        "buffer-behind-all",
        "buffer-nowhere",
        "wrong-null-count",
        "nulls-beyond-length",
        "validity-too-short",
        "too-many-buffers",
        "too-few-buffers",
        "too-many-arrays",
        "too-few-arrays",
        "wrong-num-rows",
        "wrong-length",
        "other-type",
        "other-type-later",
        "dropped-rows",
        "huge-batch",
        "repeated-buffer",
        "list-offsets-outside",
        "key-outside",
        "key-negative",
        "child-too-short",
        "rows-of-nothing",
        "nulls-of-nothing",
        "endless-nulls",
        "endless-emit",
        "endless-empty-emit",
        "loop-in-apply",
    ];
    let limits = |name| match name {
        "loop-in-apply" => short(),
        _ => Limits::default(),
    };
    let emitted = emitted.map(|name| Attack::rust_with(name, Entry::Apply, limits(name)));
    let elsewhere = [
        Attack::rust("emit-in-update", Entry::Update),
        Attack::rust("rows-at-the-end", Entry::Finish),
        Attack::new("rows-at-the-end-twice", Entry::Finish, || twice(true)),
        Attack::new("apply-after-the-end", Entry::Apply, || twice(false)),
    ];
    emitted.into_iter().chain(elsewhere).collect()
}

/// Asks a plugin that behaves for more after its input has ended: it is as it was.
fn twice(finish: bool) -> Result<String, mlhost_sandbox::Error> {
    let (rows, context) = (numbers(), Context::new("attack"));
    let params = r#"{ "attack": "none" }"#;
    let mut transformer = hostile().transformer(&context, params, &STATE, &rows.schema())?;
    let rows = project(&rows, transformer.columns());
    transformer.apply(&rows)?;
    transformer.finish()?;
    let more = match finish {
        true => transformer.finish()?,
        false => transformer.apply(&rows)?,
    };
    Ok(format!("{} batches after the end", more.len()))
}
