//! Questions that the hostile plugin asks of the world through WASI, and what a step allows for them.

use mlhost_pipeline::{Allow, AllowedDir};
use mlhost_sandbox::{Context, Error};

use crate::support::hostile;

/// The parameters with which a function of the plugin asks for something. What it is told it tells in
/// its log, and where it is to assess states, in its summary.
pub(crate) fn params(ask: &str, at: &str) -> String {
    serde_json::json!({ "attack": "ask", "ask": ask, "at": at }).to_string()
}

/// What the plugin is told when it assesses states.
pub(crate) fn told(ask: &str, context: &Context) -> Result<String, Error> {
    let states = [("data".to_owned(), 1_u64.to_le_bytes().to_vec())];
    let outcome = hostile().assess(context, &params(ask, "assess"), &states)?;
    Ok(named(&outcome.summary))
}

/// The cases of enums by their names alone, which bindings show with numbers and explanations.
pub(crate) fn named(text: &str) -> String {
    let mut named = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("ErrorCode { code: ") {
        let Some((_, after)) = after.split_once("name: \"") else {
            break;
        };
        let (name, after) = after.split_once('"').unwrap();
        named.push_str(before);
        named.push_str("ErrorCode::");
        for word in name.split('-') {
            let (first, others) = word.split_at(1);
            named.push_str(&first.to_uppercase());
            named.push_str(others);
        }
        rest = after.split_once("\" }").unwrap().1;
    }
    named + rest
}

pub(crate) fn dir(path: &str, seen_as: &str, is_writable: bool) -> AllowedDir {
    AllowedDir {
        path: path.to_owned(),
        seen_as: seen_as.to_owned(),
        is_writable,
    }
}

pub(crate) fn network(hosts: &[&str]) -> Allow {
    Allow {
        network: hosts.iter().map(|host| host.parse().unwrap()).collect(),
        ..Allow::default()
    }
}
