//! What the parser has read is made into what is checked and evaluated: every reference to
//! something outside becomes a variable with a number, and what is not of use here is refused.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, EntryExpr, Expr, LiteralValue, operators};

use super::mistake::Mistake;
use super::scope::{Name, Reference, Usage};
use super::spans::Spans;

/// What begins the names of variables that stand for references: no text can name them.
const PREFIX: &str = "@reference";

/// The number of the reference that a variable stands for.
pub(super) fn reference_index(variable: &str) -> Option<usize> {
    variable.strip_prefix(PREFIX)?.parse().ok()
}

/// Puts variables in the place of references, and lists these in the order of the text.
pub(super) fn lower(tree: &mut IdedExpr, spans: &Spans<'_>) -> Result<Vec<Reference>, Mistake> {
    let mut lowering = Lowering {
        spans,
        bound: Vec::new(),
        references: Vec::new(),
    };
    lowering.visit(tree, Usage::Value)?;
    Ok(lowering.references)
}

struct Lowering<'a> {
    spans: &'a Spans<'a>,
    /// The variables of the loops around.
    bound: Vec<String>,
    references: Vec<Reference>,
}

/// `root.name.name`, or the same with `["name"]`.
struct Path<'t> {
    root: &'t str,
    names: Vec<&'t str>,
}

impl Lowering<'_> {
    fn visit(&mut self, tree: &mut IdedExpr, usage: Usage) -> Result<(), Mistake> {
        if let Some(name) = self.path(tree).and_then(|path| path.name()) {
            let range = match &tree.expr {
                // The path of `has(a.b)` ends where its bracket does.
                Expr::Select(select) if select.test => self.tested(tree, &select.field),
                _ => self.spans.of(tree),
            };
            let usage = match &tree.expr {
                Expr::Select(select) if select.test => Usage::Presence,
                _ => usage,
            };
            tree.expr = Expr::Ident(format!("{PREFIX}{}", self.references.len()));
            self.references.push(Reference { name, range, usage });
            return Ok(());
        }
        match &mut tree.expr {
            Expr::Ident(name) if self.is_free(name) => {
                let name = name.clone();
                Err(self.alone(tree, &name))
            }
            Expr::Select(select) => self.visit(&mut select.operand, Usage::Value),
            Expr::Call(call) => self.visit_call(call),
            Expr::List(list) => self.visit_all(&mut list.elements),
            Expr::Map(map) => {
                for entry in &mut map.entries {
                    if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                        self.visit(&mut entry.key, Usage::Value)?;
                        self.visit(&mut entry.value, Usage::Value)?;
                    }
                }
                Ok(())
            }
            Expr::Comprehension(comprehension) => {
                self.visit(&mut comprehension.iter_range, Usage::Value)?;
                self.bound.push(comprehension.iter_var.clone());
                self.visit(&mut comprehension.loop_step, Usage::Value)?;
                self.bound.pop();
                Ok(())
            }
            Expr::Literal(LiteralValue::UInt(_)) => {
                let mistake = Mistake::new("integers here have a sign", self.spans.of(tree));
                Err(mistake.hint("write the number without its `u`"))
            }
            Expr::Literal(LiteralValue::Bytes(_)) => {
                let mistake = Mistake::new("there are no bytes here", self.spans.of(tree));
                Err(mistake.hint("write a string, without its `b`"))
            }
            Expr::Struct(strukt) => {
                let message = format!("there is no type `{}`", strukt.type_name.escape_debug());
                let mistake = Mistake::new(message, self.spans.of(tree));
                Err(mistake.hint("a table is written `{'name': 1}`"))
            }
            Expr::Unspecified => Err(Mistake::new("the expression is incomplete", 0..0)),
            Expr::Ident(_) | Expr::Literal(_) => Ok(()),
        }
    }

    fn visit_all(&mut self, trees: &mut [IdedExpr]) -> Result<(), Mistake> {
        let mut trees = trees.iter_mut();
        trees.try_for_each(|tree| self.visit(tree, Usage::Value))
    }

    fn visit_call(&mut self, call: &mut CallExpr) -> Result<(), Mistake> {
        if let Some(target) = &mut call.target {
            self.visit(target, Usage::Value)?;
        }
        let is_null = |tree: &IdedExpr| matches!(tree.expr, Expr::Literal(LiteralValue::Null));
        let equates = matches!(
            call.func_name.as_str(),
            operators::EQUALS | operators::NOT_EQUALS
        );
        match call.args.as_mut_slice() {
            [left, right] if equates && (is_null(left) || is_null(right)) => {
                self.visit(left, Usage::AgainstNull)?;
                self.visit(right, Usage::AgainstNull)
            }
            arguments => self.visit_all(arguments),
        }
    }

    /// Whether a variable is none of a loop.
    fn is_free(&self, variable: &str) -> bool {
        !variable.starts_with('@') && !self.bound.iter().any(|bound| bound == variable)
    }

    fn path<'t>(&self, tree: &'t IdedExpr) -> Option<Path<'t>> {
        match &tree.expr {
            Expr::Ident(root) if self.is_free(root) => Some(Path {
                root,
                names: Vec::new(),
            }),
            Expr::Select(select) => self.path(&select.operand)?.with(&select.field),
            Expr::Call(call) if call.func_name == operators::INDEX => match call.args.as_slice() {
                [operand, index] => match &index.expr {
                    Expr::Literal(LiteralValue::String(name)) => {
                        self.path(operand)?.with(name.inner())
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// The range of `a.b` in `has(a.b)`.
    fn tested(&self, tree: &IdedExpr, field: &str) -> std::ops::Range<usize> {
        let Expr::Select(select) = &tree.expr else {
            return self.spans.of(tree);
        };
        let operand = self.spans.of(&select.operand);
        let rest = self.spans.text.get(operand.end..).unwrap_or_default();
        let dot = operand.end + rest.find('.').map_or(0, |dot| dot + 1);
        operand.start..self.spans.end_of_field(dot, field)
    }

    /// What is wrong with a name that stands alone.
    fn alone(&self, tree: &IdedExpr, name: &str) -> Mistake {
        let range = self.spans.of(tree);
        if let Some((_, word)) = self.spans.outline.word_before(self.spans.text, &range) {
            return Mistake::new(format!("`{name}` is no value"), range)
                .hint(format!("write `{word}`"));
        }
        let hint = match name {
            "params" => {
                "write `params.NAME`, or `params[\"NAME\"]`; the name is written out".into()
            }
            "each" => "write `each.NAME`, or `each[\"NAME\"]`; the name is written out".into(),
            "steps" => {
                "write `steps.STEP.METRIC`, or `steps[\"STEP\"].METRIC`; the names are written out"
                    .to_owned()
            }
            _ => match self.dashed(&range) {
                Some(step) => format!("write `steps[\"{step}\"].METRIC` if `{step}` is a step"),
                None => format!(
                    "write `'{name}'` for a string, `params.{name}` for a parameter, \
                     `{name}.METRIC` for a metric of a step"
                ),
            },
        };
        Mistake::new(format!("`{name}` alone is no value"), range).hint(hint)
    }

    /// The name with dashes that begins there, if there is one: `a-b` reads as a subtraction.
    fn dashed(&self, range: &std::ops::Range<usize>) -> Option<&str> {
        let rest = self.spans.text.get(range.start..)?;
        let is_part = |part: char| part.is_ascii_alphanumeric() || matches!(part, '-' | '_');
        let length = rest.find(|part| !is_part(part)).unwrap_or(rest.len());
        let name = rest[..length].trim_end_matches('-');
        name.contains('-').then_some(name)
    }
}

impl<'t> Path<'t> {
    fn with(mut self, name: &'t str) -> Option<Self> {
        self.names.push(name);
        Some(self)
    }

    /// What the path names, if it is as long as such a name is.
    fn name(&self) -> Option<Name> {
        match (self.root, self.names.as_slice()) {
            ("params", [name]) => Some(Name::Param((*name).to_owned())),
            ("each", [name]) => Some(Name::Each((*name).to_owned())),
            ("steps", [step, field]) => Some(Name::Field {
                step: (*step).to_owned(),
                field: (*field).to_owned(),
            }),
            ("params" | "each" | "steps", _) => None,
            (step, [field]) => Some(Name::Field {
                step: step.to_owned(),
                field: (*field).to_owned(),
            }),
            _ => None,
        }
    }
}
