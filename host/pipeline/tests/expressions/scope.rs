//! What expressions refer to in tests: the same before the run and in it.

use std::collections::BTreeMap;

use mlhost_pipeline::expression::{Lookup, Name, Type, Types, Values, Within};
use serde_json::Value;

/// Names with their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope(BTreeMap<(Kind, String, String), Lookup>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Param,
    Each,
    Field,
}

impl Scope {
    pub(crate) fn param(&mut self, name: &str, value: Value) {
        self.set(Name::Param(name.to_owned()), Lookup::Value(value));
    }

    pub(crate) fn each(&mut self, name: &str, value: Value) {
        self.set(Name::Each(name.to_owned()), Lookup::Value(value));
    }

    pub(crate) fn metric(&mut self, step: &str, field: &str, value: f64) {
        self.set(field_of(step, field), Lookup::Metric(value));
    }

    pub(crate) fn field(&mut self, step: &str, field: &str, value: Value) {
        self.set(field_of(step, field), Lookup::Value(value));
    }

    pub(crate) fn not_done(&mut self, step: &str, field: &str, outcome: &str) {
        self.set(field_of(step, field), Lookup::NotDone(outcome.to_owned()));
    }

    pub(crate) fn set(&mut self, name: Name, found: Lookup) {
        self.0.insert(key(&name), found);
    }

    fn known(&self, within: Within<'_>) -> Vec<String> {
        let keys = self.0.keys();
        let names = keys.filter_map(|(kind, name, field)| match (within, kind) {
            (Within::Params, Kind::Param)
            | (Within::Each, Kind::Each)
            | (Within::Steps, Kind::Field) => Some(name),
            (Within::Fields(step), Kind::Field) if name == step => Some(field),
            _ => None,
        });
        let mut names: Vec<String> = names.cloned().collect();
        names.dedup();
        names
    }
}

fn field_of(step: &str, field: &str) -> Name {
    Name::Field {
        step: step.to_owned(),
        field: field.to_owned(),
    }
}

fn key(name: &Name) -> (Kind, String, String) {
    match name {
        Name::Param(name) => (Kind::Param, name.clone(), String::new()),
        Name::Each(name) => (Kind::Each, name.clone(), String::new()),
        Name::Field { step, field } => (Kind::Field, step.clone(), field.clone()),
    }
}

impl Types for Scope {
    fn type_of(&self, name: &Name) -> Option<Type> {
        match self.0.get(&key(name))? {
            Lookup::Value(value) => Some(Type::of(value)),
            Lookup::Metric(_) | Lookup::NotDone(_) => Some(Type::Double),
            Lookup::Missing => None,
        }
    }

    fn names(&self, within: Within<'_>) -> Vec<String> {
        self.known(within)
    }
}

impl Values for Scope {
    fn value_of(&self, name: &Name) -> Lookup {
        self.0.get(&key(name)).cloned().unwrap_or(Lookup::Missing)
    }

    fn names(&self, within: Within<'_>) -> Vec<String> {
        self.known(within)
    }
}
