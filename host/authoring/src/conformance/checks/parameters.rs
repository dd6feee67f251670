//! Whether the schema of the parameters tells what the plugin accepts.

use mlhost_sandbox::Reported;
use serde_json::Value;

use crate::conformance::{
    bench::Trouble,
    mutate::{self, Mutant, UNKNOWN, is_about},
    ready::Trial,
    report::{Found, Objection, good, nothing, wrong},
};

/// The parameters of the case fit the schema, and the plugin opens with them.
pub(in crate::conformance) fn parameters(trial: &Trial<'_>) -> Found {
    let case = trial.case;
    if let Err(reason) = trial.schema.check(&case.params) {
        return wrong(format!("{} do not fit its schema: {reason}", case.params));
    }
    match trial.bench.open(&case.text(), &case.schema()) {
        Ok(_) | Err(Trouble::Wish(_)) => good("it opens with parameters that fit its schema"),
        Err(trouble) => wrong(format!(
            "it does not open with {}, which fit its schema: {}",
            case.params,
            trouble.words()
        )),
    }
}

/// What the schema requires cannot be left out.
pub(in crate::conformance) fn required(trial: &Trial<'_>) -> Found {
    refused(trial, mutate::left_out(&trial.case.params), "is left out")
}

/// A value of another type is refused where the schema has it refused.
pub(in crate::conformance) fn types(trial: &Trial<'_>) -> Found {
    refused(
        trial,
        mutate::mistyped(&trial.case.params),
        "has another value",
    )
}

/// A misspelt name does not go unnoticed.
pub(in crate::conformance) fn unknown(trial: &Trial<'_>) -> Found {
    if trial.schema.welcomes_any_name() {
        return nothing("its parameters may have any name");
    }
    let mutants = mutate::with_unknown(&trial.case.params);
    let says_so = mutants
        .first()
        .is_some_and(|outermost| !trial.schema.accepts(&outermost.params));
    if let Some(outermost) = mutants.first()
        && !says_so
    {
        let open = trial
            .bench
            .open(&outermost.params.to_string(), &trial.case.schema());
        return Err(match open {
            Ok(_) => Objection::new(format!("a parameter `{UNKNOWN}` goes unnoticed")),
            Err(_) => Objection::new("its schema does not say that unknown parameters are refused"),
        }
        .hint("say `\"additionalProperties\": false` in the schema and refuse other names; in Rust, `#[serde(deny_unknown_fields)]` does both"));
    }
    refused(trial, mutants, "is unknown")
}

/// What is no object, or no JSON, is refused without a trap.
pub(in crate::conformance) fn malformed(trial: &Trial<'_>) -> Found {
    let deep = "[".repeat(20_000);
    let nested = format!("{{\"a\":{deep}");
    let texts = [
        ("nothing", ""),
        ("an unfinished object", "{"),
        ("a list", "[{\"conformance-unknown\":1}]"),
        ("null", "null"),
        ("a text", "\"text\""),
        ("a number", "1"),
        ("20000 lists in each other", nested.as_str()),
    ];
    for (what, text) in texts {
        match trial.bench.open(text, &trial.case.schema()) {
            Err(Trouble::Refused(reported)) if reported.kind == "invalid-params" => {}
            Err(trouble) => {
                return wrong(format!(
                    "parameters that are {what}: it {}",
                    trouble.words()
                ));
            }
            Ok(_) => return wrong(format!("it opens with parameters that are {what}")),
        }
    }
    good(format!(
        "{} texts that are no parameters are refused",
        texts.len()
    ))
}

/// Each mutant that the schema refuses is refused by the plugin, with its place; the others are no
/// reason to trap.
fn refused(trial: &Trial<'_>, mutants: Vec<Mutant>, what: &str) -> Found {
    let schema = trial.case.schema();
    let mut count = 0;
    for Mutant { at, params } in mutants {
        let opened = trial.bench.open(&params.to_string(), &schema);
        if trial.schema.accepts(&params) {
            // Whether it fits the data is the plugin's to say.
            if let Err(trouble @ (Trouble::Broken(_) | Trouble::OverLimits(_))) = opened {
                return wrong(format!("{at} {what}: it {}", trouble.words()));
            }
            continue;
        }
        count += 1;
        let place = value_at(&params, &at);
        let why = match opened {
            Ok(_) => format!("{at} {what}{place}: its schema refuses that, and it opens"),
            Err(Trouble::Refused(reported)) => match objection(&reported, &at) {
                None => continue,
                Some(why) => format!("{at} {what}{place}: {why}"),
            },
            Err(trouble) => format!("{at} {what}{place}: it {}", trouble.words()),
        };
        return wrong(why);
    }
    match count {
        0 => nothing("its schema refuses none of them"),
        count => good(format!("{count} refused, each with its place")),
    }
}

fn value_at(params: &Value, at: &str) -> String {
    params
        .pointer(at)
        .map_or_else(String::new, |value| format!(" ({value})"))
}

/// What is wrong with a refusal of a parameter.
fn objection(reported: &Reported, at: &str) -> Option<String> {
    let Reported {
        kind,
        message,
        at: told,
    } = reported;
    if kind != "invalid-params" {
        return Some(format!(
            "it says `{kind}` ({message}) and not `invalid-params`"
        ));
    }
    match told {
        None => Some(format!("its error does not say where (`at`): {message}")),
        Some(told) if !told.is_empty() && !told.starts_with('/') => Some(format!(
            "its error is `at` {told}, which is no JSON Pointer"
        )),
        Some(told) if !is_about(told, at) => Some(format!(
            "its error is `at` {told}, which is another place: {message}"
        )),
        Some(_) => None,
    }
}
