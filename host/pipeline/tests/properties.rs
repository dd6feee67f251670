//! What holds for every text and every graph of steps.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::HashSet;
use std::fmt::Write;

use mlhost_pipeline::{Kind, PluginReference, Source, Value, parse};
use proptest::prelude::*;
use proptest::sample::Index;

/// Parses, renders and plans, and checks what has to be so whatever the text is.
fn survives(text: &str) {
    let source = Source::new("pipeline.toml", text);
    let result = parse(source, &[("month".to_owned(), "8".to_owned())]);
    let diagnostics = match result.map(|pipeline| pipeline.plan(common::kind_by_name)) {
        Ok(Ok(plan)) => {
            let mut done = HashSet::new();
            for step in &plan.steps {
                assert!(step.needs.iter().all(|need| done.contains(need)));
                done.insert(step.name.clone());
            }
            return;
        }
        Ok(Err(diagnostics)) | Err(diagnostics) => diagnostics,
    };
    assert!(!diagnostics.is_empty());
    for diagnostic in &diagnostics {
        let spans = diagnostic.span.iter();
        let related = diagnostic.related.iter().map(|related| &related.span);
        for span in spans.chain(related) {
            assert!(text.get(span.clone()).is_some(), "{span:?} in {text:?}");
        }
    }
    let coloured = diagnostics.render(true);
    assert!(coloured.len() > diagnostics.to_string().len());
}

/// One change to a text, at a place given as a share of its length.
#[derive(Debug, Clone)]
enum Mutation {
    Remove(Index, Index),
    Insert(Index, String),
    Repeat(Index, Index, Index),
    RepeatLine(Index, Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = || any::<Index>();
    let piece = prop_oneof![
        "\\PC{1,3}",
        "[\\[\\]{}=\".,'\\\\$#\n\r\t 0-9]{1,3}",
        Just("${params.".to_owned()),
        Just("[[steps.tree]]\n".to_owned()),
        Just("\"\"\"".to_owned()),
    ];
    prop_oneof![
        (index(), index()).prop_map(|(from, to)| Mutation::Remove(from, to)),
        (index(), piece).prop_map(|(at, text)| Mutation::Insert(at, text)),
        (index(), index(), index()).prop_map(|(from, to, at)| Mutation::Repeat(from, to, at)),
        (index(), index()).prop_map(|(line, at)| Mutation::RepeatLine(line, at)),
    ]
}

fn mutate(text: &str, mutation: &Mutation) -> String {
    let characters: Vec<char> = text.chars().collect();
    let range = |from: &Index, to: &Index| {
        let from = from.index(characters.len() + 1);
        let length = to.index(20).min(characters.len() - from);
        from..from + length
    };
    let insert = |at: usize, piece: &[char]| {
        let (before, after) = characters.split_at(at);
        before.iter().chain(piece).chain(after).collect::<String>()
    };
    match mutation {
        Mutation::Remove(from, to) => {
            let range = range(from, to);
            let (before, after) = (&characters[..range.start], &characters[range.end..]);
            before.iter().chain(after).collect()
        }
        Mutation::Insert(at, piece) => {
            let piece: Vec<char> = piece.chars().collect();
            insert(at.index(characters.len() + 1), &piece)
        }
        Mutation::Repeat(from, to, at) => {
            insert(at.index(characters.len() + 1), &characters[range(from, to)])
        }
        Mutation::RepeatLine(line, at) => {
            let mut lines: Vec<&str> = text.lines().collect();
            if let Some(line) = lines.get(line.index(lines.len().max(1))).copied() {
                lines.insert(at.index(lines.len() + 1), line);
            }
            lines.join("\n")
        }
    }
}

/// A pipeline of steps that wait for each other as `edges` say.
fn pipeline_of(steps: usize, edges: &[(usize, usize)]) -> String {
    let mut text = "mlhost = 1\nname = \"a\"\ndata.d.path = \"d.csv\"\n".to_owned();
    for step in 0..steps {
        let after: Vec<String> = edges
            .iter()
            .filter(|(from, _)| *from == step)
            .map(|(_, to)| format!("\"s{to}\""))
            .collect();
        let after = after.join(", ");
        writeln!(
            text,
            "[steps.s{step}]\nplugin = \"p\"\ninput = \"d\"\nafter = [{after}]"
        )
        .unwrap();
    }
    text
}

/// Whether some step is reachable from itself, by transitive closure.
fn has_cycle(steps: usize, edges: &[(usize, usize)]) -> bool {
    let mut reaches = vec![vec![false; steps]; steps];
    for (from, to) in edges {
        reaches[*from][*to] = true;
    }
    for via in 0..steps {
        for from in 0..steps {
            for to in 0..steps {
                reaches[from][to] |= reaches[from][via] && reaches[via][to];
            }
        }
    }
    (0..steps).any(|step| reaches[step][step])
}

/// Numbers as people write them: the JSON reader is exact for up to 15 digits.
fn decimal() -> impl Strategy<Value = f64> {
    let digits = -999_999_999_999_999_i64..1_000_000_000_000_000;
    (digits, -22..22).prop_map(|(digits, exponent)| format!("{digits}e{exponent}").parse().unwrap())
}

/// Any value that a pipeline file can hold.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        (-9i64..9).prop_map(|number| Value::Integer(number + (1 << 53))),
        decimal().prop_filter_map("NaN", Value::from_float),
        Just(Value::Float(f64::NEG_INFINITY)),
        any::<String>().prop_map(Value::Text),
        Just(Value::Datetime("2013-07-01T00:00:00".to_owned())),
    ]
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn any_text_of_toml_pieces_is_answered(text in "([a-z]{1,3}|[=.\"'\\[\\]{},#\n\r \t0-9$-]){0,80}") {
        survives(&text);
    }

    #[test]
    fn a_changed_pipeline_is_answered(mutations in prop::collection::vec(mutation(), 1..6)) {
        let text = mutations.iter().fold(common::COMPLETE.to_owned(), |text, mutation| {
            mutate(&text, mutation)
        });
        survives(&text);
    }

    #[test]
    fn a_plan_orders_every_graph_without_cycles_and_no_other(
        edges in prop::collection::vec((0..6usize, 0..6usize), 0..9)
    ) {
        let text = pipeline_of(6, &edges);
        match parse(Source::new("p", text), &[]) {
            Ok(pipeline) => {
                prop_assert!(!has_cycle(6, &edges));
                let plan = pipeline.plan(|_| Kind::Validator).unwrap();
                prop_assert_eq!(plan.steps.len(), 6);
                let position = |step: usize| {
                    let name = format!("s{step}");
                    plan.steps.iter().position(|planned| planned.name == name)
                };
                for (from, to) in edges {
                    prop_assert!(position(to) < position(from));
                }
            }
            Err(diagnostics) => {
                prop_assert!(has_cycle(6, &edges));
                prop_assert!(diagnostics.iter().all(|diagnostic| diagnostic.message.contains("cycle")));
            }
        }
    }

    #[test]
    fn a_value_is_read_back_from_canonical_json(value in value()) {
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value.clone(), "{}", &json);
        // As whoever writes numbers in the shortest form, without `.0`.
        let short = json.strip_suffix(".0").unwrap_or(&json);
        prop_assert_eq!(serde_json::from_str::<Value>(short).unwrap(), value, "{}", short);
    }

    #[test]
    fn a_package_reference_is_read_back_as_it_was_written(
        namespace in "[a-z][a-z0-9-]{0,5}",
        name in "[a-z][a-z0-9-]{0,5}",
        version in prop::option::of("(\\^|~|=|>=)?(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){0,2}"),
    ) {
        let version = version.map(|version| version.parse().unwrap());
        let reference = PluginReference::Package { namespace, name, version };
        prop_assert_eq!(reference.to_string().parse(), Ok(reference));
    }

    #[test]
    fn any_text_as_an_override_is_answered(text in any::<String>(), name in "month|target|features|floor|x") {
        let source = Source::new("pipeline.toml", common::COMPLETE);
        if let Err(diagnostics) = parse(source, &[(name, text)]) {
            prop_assert!(!diagnostics.to_string().is_empty());
        }
    }
}

#[test]
fn the_names_of_kinds_are_those_of_the_contract() {
    for kind in Kind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
    assert_eq!(
        "modell".parse::<Kind>().unwrap_err().to_string(),
        "unknown kind of plugin `modell`, expected one of validator, preprocessor, trainer, \
         drift-detector, evaluator"
    );
}
