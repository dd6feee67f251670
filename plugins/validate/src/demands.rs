//! What the parameters ask for, whichever way they are written.

use mlhost_plugin::Severity;

use crate::params::{
    Between, ColumnChecks, Demand, InSet, Member, OfType, RowSwitch, TableSwitch, TypeDemand,
};
use crate::types::Type;

impl Default for Demand {
    fn default() -> Self {
        Self {
            mostly: 1.0,
            severity: Severity::Error,
        }
    }
}

impl RowSwitch {
    /// What is asked for, where the check is on.
    pub(crate) fn demand(self) -> Option<Demand> {
        match self {
            Self::Plain(on) => on.then(Demand::default),
            Self::Table(demand) => Some(demand),
        }
    }
}

impl Between {
    pub(crate) fn demand(self) -> Demand {
        Demand {
            mostly: self.mostly,
            severity: self.severity,
        }
    }
}

impl InSet {
    pub(crate) fn demand(&self) -> Demand {
        match self {
            Self::Plain(_) => Demand::default(),
            Self::Table(set) => Demand {
                mostly: set.mostly,
                severity: set.severity,
            },
        }
    }

    pub(crate) fn members(&self) -> &[Member] {
        match self {
            Self::Plain(members) => members,
            Self::Table(set) => &set.values,
        }
    }
}

impl OfType {
    /// The type, and how bad another one is.
    pub(crate) fn parts(self) -> (Type, Severity) {
        match self {
            Self::Plain(is) => (is, Severity::Error),
            Self::Table(TypeDemand { is, severity }) => (is, severity),
        }
    }
}

impl TableSwitch {
    /// How bad it is when it is not so, where the check is on.
    pub(crate) fn severity(self) -> Option<Severity> {
        match self {
            Self::Plain(on) => on.then_some(Severity::Error),
            Self::Table(demand) => Some(demand.severity),
        }
    }
}

impl ColumnChecks {
    pub(crate) fn not_null(&self) -> Option<Demand> {
        self.not_null.and_then(RowSwitch::demand)
    }

    pub(crate) fn unique(&self) -> Option<Demand> {
        self.unique.and_then(RowSwitch::demand)
    }
}
