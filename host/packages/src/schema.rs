//! A look at JSON Schemas of parameters: references followed, alternatives side by side. A plugin
//! wrote them, and a few words that refer to each other can unfold to more than there is time for:
//! each look has an [`Allowance`].

use std::cell::Cell;

use serde_json::Value;

/// How deep parameters are looked into. A schema that refers to itself ends there.
pub(crate) const DEPTH: usize = 8;

/// How much is looked at in all: parts of schemas, comparisons, and bytes of texts. A look at those of
/// the standard packages takes less than a thirtieth of it.
const MOST: usize = 1 << 20;

/// How much may still be looked at.
pub(crate) struct Allowance(Cell<usize>);

impl Allowance {
    pub(crate) fn new() -> Self {
        Self(Cell::new(MOST))
    }

    /// Takes so much of it.
    pub(crate) fn take(&self, amount: usize) {
        self.0.set(self.0.get().saturating_sub(amount));
    }

    /// Takes what it costs to compare or write down a value.
    pub(crate) fn take_value(&self, value: &Value) {
        self.take(weight(value));
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.0.get() == 0
    }
}

/// How many values there are in a value, and how many bytes its texts have.
fn weight(value: &Value) -> usize {
    1 + match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(weight).sum(),
        Value::Object(values) => {
            let values = values.iter();
            values.map(|(key, value)| key.len() + weight(value)).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// A part of a schema, with the document that its references are relative to.
#[derive(Clone, Copy)]
pub(crate) struct Schema<'a> {
    root: &'a Value,
    /// As it is written where it is used: what stands beside a reference counts.
    written: &'a Value,
    /// What the reference leads to.
    node: &'a Value,
    allowance: &'a Allowance,
}

/// One of the things that a schema takes.
#[derive(Clone, Copy)]
pub(crate) enum Alternative<'a> {
    /// This very value.
    Value(&'a Value),
    /// Everything of a type, as far as the schema says.
    Typed(&'a str, Schema<'a>),
    /// Everything.
    Anything,
}

impl<'a> Schema<'a> {
    /// The whole document.
    pub(crate) fn root(root: &'a Value, allowance: &'a Allowance) -> Self {
        Self::at(root, root, allowance)
    }

    fn at(root: &'a Value, written: &'a Value, allowance: &'a Allowance) -> Self {
        allowance.take(1);
        let mut node = written;
        for _ in 0..DEPTH {
            let wrapped = node["allOf"].as_array().filter(|parts| parts.len() == 1);
            node = match (node["$ref"].as_str(), wrapped) {
                (Some(reference), _) => {
                    let target = reference.strip_prefix('#');
                    match target.and_then(|pointer| root.pointer(pointer)) {
                        Some(target) => target,
                        None => break,
                    }
                }
                (None, Some(parts)) => &parts[0],
                (None, None) => break,
            };
        }
        Self {
            root,
            written,
            node,
            allowance,
        }
    }

    fn part(&self, part: &'a Value) -> Self {
        Self::at(self.root, part, self.allowance)
    }

    /// What this look at it may still take.
    pub(crate) fn allowance(&self) -> &'a Allowance {
        self.allowance
    }

    /// What is said under a key: where it is used, else where it is defined.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.written.get(key).or_else(|| self.node.get(key))
    }

    /// The value of a parameter that is left out; nothing, if that is not said or it is null.
    pub(crate) fn default(&self) -> Option<&'a Value> {
        self.get("default").filter(|value| !value.is_null())
    }

    /// What it means, in one line.
    pub(crate) fn description(&self) -> String {
        let text = self.get("description").and_then(Value::as_str);
        let words = text.unwrap_or_default().split_whitespace();
        words.collect::<Vec<_>>().join(" ")
    }

    /// The properties of a table, in order, for as long as there is anything left to look at.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&'a String, Self)> + use<'a> {
        let this = *self;
        let properties = self.node["properties"].as_object();
        let properties = properties.into_iter().flatten();
        let properties = properties.take_while(move |_| !this.allowance.is_used_up());
        properties.map(move |(name, property)| (name, this.part(property)))
    }

    /// The property of this name.
    pub(crate) fn property(&self, name: &str) -> Option<Self> {
        self.node["properties"]
            .get(name)
            .map(|part| self.part(part))
    }

    /// The names of the properties that must be there.
    pub(crate) fn required(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let required = self.node["required"].as_array();
        required.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether this property must be there.
    pub(crate) fn requires(&self, name: &str) -> bool {
        self.allowance.take(self.required().count());
        self.required().any(|required| required == name)
    }

    /// The schema of the items of a list.
    pub(crate) fn items(&self) -> Option<Self> {
        self.node.get("items").map(|items| self.part(items))
    }

    /// The schema of the values under other keys than those of the properties; nothing, if there
    /// may be none or nobody says.
    pub(crate) fn other_values(&self) -> Option<Self> {
        let values = self.node.get("additionalProperties")?;
        (*values != Value::Bool(false)).then(|| self.part(values))
    }

    /// Whether it says that there may be no other keys.
    pub(crate) fn is_closed(&self) -> bool {
        self.node["additionalProperties"] == Value::Bool(false)
    }

    /// All that it takes.
    pub(crate) fn alternatives(&self) -> Vec<Alternative<'a>> {
        let mut alternatives = vec![];
        self.collect(&mut alternatives, 0);
        alternatives
    }

    fn collect(&self, alternatives: &mut Vec<Alternative<'a>>, depth: usize) {
        let node = self.node;
        if depth > DEPTH || self.allowance.is_used_up() {
            return;
        }
        if let Some(value) = node.get("const") {
            alternatives.push(Alternative::Value(value));
        } else if let Some(values) = node["enum"].as_array() {
            self.allowance.take(values.len());
            alternatives.extend(values.iter().map(Alternative::Value));
        } else if let Some(parts) = node["oneOf"].as_array().or(node["anyOf"].as_array()) {
            for part in parts {
                self.part(part).collect(alternatives, depth + 1);
            }
        } else {
            match &node["type"] {
                Value::String(word) => alternatives.push(Alternative::Typed(word, *self)),
                Value::Array(words) => {
                    self.allowance.take(words.len());
                    let words = words.iter().filter_map(Value::as_str);
                    alternatives.extend(words.map(|word| Alternative::Typed(word, *self)));
                }
                _ if node.get("properties").is_some() => {
                    alternatives.push(Alternative::Typed("object", *self));
                }
                _ => alternatives.push(Alternative::Anything),
            }
        }
    }

    /// What is said under a key of the definition alone.
    pub(crate) fn keyword(&self, key: &str) -> Option<&'a Value> {
        self.node.get(key)
    }
}

/// What a value is called in a schema.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
