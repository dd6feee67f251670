//! What holds for every text, and for every expression whose types are right.

use mlhost_pipeline::Expression;
use mlhost_pipeline::expression::Mistake;
use proptest::prelude::*;

use crate::scope::Scope;
use crate::typed::{typed, values};

fn is_in(text: &str, mistake: &Mistake) {
    assert!(
        text.get(mistake.offset.clone()).is_some(),
        "{mistake:?} in {text:?}"
    );
}

/// Reads, checks and evaluates, and checks what has to be so whatever the text is.
fn survives(text: &str) {
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(mistake) => return is_in(text, &mistake),
    };
    let scope = Scope::default();
    for reference in expression.references() {
        assert!(text.get(reference.range.clone()).is_some(), "{reference:?}");
    }
    if let Err(mistakes) = expression.check(&scope) {
        assert!(!mistakes.is_empty());
        for mistake in &mistakes {
            is_in(text, mistake);
        }
    }
    if let Err(mistake) = expression.evaluate(&scope) {
        is_in(text, &mistake);
    }
}

/// Text that looks like an expression.
fn tokens() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        prop::sample::select(vec![
            "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "&&", "||", "!", "-", "+", "*", "/",
            "%", "<", "<=", ">", ">=", "==", "!=", "in", "=", "&", "//", "\n", "`", "@", "\\",
        ]),
        prop::sample::select(vec![
            "params.a", "steps", "each", "x", "'s'", "\"s\"", "r'\\d'", "b'x'", "'''", "'", "1",
            "1.5", "1u", "0x1F", "null", "true", "has(", ".all(x,", ".map(x,", ".exists(", "size(",
            "if", "é", "_", "\\u00e9", "\r", "Foo{", ".?", "[?", "and",
        ]),
    ];
    let space = prop::sample::select(vec!["", " "]);
    prop::collection::vec((token, space), 0..24).prop_map(|parts| {
        parts
            .iter()
            .map(|(token, space)| format!("{token}{space}"))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}|[ -~\n]{0,40}") {
        survives(&text);
    }

    #[test]
    fn no_row_of_tokens_makes_it_panic(text in tokens()) {
        survives(&text);
    }
}

/// Failures that depend on values, not on types.
fn depends_on_values(mistake: &Mistake) -> bool {
    let known = [
        "division of an integer by zero",
        "a result does not fit an integer of 64 bits",
        "there is no item",
        "`int` failed",
        "is no finite number",
        "the loops of this expression take more than 10000 turns",
    ];
    known.iter().any(|known| mistake.message.contains(known))
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        -10.0..10.0,
        prop::sample::select(vec![0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_checked_evaluates_to_its_type(
        (of, written) in typed(),
        numbers in [number(), number(), number()],
        count in prop_oneof![-3_i64..3, any::<i64>()],
        depth in -3_i64..3,
    ) {
        let scope = values(&numbers, &[count, depth]);
        let expression = Expression::parse(&written.text).unwrap();
        prop_assert_eq!(expression.check(&scope), Ok(of.expected()));
        match expression.evaluate(&scope) {
            Ok(value) => prop_assert!(of.has(&value), "{} is {}", written.text, value),
            Err(mistake) => {
                prop_assert!(depends_on_values(&mistake), "{}: {}", written.text, mistake);
            }
        }
    }

    #[test]
    fn every_reference_is_found((_, written) in typed()) {
        let expression = Expression::parse(&written.text).unwrap();
        let references = expression.references();
        let found: Vec<String> = references.iter().map(|it| it.name.to_string()).collect();
        prop_assert_eq!(&found, &written.names);
        for reference in references {
            let alone = Expression::parse(&written.text[reference.range.clone()]).unwrap();
            prop_assert_eq!(&alone.references()[0].name, &reference.name);
        }
    }

    #[test]
    fn no_change_to_an_expression_makes_it_panic(
        (_, written) in typed(),
        at in any::<prop::sample::Index>(),
        removed in 0_usize..4,
        inserted in "[()\\[\\].,'\"?:&|!+*<=>-]{0,2}|params\\.x|é| ",
    ) {
        let mut characters: Vec<char> = written.text.chars().collect();
        let from = at.index(characters.len());
        let to = (from + removed).min(characters.len());
        characters.splice(from..to, inserted.chars());
        survives(&characters.into_iter().collect::<String>());
    }
}
