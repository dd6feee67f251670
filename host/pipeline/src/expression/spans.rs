//! Where the parts of an expression are in its text. The parser says where the operator of a call
//! is, or its bracket; what belongs to it is around that.

use std::ops::Range;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, SourceInfo, operators};

use super::lower::reference_index;
use super::scan::Outline;
use super::scope::Reference;

/// The places of the parts of one expression.
pub(super) struct Spans<'a> {
    pub(super) text: &'a str,
    pub(super) source: &'a SourceInfo,
    pub(super) outline: &'a Outline,
    pub(super) references: &'a [Reference],
}

impl Spans<'_> {
    /// Where an expression is.
    pub(super) fn of(&self, tree: &IdedExpr) -> Range<usize> {
        self.balanced(self.unbalanced(tree))
    }

    /// What is written there.
    pub(super) fn text(&self, tree: &IdedExpr) -> &str {
        self.text.get(self.of(tree)).unwrap_or_default()
    }

    /// Where the token is that the parser has for an expression: the operator of an operation, the
    /// opening bracket of a call.
    pub(super) fn token(&self, tree: &IdedExpr) -> Range<usize> {
        let (start, last) = self.source.offset_for(tree.id).unwrap_or_default();
        let start = self.boundary(start as usize);
        let end = self.boundary((last as usize).saturating_add(1));
        start..end.max(start)
    }

    fn boundary(&self, offset: usize) -> usize {
        self.text.ceil_char_boundary(offset)
    }

    fn unbalanced(&self, tree: &IdedExpr) -> Range<usize> {
        let token = self.token(tree);
        match &tree.expr {
            Expr::Ident(name) => match reference_index(name) {
                Some(index) => self.references.get(index).map(|found| found.range.clone()),
                None => None,
            }
            .unwrap_or(token),
            Expr::Select(select) if select.test => self.function(&token, operators::HAS),
            Expr::Select(select) => {
                let start = self.unbalanced(&select.operand).start;
                start..self.end_of_field(token.end, &select.field)
            }
            Expr::Call(call) => self.call(call, token),
            Expr::Struct(strukt) => self.function(&token, &strukt.type_name),
            Expr::List(_) | Expr::Map(_) => token.start..self.closing(&token),
            Expr::Comprehension(comprehension) => {
                self.unbalanced(&comprehension.iter_range).start..self.closing(&token)
            }
            Expr::Literal(_) | Expr::Unspecified => token,
        }
    }

    fn call(&self, call: &CallExpr, token: Range<usize>) -> Range<usize> {
        let is_operator = self.text.get(token.clone()) != Some("(");
        match (&call.target, call.args.first()) {
            (Some(target), _) => self.unbalanced(target).start..self.closing(&token),
            (None, Some(first)) if call.func_name == operators::INDEX => {
                self.unbalanced(first).start..self.closing(&token)
            }
            (None, _) if is_operator => {
                let parts = call.args.iter().map(|argument| self.unbalanced(argument));
                parts.fold(token, |whole, part| {
                    whole.start.min(part.start)..whole.end.max(part.end)
                })
            }
            (None, _) => self.function(&token, &call.func_name),
        }
    }

    /// A call of a function whose arguments begin at a bracket.
    fn function(&self, bracket: &Range<usize>, name: &str) -> Range<usize> {
        let before = self.text.get(..bracket.start).unwrap_or_default();
        let start = before.trim_end().strip_suffix(name).map(str::len);
        start.unwrap_or(bracket.start)..self.closing(bracket)
    }

    /// The end of the bracket that opens there.
    fn closing(&self, bracket: &Range<usize>) -> usize {
        let mut brackets = self.outline.brackets.iter();
        let pair = brackets.find(|(open, _)| *open == bracket.start);
        pair.map_or(bracket.end, |(_, close)| close + 1)
    }

    /// The end of the field whose name follows a dot.
    pub(super) fn end_of_field(&self, dot: usize, field: &str) -> usize {
        let rest = self.text.get(dot..).unwrap_or_default();
        let name = rest.trim_start();
        match name.starts_with(field) {
            true => dot + (rest.len() - name.len()) + field.len(),
            false => dot,
        }
    }

    /// The range with the whole of every pair of brackets of which it has one.
    fn balanced(&self, mut range: Range<usize>) -> Range<usize> {
        // Inner pairs come before those around them.
        for &(open, close) in &self.outline.brackets {
            let (has_open, has_close) = (range.contains(&open), range.contains(&close));
            if has_open != has_close {
                range = range.start.min(open)..range.end.max(close + 1);
            }
        }
        range
    }
}
