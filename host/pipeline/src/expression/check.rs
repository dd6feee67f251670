//! Finds the type of an expression and all that is wrong with its types, in every branch, also in
//! those that no evaluation would come to.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, operators};

use super::functions;
use super::lower::reference_index;
use super::mistake::Mistake;
use super::operations;
use super::scope::{Type, Types, Usage};
use super::spans::Spans;
use super::unknown;

/// Checks expressions against what is known before the run.
pub(super) struct Checker<'a> {
    pub(super) spans: &'a Spans<'a>,
    scope: &'a dyn Types,
    /// The variables of the loops around, the innermost last.
    bound: Vec<(&'a str, Type)>,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(spans: &'a Spans<'a>, scope: &'a dyn Types) -> Self {
        Self {
            spans,
            scope,
            bound: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    /// The mistakes, if there are any, in the order of the text.
    pub(super) fn finish(mut self) -> Result<(), Vec<Mistake>> {
        self.mistakes.sort_by_key(|mistake| mistake.offset.start);
        match self.mistakes.is_empty() {
            true => Ok(()),
            false => Err(self.mistakes),
        }
    }

    /// The type of an expression; [`Type::Dyn`] where a mistake leaves it open.
    pub(super) fn infer(&mut self, tree: &'a IdedExpr) -> Type {
        match &tree.expr {
            Expr::Literal(literal) => of_literal(literal),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => {
                let operand = self.infer(&select.operand);
                let known = matches!(operand, Type::Map | Type::Dyn);
                if !known {
                    let message = format!("{} has no fields", operand.described());
                    let place = self.spans.of(&select.operand);
                    self.mistakes.push(Mistake::new(message, place));
                }
                if select.test { Type::Bool } else { Type::Dyn }
            }
            Expr::Call(call) => self.call(tree, call),
            Expr::List(list) => {
                let mut item = None;
                for element in &list.elements {
                    let found = self.infer(element);
                    item = Some(match item {
                        None => found,
                        Some(item) => self.same(element, item, found, "the items of an array"),
                    });
                }
                Type::List(Box::new(item.unwrap_or(Type::Dyn)))
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.expect(&entry.key, &Type::String);
                        self.infer(&entry.value);
                    }
                }
                Type::Map
            }
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Struct(_) | Expr::Unspecified => Type::Dyn,
        }
    }

    /// Demands a type. A boolean is no number and so on: nothing is converted.
    pub(super) fn expect(&mut self, tree: &'a IdedExpr, expected: &Type) {
        let found = self.infer(tree);
        if found != *expected && found != Type::Dyn {
            let place = self.spans.of(tree);
            self.mistakes.push(mismatch(expected, &found, place));
        }
    }

    fn variable(&mut self, name: &str) -> Type {
        let Some(reference) = reference_index(name).and_then(|at| self.spans.references.get(at))
        else {
            let mut bound = self.bound.iter().rev();
            let found = bound.find(|(bound, _)| *bound == name);
            return found.map_or(Type::Dyn, |(_, known)| known.clone());
        };
        let found = self.scope.type_of(&reference.name);
        if found.is_none() {
            let mistake = unknown::mistake(reference, |within| self.scope.names(within));
            self.mistakes.push(mistake);
        }
        match reference.usage {
            Usage::Presence => Type::Bool,
            Usage::Value | Usage::AgainstNull => found.unwrap_or(Type::Dyn),
        }
    }

    fn call(&mut self, tree: &'a IdedExpr, call: &'a CallExpr) -> Type {
        match (call.func_name.as_str(), &call.target, call.args.as_slice()) {
            (operators::CONDITIONAL, None, [condition, yes, no]) => {
                self.expect(condition, &Type::Bool);
                let (first, second) = (self.infer(yes), self.infer(no));
                self.same(no, first, second, "the two branches")
            }
            (operators::LOGICAL_AND | operators::LOGICAL_OR, None, [left, right]) => {
                self.expect(left, &Type::Bool);
                self.expect(right, &Type::Bool);
                Type::Bool
            }
            (operators::LOGICAL_NOT, None, [operand]) => {
                self.expect(operand, &Type::Bool);
                Type::Bool
            }
            (operators::NEGATE, None, [operand]) => match self.infer(operand) {
                number @ (Type::Int | Type::Double | Type::Dyn) => number,
                other => {
                    let message = format!("expected a number, found {}", other.described());
                    let place = self.spans.of(operand);
                    self.mistakes.push(Mistake::new(message, place));
                    Type::Dyn
                }
            },
            (operator, None, [left, right]) if operations::is_binary(operator) => {
                let types = (self.infer(left), self.infer(right));
                operations::check(self, tree, operator, (left, right), types)
            }
            (name, target, arguments) => {
                let target = target.as_deref();
                functions::check(self, tree, name, target, arguments)
            }
        }
    }

    /// The type that a value has that is either of one or of another type.
    fn same(&mut self, tree: &'a IdedExpr, first: Type, second: Type, what: &str) -> Type {
        let (first_word, second_word) = (first.described(), second.described());
        let mixed_numbers = matches!(
            (&first, &second),
            (Type::Int, Type::Double) | (Type::Double, Type::Int)
        );
        if let Some(joined) = join(first, second) {
            return joined;
        }
        let message = format!("{what} are of one type, not {first_word} and {second_word}");
        let mistake = Mistake::new(message, self.spans.of(tree));
        self.mistakes.push(match mixed_numbers {
            true => mistake.hint("write whole floats with a point: `1.0`"),
            false => mistake,
        });
        Type::Dyn
    }

    fn comprehension(&mut self, comprehension: &'a ComprehensionExpr) -> Type {
        let item = match self.infer(&comprehension.iter_range) {
            Type::List(item) => *item,
            Type::Map => Type::String,
            Type::Dyn => Type::Dyn,
            other => {
                let message = format!("expected an array, found {}", other.described());
                let place = self.spans.of(&comprehension.iter_range);
                self.mistakes.push(Mistake::new(message, place));
                Type::Dyn
            }
        };
        self.bound.push((&comprehension.iter_var, item));
        let turn = Turn::of(comprehension);
        if let Some(condition) = turn.condition {
            self.expect(condition, &Type::Bool);
        }
        let found = turn.item.map(|item| self.infer(item));
        self.bound.pop();
        found.map_or(Type::Bool, |item| Type::List(Box::new(item)))
    }
}

/// What the user has written for one turn of a loop: the parser puts it into operations that
/// collect the result.
struct Turn<'t> {
    /// What holds, or has to hold for the item to be in the result.
    condition: Option<&'t IdedExpr>,
    /// What is in the resulting array; nothing if the result is a boolean.
    item: Option<&'t IdedExpr>,
}

impl<'t> Turn<'t> {
    fn of(comprehension: &'t ComprehensionExpr) -> Self {
        let makes_list = matches!(comprehension.accu_init.expr, Expr::List(_));
        let step = &comprehension.loop_step;
        match &step.expr {
            Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::CONDITIONAL, [condition, collect, _]) => Self {
                    condition: Some(condition),
                    item: collected(collect).filter(|_| makes_list),
                },
                (operators::ADD, _) if makes_list => Self {
                    condition: None,
                    item: collected(step),
                },
                (_, [_, condition]) => Self {
                    condition: Some(condition),
                    item: None,
                },
                _ => Self::unknown(),
            },
            _ => Self::unknown(),
        }
    }

    fn unknown() -> Self {
        Self {
            condition: None,
            item: None,
        }
    }
}

/// The item in `result + [item]`.
fn collected(tree: &IdedExpr) -> Option<&IdedExpr> {
    let Expr::Call(call) = &tree.expr else {
        return None;
    };
    match &call.args.get(1)?.expr {
        Expr::List(list) => list.elements.first(),
        _ => None,
    }
}

fn of_literal(literal: &LiteralValue) -> Type {
    match literal {
        LiteralValue::Boolean(_) => Type::Bool,
        LiteralValue::Double(_) => Type::Double,
        LiteralValue::Int(_) => Type::Int,
        LiteralValue::Null => Type::Null,
        LiteralValue::String(_) => Type::String,
        LiteralValue::Bytes(_) | LiteralValue::UInt(_) => Type::Dyn,
    }
}

/// The type that has all values of two types.
pub(super) fn join(first: Type, second: Type) -> Option<Type> {
    match (first, second) {
        (first, second) if first == second => Some(first),
        (Type::Dyn, _) | (_, Type::Dyn) | (Type::Null, _) | (_, Type::Null) => Some(Type::Dyn),
        (Type::List(first), Type::List(second)) => {
            join(*first, *second).map(|item| Type::List(Box::new(item)))
        }
        _ => None,
    }
}

/// That something is of another type than it has to be.
pub(super) fn mismatch(expected: &Type, found: &Type, place: std::ops::Range<usize>) -> Mistake {
    let (expected_word, found_word) = (expected.described(), found.described());
    let message = format!("expected {expected_word}, found {found_word}");
    let mistake = Mistake::new(message, place);
    match (expected, found) {
        (Type::Bool, Type::Int | Type::Double) => {
            mistake.hint("compare the number with something: `… > 0`")
        }
        (Type::Bool, Type::String) => {
            mistake.hint("compare the string with something: `… == 'done'`")
        }
        _ => mistake,
    }
}
