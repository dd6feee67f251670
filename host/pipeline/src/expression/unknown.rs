//! What is said of a name that there is not.

use super::mistake::Mistake;
use super::scope::{Name, Reference, Within};
use crate::names;

/// What is wrong with a reference to something that does not exist; `known` lists what does.
pub(super) fn mistake(reference: &Reference, known: impl Fn(Within<'_>) -> Vec<String>) -> Mistake {
    let (message, hint) = match &reference.name {
        Name::Param(name) => {
            let params = known(Within::Params);
            let hint = match params.is_empty() {
                true => "declare it in `[params]`".to_owned(),
                false => names::hint(name, "parameters", params.iter().map(String::as_str)),
            };
            (format!("unknown parameter `{}`", name.escape_debug()), hint)
        }
        Name::Each(name) => {
            let given = known(Within::Each);
            let message = match given.is_empty() {
                true => "`each` is known only in a step with `for_each`".to_owned(),
                false => format!("`for_each` gives no `{}`", name.escape_debug()),
            };
            let hint = match given.is_empty() {
                true => format!("write `for_each = {{ {name} = […] }}`, or `params.{name}`"),
                false => it_has(name, &given),
            };
            (message, hint)
        }
        Name::Field { step, field } => {
            let steps = known(Within::Steps);
            if steps.contains(step) {
                let message = format!("step `{step}` has no metric `{}`", field.escape_debug());
                (message, it_has(field, &known(Within::Fields(step))))
            } else {
                let message = format!("unknown step `{}`", step.escape_debug());
                let known = steps.iter().map(String::as_str);
                (message, names::hint(step, "steps", known))
            }
        }
    };
    Mistake::new(message, reference.range.clone()).hint(hint)
}

/// So many names are listed: among a few, a short one cannot be told from a misspelt other one.
const LISTED: usize = 12;

/// All names that there are; if they are many, the one that was meant.
fn it_has(name: &str, known: &[String]) -> String {
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    match names::nearest(name, &names).filter(|_| names.len() > LISTED) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if names.is_empty() => "it has none".to_owned(),
        None => format!("it has: {}", names.join(", ")),
    }
}
