//! What the expressions of a pipeline come to in a run.

use mlhost_pipeline::{Diagnostic, Loop};

use super::{Condition, Error, Result, Schedule, Scope, State, Step, Value, choice::Resolved};

impl Schedule {
    /// The items that a loop runs through, evaluated once.
    pub(super) fn list(
        &mut self,
        of: &Loop,
        list: &Condition,
        limit: usize,
        by: &Step,
    ) -> Result<Vec<Value>> {
        if let Some(known) = self.lists.get(&of.name) {
            return Ok(known.clone());
        }
        let value = self.evaluate(list, by)?;
        let wrong = |message: String| self.wrong(list, message);
        let Value::Array(items) = value else {
            return Err(wrong(
                "the expression gives no list to loop over".to_owned(),
            ));
        };
        if items.len() > limit {
            let message = format!("the list has {} items, and `limit` is {limit}", items.len());
            return Err(wrong(message));
        }
        if items
            .iter()
            .any(|item| matches!(item, Value::Array(_) | Value::Object(_) | Value::Null))
        {
            let message = "the list holds more than booleans, numbers and strings".to_owned();
            return Err(wrong(message));
        }
        self.lists.insert(of.name.clone(), items.clone());
        Ok(items)
    }

    pub(super) fn holds(&mut self, condition: &Condition, by: &Step) -> Result<bool> {
        match self.evaluate(condition, by)? {
            Value::Bool(holds) => Ok(holds),
            _ => Err(self.wrong(
                condition,
                "the condition is neither true nor false".to_owned(),
            )),
        }
    }

    fn evaluate(&mut self, condition: &Condition, by: &Step) -> Result<Value> {
        let names: Vec<String> = condition.expression.steps().map(str::to_owned).collect();
        let mut meant = Vec::with_capacity(names.len());
        for name in names {
            if let Resolved::One(at) = self.resolve(&name, Some(by))? {
                meant.push((name, at));
            }
        }
        let facts = |at: usize| match &self.nodes[at].state {
            State::Ended(facts) => Some(facts),
            _ => None,
        };
        let steps = meant
            .into_iter()
            .filter_map(|(name, at)| Some((name, facts(at)?)));
        let each = by
            .iteration
            .as_ref()
            .and_then(|iteration| self.values_of(iteration));
        let scope = Scope {
            params: &self.pipeline.params,
            each: each.as_ref(),
            steps: steps.collect(),
        };
        condition.expression.evaluate(&scope).map_err(|mistake| {
            let mut diagnostics = self.pipeline.diagnostics();
            diagnostics.push(condition.diagnostic(&mistake));
            Error::Condition(diagnostics)
        })
    }

    fn wrong(&self, condition: &Condition, message: String) -> Error {
        let mut diagnostics = self.pipeline.diagnostics();
        diagnostics.push(Diagnostic::new(message).at(condition.span()));
        Error::Condition(diagnostics)
    }
}
