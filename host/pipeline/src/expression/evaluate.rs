//! Evaluates an expression with the values of a run.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cel::common::types::{CelBool, CelDouble, CelNull};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, ExecutionError, IdedExpr};
use serde_json::{Map, Number, Value};

use super::failure;
use super::lower::reference_index;
use super::mistake::Mistake;
use super::program::{ENVIRONMENT, TURN};
use super::scope::{Lookup, Reference, Usage, Values};
use super::unknown;

/// How many turns all loops of one evaluation may take together.
pub(super) const MAX_TURNS: u32 = 10_000;

/// The value of a program.
pub(super) fn evaluate(
    program: &IdedExpr,
    text: &str,
    references: &[Reference],
    scope: &dyn Values,
) -> Result<Value, Mistake> {
    let found: Vec<Result<Box<dyn Val>, Mistake>> = references
        .iter()
        .map(|reference| look_up(reference, scope))
        .collect();
    let variables = Variables {
        found: &found,
        turns: AtomicU32::new(MAX_TURNS),
    };
    let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
    context.set_variable_resolver(&variables);
    let result = cel::Value::resolve(program, &context);
    if variables.turns.load(Ordering::Relaxed) == 0 {
        let message = format!("the loops of this expression take more than {MAX_TURNS} turns");
        return Err(Mistake::new(message, 0..text.len()));
    }
    match result {
        Ok(value) => to_json(value).map_err(|reason| Mistake::new(reason, 0..text.len())),
        Err(error) => {
            let unresolved = match &error {
                ExecutionError::UndeclaredReference(name) => reference_index(name),
                _ => None,
            };
            let mistake = unresolved.and_then(|index| found.get(index)?.as_ref().err());
            Err(match mistake {
                Some(mistake) => mistake.clone(),
                None => failure::mistake(&error, 0..text.len()),
            })
        }
    }
}

/// Says what is wrong with a regular expression.
pub(super) fn check_pattern(pattern: &str) -> Result<(), String> {
    use cel::common::ast::{CallExpr, Expr, LiteralValue};
    let literal = |text: &str| IdedExpr {
        id: 0,
        expr: Expr::Literal(LiteralValue::String(text.to_owned().into())),
    };
    let call = IdedExpr {
        id: 0,
        expr: Expr::Call(CallExpr {
            func_name: "matches".to_owned(),
            target: Some(Box::new(literal(""))),
            args: vec![literal(pattern)],
        }),
    };
    let context = Context::with_env(Arc::clone(&ENVIRONMENT));
    match cel::Value::resolve(&call, &context) {
        Err(ExecutionError::FunctionError { message, .. }) => Err(failure::last_line(&message)),
        _ => Ok(()),
    }
}

/// What the variables of a program stand for.
struct Variables<'a> {
    found: &'a [Result<Box<dyn Val>, Mistake>],
    turns: AtomicU32,
}

impl VariableResolver for Variables<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        if variable == TURN {
            let turn = |turns: u32| turns.checked_sub(1);
            let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
            let left = self.turns.fetch_update(set, fetch, turn);
            return Some(CowVal::owned(CelBool::from(
                left.is_ok_and(|left| left > 1),
            )));
        }
        // A mistake is no value: the evaluation fails with the name, if it comes to need it.
        let value = self.found.get(reference_index(variable)?)?.as_ref().ok()?;
        Some(CowVal::Borrowed(value.as_ref()))
    }
}

fn look_up(reference: &Reference, scope: &dyn Values) -> Result<Box<dyn Val>, Mistake> {
    let found = scope.value_of(&reference.name);
    match (reference.usage, found) {
        (Usage::Presence, found) => {
            let present = !matches!(found, Lookup::NotDone(_) | Lookup::Missing);
            Ok(Box::new(CelBool::from(present)))
        }
        (_, Lookup::Value(value)) => from_json(value, reference),
        (_, Lookup::Metric(number)) => Ok(Box::new(CelDouble::from(number))),
        (Usage::AgainstNull, Lookup::NotDone(_)) => Ok(Box::new(CelNull)),
        (Usage::Value, Lookup::NotDone(outcome)) => Err(failure::not_done(reference, &outcome)),
        (_, Lookup::Missing) => Err(unknown::mistake(reference, |within| scope.names(within))),
    }
}

fn from_json(value: Value, reference: &Reference) -> Result<Box<dyn Val>, Mistake> {
    to_cel(value).try_into().map_err(|error: ExecutionError| {
        let message = format!("cannot use `{}`: {error}", reference.name);
        Mistake::new(message, reference.range.clone())
    })
}

fn to_cel(value: Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(value) => cel::Value::Bool(value),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => cel::Value::Int(integer),
            None => cel::Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => text.into(),
        Value::Array(items) => items.into_iter().map(to_cel).collect::<Vec<_>>().into(),
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (key, to_cel(value)));
            entries.collect::<HashMap<_, _>>().into()
        }
    }
}

/// The value as JSON, or what JSON cannot hold of it.
fn to_json(value: cel::Value) -> Result<Value, String> {
    Ok(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(value) => Value::Bool(value),
        cel::Value::Int(integer) => Value::from(integer),
        cel::Value::UInt(integer) => Value::from(integer),
        cel::Value::Float(number) => Number::from_f64(number)
            .map(Value::Number)
            .ok_or_else(|| format!("the result {number} is no finite number"))?,
        cel::Value::String(text) => Value::String(Arc::unwrap_or_clone(text)),
        cel::Value::List(items) => {
            let items = items.iter().cloned().map(to_json);
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        cel::Value::Map(entries) => {
            let entries = entries.map.iter();
            let entries =
                entries.map(|(key, value)| Ok((key.to_string(), to_json(value.clone())?)));
            let mut entries = entries.collect::<Result<Vec<_>, String>>()?;
            entries.sort_by(|first, second| first.0.cmp(&second.0));
            Value::Object(entries.into_iter().collect::<Map<_, _>>())
        }
        other => {
            return Err(format!(
                "the result is of an unknown type: {}",
                other.type_of()
            ));
        }
    })
}
