//! Rules and a schema become one treatment for each column of the output. What can
//! be wrong with the rules is found here, and the error points at the parameter.

use arrow_schema::{DataType, Field, Schema};
use mlhost_plugin::{Error, Result, column_index};
use mlhost_statistics::column::{is_numeric, is_textual, type_name};

use crate::category::{Categorical, CategoryEncoding, CategoryImpute};
use crate::number::{NumberImpute, Numeric};
use crate::params::{Constant, Encoding, Family, Impute, Others, Params, Rule, Scale, Unknown};

/// What becomes of one column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Treatment {
    Number(Numeric),
    Category(Categorical),
    PassThrough,
}

/// A column that stays, and what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Planned {
    pub(crate) name: String,
    pub(crate) treatment: Treatment,
}

/// The columns of the output, in order, without the target.
pub(crate) fn plan(params: &Params, input: &Schema) -> Result<Vec<Planned>> {
    let claims = Claims::of(params, input)?;
    let mut planned = Vec::new();
    for (number, rule) in params.encode.iter().enumerate() {
        for (place, &index) in claims.by_rule[number].iter().enumerate() {
            let field = input.field(index);
            let at = Pointer {
                rule: number,
                place,
            };
            if let Some(treatment) = treatment(rule, field, at)? {
                planned.push(Planned {
                    name: field.name().clone(),
                    treatment,
                });
            }
        }
    }
    if params.others == Others::PassThrough {
        let others = input.fields().iter().zip(&claims.claimed);
        planned.extend(
            others
                .filter(|(_, claimed)| !**claimed)
                .map(|(field, _)| Planned {
                    name: field.name().clone(),
                    treatment: Treatment::PassThrough,
                }),
        );
    }
    Ok(planned)
}

/// Which rule is about which columns.
struct Claims {
    claimed: Vec<bool>,
    by_rule: Vec<Vec<usize>>,
}

impl Claims {
    fn of(params: &Params, input: &Schema) -> Result<Self> {
        let mut claims = Self {
            claimed: vec![false; input.fields().len()],
            by_rule: vec![vec![]; params.encode.len()],
        };
        if let Some(target) = &params.target {
            claims.claimed[column_index(input, target, "/target")?] = true;
        }
        for (number, rule) in params.encode.iter().enumerate() {
            match (&rule.columns, rule.family) {
                (Some(names), None) => claims.by_name(number, names, params, input)?,
                (None, Some(_)) => {}
                _ => {
                    return Err(Error::params(
                        format!("/encode/{number}"),
                        "a rule is about either `columns` or a `type` of columns",
                    ));
                }
            }
        }
        for (number, rule) in params.encode.iter().enumerate() {
            if let Some(family) = rule.family {
                claims.by_family(number, family, input);
            }
        }
        Ok(claims)
    }

    fn by_name(
        &mut self,
        number: usize,
        names: &[String],
        params: &Params,
        input: &Schema,
    ) -> Result<()> {
        for (place, name) in names.iter().enumerate() {
            let at = format!("/encode/{number}/columns/{place}");
            if params.target.as_ref() == Some(name) {
                return Err(Error::params(
                    at,
                    format!("`{name}` is the target, which is passed through as it is"),
                ));
            }
            let index = column_index(input, name, &at)?;
            if std::mem::replace(&mut self.claimed[index], true) {
                return Err(Error::params(at, format!("column `{name}` is named twice")));
            }
            self.by_rule[number].push(index);
        }
        Ok(())
    }

    fn by_family(&mut self, number: usize, family: Family, input: &Schema) {
        for (index, field) in input.fields().iter().enumerate() {
            if !self.claimed[index] && is_of(family, field.data_type()) {
                self.claimed[index] = true;
                self.by_rule[number].push(index);
            }
        }
    }
}

fn is_of(family: Family, data_type: &DataType) -> bool {
    match (family, data_type) {
        (Family::Boolean, data_type) => *data_type == DataType::Boolean,
        (Family::String, DataType::Dictionary(_, values)) => is_of(family, values),
        (Family::String, data_type) => data_type.is_string(),
        (Family::Number, data_type) => is_numeric(data_type) && data_type.is_numeric(),
    }
}

/// Where a rule and one of its columns stand among the parameters.
#[derive(Clone, Copy)]
struct Pointer {
    rule: usize,
    place: usize,
}

impl Pointer {
    fn option(self, option: &str, message: impl Into<String>) -> Error {
        Error::params(format!("/encode/{}/{option}", self.rule), message)
    }

    fn column(self, rule: &Rule, message: impl Into<String>) -> Error {
        match rule.columns {
            Some(_) => self.option(&format!("columns/{}", self.place), message),
            None => self.option("type", message),
        }
    }
}

/// What the rule makes of a column; `None` where it is dropped.
fn treatment(rule: &Rule, field: &Field, at: Pointer) -> Result<Option<Treatment>> {
    let encoding = match rule.encoding {
        Some(encoding) => encoding,
        None if is_numeric(field.data_type()) => Encoding::Number,
        None => {
            let message = format!(
                "column `{}` holds `{}`: say `as = \"one_hot\"`, `as = \"ordinal\"`, \
                 `as = \"pass_through\"` or `as = \"drop\"`",
                field.name(),
                type_name(field.data_type()),
            );
            return Err(at.column(rule, message));
        }
    };
    match encoding {
        Encoding::Number => numeric(rule, field, at).map(Treatment::Number).map(Some),
        Encoding::OneHot | Encoding::Ordinal => categorical(rule, encoding, field, at)
            .map(Treatment::Category)
            .map(Some),
        Encoding::PassThrough => untouched(rule, at).map(|()| Some(Treatment::PassThrough)),
        Encoding::Drop => untouched(rule, at).map(|()| None),
    }
}

fn untouched(rule: &Rule, at: Pointer) -> Result<()> {
    let options = [
        ("impute", rule.impute.is_some()),
        ("scale", rule.scale.is_some()),
        ("unknown", rule.unknown.is_some()),
    ];
    match options.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(at.option(
            option,
            format!("`{option}` means nothing for columns that are passed through or dropped"),
        )),
        None => Ok(()),
    }
}

fn numeric(rule: &Rule, field: &Field, at: Pointer) -> Result<Numeric> {
    if !is_numeric(field.data_type()) {
        let message = format!(
            "column `{}` holds `{}`, not numbers: encode it as \"one_hot\" or \"ordinal\"",
            field.name(),
            type_name(field.data_type()),
        );
        return Err(at.column(rule, message));
    }
    if rule.unknown.is_some() {
        return Err(at.option("unknown", "`unknown` is for \"one_hot\" and \"ordinal\""));
    }
    let impute = match &rule.impute {
        None => NumberImpute::None,
        Some(Impute::Mean) => NumberImpute::Mean,
        Some(Impute::Median) => NumberImpute::Median,
        Some(Impute::MostFrequent) => NumberImpute::MostFrequent,
        Some(Impute::Constant(Constant::Number(number))) => NumberImpute::Constant(*number),
        Some(Impute::Constant(Constant::Boolean(boolean))) => {
            NumberImpute::Constant(f64::from(u8::from(*boolean)))
        }
        Some(Impute::Constant(Constant::Text(text))) => {
            let message = format!("\"{text}\" cannot be imputed among numbers");
            return Err(at.option("impute/constant", message));
        }
    };
    Ok(Numeric {
        impute,
        scale: rule.scale.unwrap_or_default(),
    })
}

fn categorical(rule: &Rule, encoding: Encoding, field: &Field, at: Pointer) -> Result<Categorical> {
    if !is_textual(field.data_type()) {
        let message = format!(
            "column `{}` holds `{}`: only texts, integers and booleans can be categories",
            field.name(),
            type_name(field.data_type()),
        );
        return Err(at.column(rule, message));
    }
    if rule.scale.is_some_and(|scale| scale != Scale::None) {
        return Err(at.option(
            "scale",
            "`scale` is for columns that are encoded as \"number\"",
        ));
    }
    let impute = match &rule.impute {
        None => CategoryImpute::None,
        Some(Impute::MostFrequent) => CategoryImpute::MostFrequent,
        Some(Impute::Constant(Constant::Text(text))) => CategoryImpute::Constant(text.clone()),
        Some(Impute::Constant(Constant::Number(number))) => {
            CategoryImpute::Constant(number.to_string())
        }
        Some(Impute::Constant(Constant::Boolean(boolean))) => {
            CategoryImpute::Constant(boolean.to_string())
        }
        Some(Impute::Mean | Impute::Median) => {
            let message = "categories have neither mean nor median: impute \"most_frequent\" or \
                           a constant";
            return Err(at.option("impute", message));
        }
    };
    let encoding = match (encoding, rule.unknown) {
        (Encoding::Ordinal, None) => CategoryEncoding::Ordinal {
            unknown: Some(-1.0),
        },
        (Encoding::Ordinal, Some(Unknown::Code(code))) => CategoryEncoding::Ordinal {
            unknown: Some(code),
        },
        (Encoding::Ordinal, Some(Unknown::Error)) => CategoryEncoding::Ordinal { unknown: None },
        (Encoding::Ordinal, Some(Unknown::Ignore)) => {
            let message = "\"ignore\" is for \"one_hot\": give unknown categories a code, such \
                           as `{ code = -1 }`, or make them an \"error\"";
            return Err(at.option("unknown", message));
        }
        (_, None | Some(Unknown::Ignore)) => CategoryEncoding::OneHot {
            refuse_unknown: false,
        },
        (_, Some(Unknown::Error)) => CategoryEncoding::OneHot {
            refuse_unknown: true,
        },
        (_, Some(Unknown::Code(_))) => {
            let message = "a code is for \"ordinal\": \"ignore\" unknown categories or make them \
                           an \"error\"";
            return Err(at.option("unknown", message));
        }
    };
    Ok(Categorical {
        impute,
        encoding,
        integers: holds_integers(field.data_type()),
    })
}

fn holds_integers(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => holds_integers(values),
        data_type => data_type.is_integer(),
    }
}
