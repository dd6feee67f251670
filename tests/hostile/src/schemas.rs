//! Output schemas, honest ones and others.

use crate::{
    attack::Attack,
    bindings::mlhost::plugin::arrow::{Field, FieldFlags},
    outcomes::CODES,
};

/// The format of a float64.
const NUMBER: &str = "g";

/// Columns or fields of a plugin that wants many.
const MANY: usize = 1_000_000;

/// Bytes of a name that is too long.
const HUGE: usize = 100_000_000;

/// The columns that this plugin asks for under an attack: with none, those that it
/// passes through, which are the numbers.
pub(crate) fn asked_for(attack: Attack, input: &[Field]) -> Vec<String> {
    let numbers = input.iter().filter(|field| field.format == NUMBER);
    let mut columns: Vec<_> = numbers.map(|field| field.name.clone()).collect();
    match attack {
        Attack::UnknownColumn => columns.push("nowhere".to_owned()),
        Attack::ColumnsTwice => columns.extend(columns.clone()),
        Attack::ManyColumns => columns = columns.into_iter().cycle().take(MANY).collect(),
        Attack::OddColumn => columns.push(CODES.to_owned()),
        _ => {}
    }
    columns
}

/// The schema that `transformer.output` announces under an attack.
pub(crate) fn announced(attack: Attack, columns: &[String]) -> Vec<Field> {
    match attack {
        Attack::None => columns.iter().map(|name| field(name, NUMBER)).collect(),
        Attack::UnknownFormat => vec![field("odd", "no such format")],
        Attack::NulInFormat => vec![field("odd", "g\0u")],
        Attack::HugeWidth => vec![field("odd", "w:99999999999")],
        Attack::HugeFormat => vec![field("odd", &"u".repeat(HUGE))],
        Attack::NegativeWidth => vec![field("odd", "w:-1")],
        Attack::WideDecimal => vec![field("odd", "d:200,3")],
        Attack::DeepNesting => nested(100),
        Attack::DeeperNesting => nested(10_000),
        Attack::MissingChildren => vec![Field {
            children: u32::MAX,
            ..field("odd", "+s")
        }],
        // Four times a quarter of all numbers, and one: the sum wraps to what is there.
        Attack::WrappingChildren => {
            let quarter = Field {
                children: 1 << 30,
                ..field("quarter", "+s")
            };
            vec![
                quarter.clone(),
                quarter.clone(),
                quarter.clone(),
                quarter,
                field("n", NUMBER),
            ]
        }
        Attack::ChildrenOfALeaf => vec![
            Field {
                children: 1,
                ..field("leaf", NUMBER)
            },
            field("child", NUMBER),
        ],
        Attack::MapOfNumbers => vec![
            Field {
                children: 1,
                ..field("map", "+m")
            },
            field("entries", NUMBER),
        ],
        Attack::DictionaryOfNothing => vec![dictionary()],
        Attack::DictionaryOfDictionaries => {
            let mut fields = vec![dictionary(); 10_000];
            fields.push(field("", "u"));
            fields
        }
        Attack::HugeName => vec![field(&"n".repeat(HUGE), NUMBER)],
        Attack::OddName => vec![field(CODES, NUMBER)],
        Attack::EmptyName => vec![field("", NUMBER)],
        Attack::ManyMetadata => vec![Field {
            metadata: (0..MANY)
                .map(|n| (format!("k{n}"), String::new()))
                .collect(),
            ..field("odd", NUMBER)
        }],
        Attack::HugeMetadata => vec![Field {
            metadata: vec![("key".to_owned(), "v".repeat(HUGE))],
            ..field("odd", NUMBER)
        }],
        Attack::BillionFields => vec![field("", ""); 40_000_000],
        Attack::ColumnTwice => vec![field("twin", NUMBER), field("twin", NUMBER)],
        Attack::ManyFields => (0..MANY)
            .map(|index| field(&format!("c{index}"), NUMBER))
            .collect(),
        Attack::OffsetsOutside
        | Attack::OffsetsDescend
        | Attack::OffsetsNegative
        | Attack::InvalidUtf8 => vec![field("text", "u")],
        Attack::ListOffsetsOutside => vec![
            Field {
                children: 1,
                ..field("list", "+l")
            },
            field("item", NUMBER),
        ],
        Attack::KeyOutside | Attack::KeyNegative => vec![dictionary(), field("", "u")],
        Attack::ChildTooShort => vec![
            Field {
                children: 1,
                ..field("struct", "+s")
            },
            field("child", NUMBER),
        ],
        Attack::RowsOfNothing => vec![],
        Attack::NullsOfNothing | Attack::EndlessNulls => vec![field("null", "n")],
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

/// A field of 32-bit keys, whose values are the next field.
fn dictionary() -> Field {
    Field {
        dictionary: true,
        ..field("words", "i")
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
