//! Random expressions whose types are right, and values for the names in them.

use mlhost_pipeline::expression::Type;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::scope::Scope;

/// The types of which there are values in [`values`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Bool,
    Int,
    Double,
    String,
    Ints,
    Strings,
}

impl Of {
    pub(crate) fn expected(self) -> Type {
        match self {
            Self::Bool => Type::Bool,
            Self::Int => Type::Int,
            Self::Double => Type::Double,
            Self::String => Type::String,
            Self::Ints => Type::List(Box::new(Type::Int)),
            Self::Strings => Type::List(Box::new(Type::String)),
        }
    }

    pub(crate) fn has(self, value: &Value) -> bool {
        let all = |items: &[Value], has: fn(&Value) -> bool| items.iter().all(has);
        match (self, value) {
            (Self::Bool, Value::Bool(_)) | (Self::String, Value::String(_)) => true,
            (Self::Int, value) => value.is_i64(),
            (Self::Double, value) => value.is_f64(),
            (Self::Ints, Value::Array(items)) => all(items, Value::is_i64),
            (Self::Strings, Value::Array(items)) => all(items, Value::is_string),
            _ => false,
        }
    }
}

/// An expression and the names that it uses, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) names: Vec<String>,
}

pub(crate) fn values(numbers: &[f64; 3], integers: &[i64; 2]) -> Scope {
    let mut scope = Scope::default();
    scope.param("flag", json!(numbers[0] > 0.0));
    scope.param("count", json!(integers[0]));
    scope.param(
        "share",
        json!(if numbers[1].is_finite() {
            numbers[1]
        } else {
            0.5
        }),
    );
    scope.param("model", json!("tree"));
    scope.param("depths", json!([integers[0], integers[1], 3]));
    scope.param("features", json!(["a", "bc"]));
    scope.each("depth", json!(integers[1]));
    scope.metric("fit", "r2", numbers[0]);
    scope.metric("a-b", "mae", numbers[2]);
    scope.field("fit", "rows", json!(integers[1]));
    scope.field("fit", "verdict", json!("pass"));
    scope.not_done("late", "r2", "skipped");
    scope
}

/// What can stand where a value of a type is expected, without anything in it.
fn leaves(of: Of) -> &'static [&'static str] {
    match of {
        Of::Bool => &[
            "true",
            "false",
            "params.flag",
            "has(fit.r2)",
            "fit.verdict != null",
            "late.r2 == null",
        ],
        Of::Int => &[
            "0",
            "1",
            "-7",
            "0x1F",
            "params.count",
            "each.depth",
            "fit.rows",
        ],
        Of::Double => &[
            "0.0",
            "1.5",
            "1e3",
            "params.share",
            "fit.r2",
            "steps[\"a-b\"].mae",
        ],
        Of::String => &["'é'", "\"\"", "r'\\d'", "params.model", "steps.fit.verdict"],
        Of::Ints => &["[1, 2]", "[0]", "params.depths"],
        Of::Strings => &["['a']", "params.features", "params['features']"],
    }
}

/// What can stand there with something in it: `B`, `I`, `D`, `S`, `L` and `T` are places for
/// expressions of the types in the order of [`Of`]; `x` and `t` are variables of loops.
fn branches(of: Of) -> &'static [&'static str] {
    match of {
        Of::Bool => &[
            "(B && B)",
            "(B || B)",
            "!B",
            "(B ? B : B)",
            "(I < D)",
            "(D >= I)",
            "(I == D)",
            "(D != D)",
            "(I <= I)",
            "(D > D)",
            "(S == S)",
            "(S < S)",
            "(I in L)",
            "(S in T)",
            "(D in L)",
            "(B == B)",
            "(L == L)",
            "S.contains(S)",
            "S.startsWith(S)",
            "S.endsWith(S)",
            "S.matches('a.*')",
            "L.all(x, (x > D))",
            "T.exists(t, (t == S))",
            "L.exists_one(x, (x == I))",
            "bool('true')",
            "L.all(x, B)",
            "(S in {'a': D})",
        ],
        Of::Int => &[
            "(I + I)",
            "(I - I)",
            "(I * I)",
            "(I / I)",
            "(I % I)",
            "-(I)",
            "(B ? I : I)",
            "size(S)",
            "size(L)",
            "T.size()",
            "int(D)",
            "L[I]",
            "L.filter(x, B)[0]",
            "size({'a': S})",
        ],
        Of::Double => &[
            "(D + D)",
            "(D - D)",
            "(D * D)",
            "(D / D)",
            "-(D)",
            "(B ? D : D)",
            "double(I)",
        ],
        Of::String => &[
            "(S + S)",
            "(B ? S : S)",
            "string(I)",
            "string(D)",
            "string(B)",
            "T[I]",
        ],
        Of::Ints => &[
            "[I, I]",
            "(L + L)",
            "L.map(x, (x * I))",
            "L.filter(x, (x < D))",
            "T.map(t, size(t))",
            "(B ? L : L)",
            "L.map(x, (x > I), (x - I))",
        ],
        Of::Strings => &[
            "[S, S]",
            "(T + T)",
            "L.map(x, string(x))",
            "T.filter(t, (t < S))",
        ],
    }
}

fn written(text: &str) -> Written {
    let roots = [
        "params.", "params[", "each.", "fit.", "late.", "steps.", "steps[",
    ];
    let is_reference = roots.iter().any(|root| text.contains(root));
    let name = match text {
        "has(fit.r2)" => "fit.r2",
        "late.r2 == null" => "late.r2",
        "fit.verdict != null" | "steps.fit.verdict" => "fit.verdict",
        "params['features']" => "params.features",
        other => other,
    };
    Written {
        text: format!("({text})"),
        names: if is_reference {
            vec![name.to_owned()]
        } else {
            Vec::new()
        },
    }
}

fn expression(of: Of, depth: u32) -> BoxedStrategy<Written> {
    let leaf = prop::sample::select(leaves(of)).prop_map(written);
    if depth == 0 {
        return leaf.boxed();
    }
    let branch = prop::sample::select(branches(of)).prop_flat_map(move |branch| {
        let parts: Vec<BoxedStrategy<Written>> = branch
            .chars()
            .map(|part| match part {
                'B' => expression(Of::Bool, depth - 1),
                'I' => expression(Of::Int, depth - 1),
                'D' => expression(Of::Double, depth - 1),
                'S' => expression(Of::String, depth - 1),
                'L' => expression(Of::Ints, depth - 1),
                'T' => expression(Of::Strings, depth - 1),
                other => Just(Written {
                    text: other.to_string(),
                    names: Vec::new(),
                })
                .boxed(),
            })
            .collect();
        parts.prop_map(|parts| {
            parts
                .into_iter()
                .fold(Written::default(), |mut whole, part| {
                    whole.text += &part.text;
                    whole.names.extend(part.names);
                    whole
                })
        })
    });
    prop_oneof![1 => leaf, 4 => branch].boxed()
}

pub(crate) fn typed() -> impl Strategy<Value = (Of, Written)> {
    let of = [
        Of::Bool,
        Of::Int,
        Of::Double,
        Of::String,
        Of::Ints,
        Of::Strings,
    ];
    let of = prop::sample::select(of.to_vec());
    of.prop_flat_map(|of| (Just(of), expression(of, 3)))
        .prop_filter("too long", |(_, written)| written.text.len() <= 4096)
}
