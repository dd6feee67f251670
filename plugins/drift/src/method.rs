//! The statistics that a column can be judged by, which of them is the default, and from where on
//! each of them means drift.

use schemars::JsonSchema;
use serde::Deserialize;

/// Up to so many rows of the reference a test decides by default, above it a distance: of many
/// rows, a test finds differences that matter to nobody.
const FEW_ROWS: u64 = 1000;

/// Columns of numbers with up to so many different values are compared value by value.
const FEW_VALUES: usize = 5;

/// What a column is judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the type and the number of the values, as Evidently chooses.
    #[default]
    Auto,
    /// The population stability index.
    Psi,
    /// The Kolmogorov–Smirnov test. Numbers only.
    Ks,
    /// The Wasserstein distance, divided by the reference's standard deviation. Numbers only.
    Wasserstein,
    /// The Jensen–Shannon distance.
    JensenShannon,
    /// The Hellinger distance.
    Hellinger,
    /// The chi-squared test of homogeneity.
    ChiSquared,
    /// The z-test of two proportions. For columns of two different values.
    ZTest,
    /// The largest difference of the shares of a value or bin.
    LInfinity,
}

/// Which values mean drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drifts {
    /// A distance above the threshold.
    Above,
    /// A probability below it.
    Below,
}

/// What decides on the default.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) is_numeric: bool,
    /// The number of values of the reference.
    pub(crate) rows: u64,
    /// How many different values there are on both sides together, as far as it matters.
    pub(crate) different: usize,
}

impl Method {
    /// The method for a column: itself, or what Evidently takes by default
    /// (`legacy/calculations/stattests/registry.py` of version 0.7.23).
    pub(crate) fn for_column(self, size: Size) -> Self {
        let Size {
            is_numeric,
            rows,
            different,
        } = size;
        match self {
            Self::Auto if is_numeric && different > FEW_VALUES => {
                if rows > FEW_ROWS {
                    Self::Wasserstein
                } else {
                    Self::Ks
                }
            }
            Self::Auto if rows > FEW_ROWS => Self::JensenShannon,
            Self::Auto if different > 2 => Self::ChiSquared,
            Self::Auto => Self::ZTest,
            method => method,
        }
    }

    /// Why that method was chosen.
    pub(crate) fn chosen_by(self, size: Size) -> String {
        if self != Self::Auto {
            return "parameter".to_owned();
        }
        let kind = match (size.is_numeric, size.different) {
            (true, FEW_VALUES_AND_ONE..) => "numbers",
            (true, 3..) => "numbers of 3 to 5 different values",
            (true, _) => "numbers of up to 2 different values",
            (false, 3..) => "more than 2 categories",
            (false, _) => "up to 2 categories",
        };
        let rows = if size.rows > FEW_ROWS {
            "more than"
        } else {
            "up to"
        };
        format!("Evidently's default for {kind} and {rows} {FEW_ROWS} rows of reference")
    }

    /// Where drift begins if nobody says otherwise: Evidently's defaults; for `l_infinity`, which
    /// it does not have, that of the other distances.
    pub(crate) fn default_threshold(self) -> f64 {
        match self.drifts() {
            Drifts::Above => 0.1,
            Drifts::Below => 0.05,
        }
    }

    /// Whether a larger or a smaller value is drift.
    pub(crate) fn drifts(self) -> Drifts {
        match self {
            Self::Ks | Self::ChiSquared | Self::ZTest => Drifts::Below,
            _ => Drifts::Above,
        }
    }

    /// The word for it in parameters, findings and metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Psi => "psi",
            Self::Ks => "ks",
            Self::Wasserstein => "wasserstein",
            Self::JensenShannon => "jensen_shannon",
            Self::Hellinger => "hellinger",
            Self::ChiSquared => "chi_squared",
            Self::ZTest => "z_test",
            Self::LInfinity => "l_infinity",
        }
    }

    /// What a person calls the value that is compared with the threshold.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Auto => "statistic",
            Self::Psi => "population stability index",
            Self::Ks => "p-value of the Kolmogorov–Smirnov test",
            Self::Wasserstein => "normed Wasserstein distance",
            Self::JensenShannon => "Jensen–Shannon distance",
            Self::Hellinger => "Hellinger distance",
            Self::ChiSquared => "p-value of the chi-squared test",
            Self::ZTest => "p-value of the z-test",
            Self::LInfinity => "largest difference of shares",
        }
    }

    /// Whether it needs numbers.
    pub(crate) fn needs_numbers(self) -> bool {
        matches!(self, Self::Ks | Self::Wasserstein)
    }
}

const FEW_VALUES_AND_ONE: usize = FEW_VALUES + 1;
