//! Expressions in the pipeline file: what `when`, `switch` and `repeat.until` decide by.
//!
//! They are written in [CEL](https://cel.dev), the Common Expression Language. An [`Expression`]
//! is read once; its types are checked against what is known before the run ([`Types`]), and it is
//! evaluated with what the run has found out ([`Values`]). Mistakes say where in the text they are
//! and what to do; to put them at their place in a file is the task of the caller.
//!
//! # What can be written
//!
//! | written | means |
//! |---|---|
//! | `params.minimum`, `params["with-dash"]` | a parameter, of the type that it is declared with |
//! | `evaluate.r2` | a headline metric of the step `evaluate`, a float |
//! | `evaluate.rows` | how many rows the step has had, an integer |
//! | `evaluate.verdict`, `evaluate.outcome` | strings, such as `'pass'` and `'done'` |
//! | `steps.evaluate.r2`, `steps["a-b"].r2`, `a["b-c"]` | the same, for every name |
//! | `each.max_depth` | what `for_each` gives to this turn |
//! | `1`, `0x1F`, `1.5`, `1e-3`, `true`, `null` | integers (of 64 bits, with a sign), floats, … |
//! | `'text'`, `"text"`, `r'\d'`, `'''lines'''` | strings; behind `r` a backslash is a backslash |
//! | `[1, 2]`, `{'a': 1}` | an array, whose items are of one type; a table |
//! | `a && b`, `a \|\| b`, `!a`, `a ? b : c` | logic |
//! | `==`, `!=`, `<`, `<=`, `>`, `>=` | comparison of numbers, also of an integer with a float, and of strings; equality of all that is of one type |
//! | `+`, `-`, `*`, `/`, `%` | arithmetic on two integers or two floats; `+` joins strings and arrays |
//! | `a in [1, 2]`, `'key' in table`, `array[0]`, `table['key']` | membership and items |
//! | `has(evaluate.r2)` | whether there is such a value |
//! | `size(x)`, `x.size()` | how many characters, items or entries |
//! | `text.contains(t)`, `.startsWith(t)`, `.endsWith(t)`, `.matches(t)` | parts of strings; the last takes a regular expression |
//! | `int(x)`, `double(x)`, `string(x)`, `bool(x)` | conversion |
//! | `array.all(x, x > 0)`, `.exists(…)`, `.exists_one(…)` | whether it holds of all, of any, of one |
//! | `array.filter(x, x > 0)`, `array.map(x, x * 2)` | another array |
//! | `// …` | a comment |
//!
//! Unsigned integers, bytes, times and types as values are no part of it.
//!
//! # What it results in
//!
//! * `1 < 1.5` compares, but `1 + 1.5` is a mistake that [`Expression::check`] finds: write
//!   `1.0 + 1.5`, or `double(params.n) + 1.5`. Two integers are divided to an integer.
//! * NaN is neither less nor greater than any number, nor equal to one, itself included: of a
//!   metric that is NaN every comparison is false, except `!=`.
//! * A step that was not done has no values. `has(step.metric)` is false for it, and `step.metric
//!   == null` true; everything else that needs the value fails, and says that the step was skipped.
//!   No comparison with a number or a string is quietly false, and `!=` not quietly true.
//! * What decides `&&` and `||` is enough: `false && b` is false and `true || b` true, whatever is
//!   wrong with `b`, and the other way round. So `has(tree.r2) && tree.r2 > 0.5` is false if `tree`
//!   was skipped. Types are checked everywhere all the same.
//! * An expression has at most 4096 bytes and 64 operations in one another, and its loops take at
//!   most 10 000 turns together, so that no text takes much time or stack.

mod check;
mod evaluate;
mod failure;
mod functions;
mod lower;
mod mistake;
mod operations;
mod program;
mod scan;
mod scope;
mod spans;
mod unknown;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::SourceInfo;
use cel::parser::Parser;
use serde_json::Value;

pub use mistake::Mistake;
pub use scope::{Lookup, Name, Reference, Type, Types, Values, Within};

use check::Checker;
use scan::Outline;
use spans::Spans;

/// An expression that has been read. A clone shares everything with its original.
#[derive(Clone)]
pub struct Expression(Arc<Parsed>);

struct Parsed {
    text: String,
    outline: Outline,
    source: SourceInfo,
    references: Vec<Reference>,
    /// The expression, with variables in the place of the references.
    tree: IdedExpr,
    /// What is evaluated for it.
    program: IdedExpr,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// The first mistake that makes the text no expression: of syntax, of length (4096 bytes) or
    /// of depth (64 operations in one another), a name that is no value, or something of CEL that
    /// there is no use for here.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let outline = scan::scan(text)?;
        let (mut tree, source) = Parser::new()
            .parse_with_source_info(text)
            .map_err(|errors| failure::of_parser(text, &errors, &outline))?;
        let spans = Spans {
            text,
            source: &source,
            outline: &outline,
            references: &[],
        };
        let references = lower::lower(&mut tree, &spans)?;
        Ok(Self(Arc::new(Parsed {
            text: text.to_owned(),
            program: program::of(tree.clone()),
            outline,
            source,
            references,
            tree,
        })))
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Every use of a name from outside, in the order of the text.
    pub fn references(&self) -> &[Reference] {
        &self.0.references
    }

    /// The names of the steps that it refers to, each once, in the order of the text.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        let steps = self.0.references.iter().filter_map(|it| match &it.name {
            Name::Field { step, .. } => Some(step.as_str()),
            Name::Param(_) | Name::Each(_) => None,
        });
        steps.filter(move |step| seen.insert(*step))
    }

    /// Finds the type of the expression, and checks the types of all its parts, also of those that
    /// an evaluation may never come to.
    ///
    /// # Errors
    ///
    /// All mistakes, in the order of the text.
    pub fn check(&self, scope: &dyn Types) -> Result<Type, Vec<Mistake>> {
        let spans = self.spans();
        let mut checker = Checker::new(&spans, scope);
        let found = checker.infer(&self.0.tree);
        checker.finish().map(|()| found)
    }

    /// As [`Self::check`], and demands a boolean.
    ///
    /// # Errors
    ///
    /// All mistakes, in the order of the text, among them that it is no boolean.
    pub fn check_bool(&self, scope: &dyn Types) -> Result<(), Vec<Mistake>> {
        let spans = self.spans();
        let mut checker = Checker::new(&spans, scope);
        checker.expect(&self.0.tree, &Type::Bool);
        checker.finish()
    }

    /// The value of the expression.
    ///
    /// # Errors
    ///
    /// A value that is not there, a division by zero and the like, a result that is no finite
    /// number, too many turns of loops (10 000), and, where [`Self::check`] could not know the
    /// types, a mistake in these.
    pub fn evaluate(&self, scope: &dyn Values) -> Result<Value, Mistake> {
        let parsed = &*self.0;
        evaluate::evaluate(&parsed.program, &parsed.text, &parsed.references, scope)
    }

    /// As [`Self::evaluate`], and demands a boolean.
    ///
    /// # Errors
    ///
    /// Those of [`Self::evaluate`], and that the value is no boolean.
    pub fn evaluate_bool(&self, scope: &dyn Values) -> Result<bool, Mistake> {
        match self.evaluate(scope)? {
            Value::Bool(value) => Ok(value),
            other => Err(check::mismatch(
                &Type::Bool,
                &Type::of(&other),
                0..self.text().len(),
            )),
        }
    }

    fn spans(&self) -> Spans<'_> {
        Spans {
            text: &self.0.text,
            source: &self.0.source,
            outline: &self.0.outline,
            references: &self.0.references,
        }
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = formatter.debug_tuple("Expression");
        name.field(&self.0.text).finish()
    }
}
