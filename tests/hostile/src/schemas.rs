//! Output schemas, honest ones and others.

use crate::{
    attack::Attack,
    bindings::mlhost::plugin::arrow::{Field, FieldFlags},
};

/// The format of a float64.
const NUMBER: &str = "g";

/// The names of the columns that this plugin passes through: the numbers.
pub(crate) fn numbers(input: &[Field]) -> Vec<String> {
    let numbers = input.iter().filter(|field| field.format == NUMBER);
    numbers.map(|field| field.name.clone()).collect()
}

/// The schema that `transformer.output` announces under an attack.
pub(crate) fn announced(attack: Attack, columns: &[String]) -> Vec<Field> {
    match attack {
        Attack::None => columns.iter().map(|name| field(name, NUMBER)).collect(),
        Attack::UnknownFormat => vec![field("odd", "no such format")],
        Attack::NulInFormat => vec![field("odd", "g\0u")],
        Attack::HugeWidth => vec![field("odd", "w:99999999999")],
        Attack::DeepNesting => nested(100),
        Attack::MissingChildren => vec![Field {
            children: u32::MAX,
            ..field("odd", "+s")
        }],
        Attack::ColumnTwice => vec![field("twin", NUMBER), field("twin", NUMBER)],
        Attack::ManyFields => (0..1_000_000)
            .map(|index| field(&format!("c{index}"), NUMBER))
            .collect(),
        Attack::OffsetsOutside
        | Attack::OffsetsDescend
        | Attack::OffsetsNegative
        | Attack::InvalidUtf8 => vec![field("text", "u")],
        _ => vec![field("number", NUMBER)],
    }
}

fn field(name: &str, format: &str) -> Field {
    Field {
        name: name.to_owned(),
        format: format.to_owned(),
        flags: FieldFlags::NULLABLE,
        metadata: vec![],
        children: 0,
        dictionary: false,
    }
}

/// A struct in a struct in a struct, so many levels deep.
fn nested(levels: usize) -> Vec<Field> {
    let level = |_| Field {
        children: 1,
        ..field("level", "+s")
    };
    let mut fields: Vec<_> = (0..levels).map(level).collect();
    fields.push(field("bottom", NUMBER));
    fields
}
