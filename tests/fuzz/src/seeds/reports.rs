//! What plugins say: reports with figures of every kind, and schemas of parameters.

use super::{Named, memory::Told};

/// Each with its name.
pub(super) const REPORTS: [(&str, Told); 4] = [
    (
        "bars",
        Told {
            check: "not_null",
            details: r#"{"share":0.5,"rows":[1,2]}"#,
            labels: &[("better", "higher")],
            figures: &[
                (
                    "bars",
                    r#"{"x":["a","b"],"series":[{"name":"s","values":[1,null]}],"threshold":2}"#,
                ),
                (
                    "bars",
                    r#"{"x":["a"],"edges":[-1.5,3e9],"rows":[7],"series":[{"name":"s","values":[1]}]}"#,
                ),
            ],
        },
    ),
    (
        "lines",
        Told {
            check: "psi",
            details: r#"{"share":0.5,"parameter":"/columns/0"}"#,
            labels: &[("column", "temp")],
            figures: &[
                (
                    "lines",
                    r#"{"x":[0,0.5,1],"series":[{"name":"s","values":[1,2,3]},{"name":"t","values":[0,-1,1e9]}],"diagonal":true,"x_label":"x","y_label":"y"}"#,
                ),
                (
                    "bars",
                    r#"{"x":["a"],"edges":["2013-01-01","2013-02-01"],"series":[{"name":"s","values":[1]}]}"#,
                ),
            ],
        },
    ),
    (
        "table",
        Told {
            check: "range",
            details: r#"{"share":0.5,"examples":["<b>",null,{"a":1}]}"#,
            labels: &[],
            figures: &[
                (
                    "table",
                    r#"{"columns":["class","n"],"rows":[["a",1],["|b",null]]}"#,
                ),
                ("tree", r#"{"left":{"leaf":1}}"#),
            ],
        },
    ),
    (
        "slices",
        Told {
            check: "slices",
            details: r#"{"share":0.5,"slices":12,"worst":"a","score":"r2","r2":0.1,"rows":40}"#,
            labels: &[("model", "a"), ("than", "b"), ("statistic", "probability")],
            figures: &[],
        },
    ),
];

/// A schema with something of everything that is looked at.
pub(crate) const SCHEMA: &str = r##"{"type":"object","properties":{"columns":{"type":"array","items":{"type":"string"},"x-mlhost-role":"column","minItems":1},"seed":{"type":"integer","default":1,"minimum":0},"rules":{"type":"object","additionalProperties":{"$ref":"#/$defs/rule"}}},"required":["columns"],"additionalProperties":false,"$defs":{"rule":{"oneOf":[{"const":"none"},{"enum":["a","b",null]},{"type":["object","null"],"properties":{"not":{"$ref":"#/$defs/rule"},"share":{"type":"number","maximum":1}}}]}}}"##;

/// Name, kind of plugin, and schema.
pub(super) const DESCRIPTIONS: [(&str, &str, &str); 5] = [
    ("validator", "validator", SCHEMA),
    (
        "drift_detector",
        "drift-detector",
        r#"{"type":"object","properties":{"target":{"type":"string","x-mlhost-role":"target"}}}"#,
    ),
    (
        "evaluator",
        "evaluator",
        r##"{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"properties":{"b":{"anyOf":[{"type":"array"},{"$ref":"#/$defs/a"}],"default":{"c":[1.5]}}}}}}"##,
    ),
    ("anything", "validator", "true"),
    ("trainer", "trainer", "{}"),
];

/// A schema, and behind a zero another one.
pub(super) fn schemas() -> Vec<Named> {
    let schemas = DESCRIPTIONS.iter().map(|(_, _, schema)| *schema);
    let schemas: Vec<&str> = schemas.filter(|schema| schema.starts_with('{')).collect();
    let named = |(index, pair): (usize, &[&str])| {
        let pair = pair.join("\0");
        (format!("schemas_{index}"), pair.into_bytes())
    };
    schemas.windows(2).enumerate().map(named).collect()
}
