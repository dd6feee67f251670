//! What is said of expressions that are wrong.

use std::fmt::Write;

use mlhost_pipeline::Expression;
use mlhost_pipeline::expression::Mistake;

use crate::{known, read};

/// A mistake as a compiler shows it.
fn shown(text: &str, mistake: &Mistake) -> String {
    let before = text[..mistake.offset.start].chars().count();
    let length = text[mistake.offset.clone()].chars().count().max(1);
    let mut shown = format!(
        "{text}\n{}{} {}\n",
        " ".repeat(before),
        "^".repeat(length),
        mistake.message
    );
    if let Some(hint) = &mistake.hint {
        writeln!(shown, "hint: {hint}").unwrap();
    }
    shown
}

/// What is said of each line, and of the texts besides.
fn told<'a>(
    lines: &'a str,
    besides: &[&'a str],
    mistakes: impl Fn(&str) -> Vec<Mistake>,
) -> String {
    let mut told = String::new();
    for text in lines.trim().lines().chain(besides.iter().copied()) {
        let mistakes = mistakes(text);
        assert!(!mistakes.is_empty(), "nothing is wrong with {text}");
        for mistake in mistakes {
            told += &shown(text, &mistake);
        }
        told.push('\n');
    }
    told
}

#[test]
fn what_is_no_expression_is_refused() {
    let long = format!("1 > {}", "0".repeat(4096));
    let besides = ["", "  ", "'a\nb'"];
    let refused = |text: &str| Vec::from_iter(Expression::parse(text).err());
    insta::assert_snapshot!(told(NO_EXPRESSIONS, &besides, refused));
    let mistake = Expression::parse(&long).unwrap_err();
    assert_eq!(mistake.message, "the expression is longer than 4096 bytes");
}

const NO_EXPRESSIONS: &str = r#"
evaluate.r2 >
params.retrain ? 1
evaluate.r2 > 0.4 then
1 + + 2
(1 > 0
1 > 0)
[1, 2
[1 2]
{'a' 1}
'abc
'\d+'
'é' 'b'
a.b = 1
a.b === 1
a.b & c.d
a.b > 1 and c.d > 1
not params.retrain
True && params.retrain
${params.minimum} > 1
“a” == 'a'
a[]
a.
()
evaluate
evaluate > 1
steps.evaluate > 1
params[each.max_depth]
params
drift-check.share_drifted > 1
drift.verdict == ok
if.r2 > 1
1u
b'a'
Point{x: 1}
99999999999999999999
1e999
has(evaluate)
has(1)
has(a["b"])
params.depths.all(1, true)
a.?b
[?a.b]
é > 1
"#;

#[test]
fn mistakes_in_names_and_types_are_all_told() {
    let wrong = |text: &str| read(text).check(&known()).err().unwrap_or_default();
    insta::assert_snapshot!(told(WRONG_TYPES, &[], wrong));
}

const WRONG_TYPES: &str = "
params.minimun > 1
evalute.r2 > 0
evaluate.r3 > 0
evaluate.accuracy > 0
each.depth > 1
has(evaluate.accuracy)
steps['drift-chek'].verdict == 'pass'
evaluate.r2 > '0.5'
evaluate.outcome > 1
params.retrain == 'true'
params.retrain < false
params.depths == 4
params.minimum + evaluate.r2
(evaluate.mae - 1) * 2.0
evaluate.mae % 2.0
params.model + 1
[1] + ['a']
params.model - 'e'
'e' in params.model
'a' in params.depths
1 in 2
1 in {'a': 1}
params.depths['a']
params.model[0]
{'a': 1}[0]
{1: 'a'}
evaluate.r2.x > 1
!evaluate.r2
-params.model
evaluate.r2 && params.retrain
params.model ? 1 : 2
params.retrain ? 1 : 2.0
[1, 2.5]
[1, 'a']
params.model.all(c, true)
params.depths.all(d, d + 1)
params.depths.filter(d, d)
params.depths.map(d, d + 0.5)
siez(params.depths)
foo(1)
size(1)
params.model.size(1)
contains(params.model, 'a')
params.model.contains(1)
params.model.matches('(')
bool(1)
has(evaluate.r2, 1)
params.depths.all(true)
int('1', 2)
'1'.int()
params.nope > 1 || evaluate.r2 && each.nope
false && params.minimum + 1.0 > 2.0
";

#[test]
fn failures_of_an_evaluation_say_what_was_wrong() {
    let failed = |text: &str| Vec::from_iter(read(text).evaluate(&known()).err());
    insta::assert_snapshot!(told(FAILURES, &[], failed));
}

const FAILURES: &str = "
evaluate.r3 > 0
evaluate.accuracy > 0
evalute.r2 > 0
params.nope
each.nope
tree.r2 > 0.5
1 > 0 && steps.linear.r2 > 0
[forest.r2].exists(x, x > 0)
1 / (params.minimum - 1)
1 % 0
9223372036854775807 + params.minimum
params.depths[3]
{'a': 1}.b
{'a': 1, 'a': 2}
int('x')
double('x')
evaluate.rmse
[1.0 / 0.0]
{'a': 'b'}.a > 1
{'a': 'b'}.a + 1
!{'a': 'b'}.a
{'a': 'b'}.a && true
{'a': 1}.a.b
-{'a': 'b'}.a
1 in {'a': 'b'}.a
foo(1)
evaluate.r2.x
";
