//! Makes of a checked expression what the evaluator runs. Two things differ from plain CEL: a
//! comparison with NaN is false rather than an error, and loops are counted.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, operators};
use cel::common::types::{CelBool, CelDouble, DYN_TYPE};
use cel::common::value::CowVal;
use cel::{Env, ExecutionError, IdedExpr};

/// The variable that is true until the turns of all loops of an evaluation are used up.
pub(super) const TURN: &str = "@turn";

/// The operators of order, and the functions in their place.
const ORDERS: [(&str, &str, Compare); 4] = [
    (operators::LESS, "@less", less),
    (operators::LESS_EQUALS, "@less_equals", less_equals),
    (operators::GREATER, "@greater", greater),
    (operators::GREATER_EQUALS, "@greater_equals", greater_equals),
];

type Compare = for<'b, 'v> fn(Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError>;

/// The functions of CEL and those that the programs made here call besides.
pub(super) static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut environment = Env::stdlib();
    for (_, name, function) in ORDERS {
        // A name that begins with `@` is not in the library, so that this cannot fail.
        let _ = environment.add_overload(name, name, vec![DYN_TYPE, DYN_TYPE], function);
    }
    Arc::new(environment)
});

/// The operator that a function of this name stands for.
pub(super) fn operator(function: &str) -> Option<&'static str> {
    let mut orders = ORDERS.iter();
    let found = orders.find(|(_, name, _)| *name == function);
    found.map(|(operator, _, _)| *operator)
}

/// The program for an expression.
pub(super) fn of(mut tree: IdedExpr) -> IdedExpr {
    prepare(&mut tree);
    tree
}

fn prepare(tree: &mut IdedExpr) {
    match &mut tree.expr {
        Expr::Call(call) => {
            for part in call.target.as_deref_mut().into_iter().chain(&mut call.args) {
                prepare(part);
            }
            let mut orders = ORDERS.iter();
            if let Some((_, function, _)) = orders.find(|(name, _, _)| *name == call.func_name) {
                call.func_name = (*function).to_owned();
            }
        }
        Expr::Comprehension(comprehension) => {
            prepare(&mut comprehension.iter_range);
            prepare(&mut comprehension.loop_step);
            count_turns(comprehension);
        }
        Expr::List(list) => list.elements.iter_mut().for_each(prepare),
        Expr::Map(map) => {
            for entry in &mut map.entries {
                if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                    prepare(&mut entry.key);
                    prepare(&mut entry.value);
                }
            }
        }
        Expr::Select(select) => prepare(&mut select.operand),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Struct(_) | Expr::Unspecified => {}
    }
}

/// Has a loop do nothing more when no turns are left. What it results in then is of no use, and
/// the evaluation fails.
fn count_turns(comprehension: &mut ComprehensionExpr) {
    if !matches!(comprehension.loop_cond.expr, Expr::Literal(_)) {
        guard(&mut comprehension.loop_cond);
        return;
    }
    // The evaluator knows the loops that collect into an array by a condition that is a literal
    // and by their step, and is much faster with them: only the condition of the step changes.
    let step = &mut comprehension.loop_step;
    match &mut step.expr {
        Expr::Call(call) if call.func_name == operators::CONDITIONAL => {
            if let Some(condition) = call.args.first_mut() {
                guard(condition);
            }
        }
        _ => {
            let collect = std::mem::take(step);
            let result = of_kind(Expr::Ident(comprehension.accu_var.clone()));
            let arguments = vec![of_kind(Expr::Ident(TURN.to_owned())), collect, result];
            *step = operation(operators::CONDITIONAL, arguments);
        }
    }
}

/// Makes `condition` to `turn && condition`.
fn guard(condition: &mut IdedExpr) {
    let turn = of_kind(Expr::Ident(TURN.to_owned()));
    let arguments = vec![turn, std::mem::take(condition)];
    *condition = operation(operators::LOGICAL_AND, arguments);
}

fn operation(operator: &str, args: Vec<IdedExpr>) -> IdedExpr {
    of_kind(Expr::Call(CallExpr {
        func_name: operator.to_owned(),
        target: None,
        args,
    }))
}

fn of_kind(expr: Expr) -> IdedExpr {
    IdedExpr { id: 0, expr }
}

fn less<'b, 'v>(operands: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    compare("@less", &operands, Ordering::is_lt)
}

fn less_equals<'b, 'v>(operands: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    compare("@less_equals", &operands, Ordering::is_le)
}

fn greater<'b, 'v>(operands: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    compare("@greater", &operands, Ordering::is_gt)
}

fn greater_equals<'b, 'v>(operands: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    compare("@greater_equals", &operands, Ordering::is_ge)
}

fn compare<'b, 'v>(
    name: &str,
    operands: &[CowVal<'b, 'v>],
    holds: fn(Ordering) -> bool,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let is_nan = |value: &CowVal<'b, 'v>| {
        let number = value.downcast_ref::<CelDouble>();
        number.is_some_and(|number| number.inner().is_nan())
    };
    let mismatch = || {
        let types = operands
            .iter()
            .map(|value| value.get_type().name().to_owned());
        ExecutionError::no_such_overload(name, types.collect())
    };
    let [left, right] = operands else {
        return Err(mismatch());
    };
    let is_number = |value: &CowVal<'b, 'v>| matches!(value.get_type().name(), "int" | "double");
    if (is_nan(left) || is_nan(right)) && is_number(left) && is_number(right) {
        return Ok(CowVal::owned(CelBool::from(false)));
    }
    let comparer = left.as_comparer().ok_or_else(mismatch)?;
    let ordering = comparer.compare(right.as_ref()).map_err(|_| mismatch())?;
    Ok(CowVal::owned(CelBool::from(holds(ordering))))
}
