//! Refuses parameters that no table could be checked against.

use mlhost_plugin::{Error, Result};

use crate::params::{Between, ColumnChecks, InSet, Params, RowCount};

impl Params {
    /// Finds ranges and sets that nothing is in, and shares that are none.
    pub(crate) fn check(&self) -> Result<()> {
        for (name, checks) in &self.columns {
            checks.check(&format!(
                "/columns/{}",
                name.replace('~', "~0").replace('/', "~1")
            ))?;
        }
        match self.row_count {
            Some(RowCount { min, max, .. }) => check_range(min, max, "/row_count"),
            None => Ok(()),
        }
    }
}

impl ColumnChecks {
    fn check(&self, at: &str) -> Result<()> {
        if let Some(Between { min, max, .. }) = self.between {
            check_range(min, max, &format!("{at}/between"))?;
        }
        if self
            .in_set
            .as_ref()
            .is_some_and(|set| set.members().is_empty())
        {
            return Err(Error::params(
                format!("{at}/in_set"),
                "the set has no values",
            ));
        }
        let demands = [
            ("not_null", self.not_null()),
            ("between", self.between.map(Between::demand)),
            ("in_set", self.in_set.as_ref().map(InSet::demand)),
            ("unique", self.unique()),
        ];
        for (check, demand) in demands {
            if demand.is_some_and(|demand| !(0.0..=1.0).contains(&demand.mostly)) {
                return Err(Error::params(
                    format!("{at}/{check}/mostly"),
                    "a share is a number from 0 to 1",
                ));
            }
        }
        Ok(())
    }
}

fn check_range<T: PartialOrd>(min: Option<T>, max: Option<T>, at: &str) -> Result<()> {
    match (min, max) {
        (None, None) => Err(Error::params(at, "a range has a `min`, a `max` or both")),
        (Some(min), Some(max)) if min > max => Err(Error::params(
            at,
            "`min` is larger than `max`, so that nothing is between them",
        )),
        _ => Ok(()),
    }
}
