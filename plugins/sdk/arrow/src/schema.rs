//! Schemas as depth-first lists of fields with C data interface format strings.
//!
//! The format strings of types without children are arrow-rs's own, from its
//! implementation of the C data interface; nesting is done here, because that
//! implementation trusts the number of children that a peer claims.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    validate_decimal_precision_and_scale,
};
use arrow_schema::{DataType, Field, Fields, Schema, ffi::FFI_ArrowSchema};

use crate::{Error, Result};

/// How deep fields may nest. Deeper ones would let a plugin exhaust the stack of
/// whoever walks them.
pub(crate) const MAX_DEPTH: usize = 32;

/// How the formats of nested types and of views begin. The nested types that the
/// contract carries are dealt with before formats are looked at in this light.
const NOT_CARRIED: [char; 2] = ['+', 'v'];

/// One field of a schema, as the contract's `field` record has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlatField {
    /// The field's name.
    pub name: String,
    /// The C data interface's format string; of the indices, for a dictionary.
    pub format: String,
    /// Values may be null.
    pub nullable: bool,
    /// The order of the dictionary's values has a meaning.
    pub dictionary_ordered: bool,
    /// The keys within each map are sorted.
    pub map_keys_sorted: bool,
    /// Key and value pairs, sorted by key.
    pub metadata: Vec<(String, String)>,
    /// How many fields directly below this one follow it.
    pub children: u32,
    /// Whether a field for the dictionary's values follows the children.
    pub dictionary: bool,
}

/// The type as which the contract carries values of `data_type`: views arrive as
/// plain strings and bytes, everything else as it is.
pub fn carried_type(data_type: &DataType) -> Cow<'_, DataType> {
    let child = |field: &Arc<Field>| match carried_type(field.data_type()) {
        Cow::Borrowed(_) => None,
        Cow::Owned(carried) => Some(Arc::new(field.as_ref().clone().with_data_type(carried))),
    };
    let carried = match data_type {
        DataType::Utf8View => Some(DataType::Utf8),
        DataType::BinaryView => Some(DataType::Binary),
        DataType::List(field) => child(field).map(DataType::List),
        DataType::LargeList(field) => child(field).map(DataType::LargeList),
        DataType::FixedSizeList(field, size) => {
            child(field).map(|field| DataType::FixedSizeList(field, *size))
        }
        DataType::Map(field, sorted) => child(field).map(|field| DataType::Map(field, *sorted)),
        DataType::Struct(fields) => carried_fields(fields).map(DataType::Struct),
        DataType::Dictionary(key, value) => match carried_type(value) {
            Cow::Borrowed(_) => None,
            Cow::Owned(value) => Some(DataType::Dictionary(key.clone(), Box::new(value))),
        },
        _ => None,
    };
    carried.map_or(Cow::Borrowed(data_type), Cow::Owned)
}

/// The schema with every type as the contract carries it, without the schema's
/// own metadata, which does not cross.
pub fn carried_schema(schema: &Schema) -> Schema {
    Schema::new(carried_fields(schema.fields()).unwrap_or_else(|| schema.fields().clone()))
}

fn carried_fields(fields: &Fields) -> Option<Fields> {
    let mut changed = false;
    let carried: Fields = fields
        .iter()
        .map(|field| match carried_type(field.data_type()) {
            Cow::Borrowed(_) => field.clone(),
            Cow::Owned(carried) => {
                changed = true;
                Arc::new(field.as_ref().clone().with_data_type(carried))
            }
        })
        .collect();
    changed.then_some(carried)
}

/// The fields of a schema, depth first.
///
/// # Errors
/// [`Error::UnsupportedType`] for views (see [`carried_schema`]), unions,
/// run-end encoding and list views, [`Error::TooDeep`] for nesting beyond 32
/// levels, which the other side would not take.
pub fn flatten_schema(schema: &Schema) -> Result<Vec<FlatField>> {
    let mut flat = Vec::new();
    for field in schema.fields() {
        flatten_field(field, 0, &mut flat)?;
    }
    Ok(flat)
}

fn flatten_field(field: &Field, depth: usize, flat: &mut Vec<FlatField>) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(Error::TooDeep(MAX_DEPTH));
    }
    let mut metadata: Vec<_> = field
        .metadata()
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    metadata.sort();
    let mut this = FlatField {
        name: field.name().clone(),
        nullable: field.is_nullable(),
        metadata,
        ..FlatField::default()
    };
    let children: Vec<&Field> = match field.data_type() {
        DataType::Dictionary(key, value) => {
            this.format = leaf_format(key)?;
            this.dictionary = true;
            this.dictionary_ordered = field.dict_is_ordered().unwrap_or(false);
            flat.push(this);
            let values = Field::new("", value.as_ref().clone(), true);
            return flatten_field(&values, depth + 1, flat);
        }
        DataType::List(child) => {
            this.format = "+l".into();
            vec![child]
        }
        DataType::LargeList(child) => {
            this.format = "+L".into();
            vec![child]
        }
        DataType::FixedSizeList(child, size) => {
            this.format = format!("+w:{size}");
            vec![child]
        }
        DataType::Map(entries, sorted) => {
            this.format = "+m".into();
            this.map_keys_sorted = *sorted;
            vec![entries]
        }
        DataType::Struct(fields) => {
            this.format = "+s".into();
            fields.iter().map(AsRef::as_ref).collect()
        }
        leaf => {
            this.format = leaf_format(leaf)?;
            vec![]
        }
    };
    this.children = u32::try_from(children.len()).map_err(|_| Error::TooLong(children.len()))?;
    flat.push(this);
    children
        .into_iter()
        .try_for_each(|child| flatten_field(child, depth + 1, flat))
}

/// The format string of a type without children.
fn leaf_format(data_type: &DataType) -> Result<String> {
    let unsupported = || Error::UnsupportedType(data_type.clone());
    let schema = FFI_ArrowSchema::try_from(data_type).map_err(|_| unsupported())?;
    match schema.format() {
        format if format.starts_with(NOT_CARRIED) => Err(unsupported()),
        format => Ok(format.to_owned()),
    }
}

/// A schema from its fields, depth first.
///
/// # Errors
/// Whatever a peer can get wrong: unknown formats, children that do not fit the
/// format, lists that end too early or go on, nesting beyond 32 levels.
pub fn unflatten_schema(flat: &[FlatField]) -> Result<Schema> {
    let mut rest = flat.iter();
    let mut fields = Vec::new();
    while let Some(first) = rest.next() {
        fields.push(unflatten_field(first, &mut rest, 0)?);
    }
    Ok(Schema::new(fields))
}

fn unflatten_field(
    this: &FlatField,
    rest: &mut std::slice::Iter<'_, FlatField>,
    depth: usize,
) -> Result<Field> {
    if depth > MAX_DEPTH {
        return Err(Error::TooDeep(MAX_DEPTH));
    }
    let mut next = || {
        let field = rest.next().ok_or_else(|| {
            Error::Shape(format!(
                "the schema ends before the children of field `{}`",
                this.name
            ))
        })?;
        unflatten_field(field, rest, depth + 1)
    };
    let children = (0..this.children)
        .map(|_| next())
        .collect::<Result<Vec<_>>>()?;
    let dictionary = this.dictionary.then(next).transpose()?;

    let data_type = data_type(this, children)?;
    let data_type = match dictionary {
        None => data_type,
        Some(_) if !data_type.is_integer() => {
            return Err(format_error(
                this,
                "the indices of a dictionary are integers",
            ));
        }
        Some(values) => {
            DataType::Dictionary(Box::new(data_type), Box::new(values.data_type().clone()))
        }
    };
    let metadata: HashMap<_, _> = this.metadata.iter().cloned().collect();
    let field = Field::new(&this.name, data_type, this.nullable).with_metadata(metadata);
    Ok(if this.dictionary {
        field.with_dict_is_ordered(this.dictionary_ordered)
    } else {
        field
    })
}

fn data_type(this: &FlatField, children: Vec<Field>) -> Result<DataType> {
    let only_child = |children: Vec<Field>| match <[Field; 1]>::try_from(children) {
        Ok([child]) => Ok(Arc::new(child)),
        Err(_) => Err(format_error(this, "it needs exactly one child")),
    };
    Ok(match this.format.as_str() {
        "+s" => DataType::Struct(children.into()),
        "+l" => DataType::List(only_child(children)?),
        "+L" => DataType::LargeList(only_child(children)?),
        "+m" => {
            let entries = only_child(children)?;
            match entries.data_type() {
                DataType::Struct(fields)
                    if fields.len() == 2 && !fields[0].is_nullable() && !entries.is_nullable() =>
                {
                    DataType::Map(entries, this.map_keys_sorted)
                }
                _ => {
                    return Err(format_error(
                        this,
                        "a map's child is a struct, never null, of a key that is never null and a value",
                    ));
                }
            }
        }
        format => match format.strip_prefix("+w:").map(str::parse::<i32>) {
            Some(Ok(size)) if size >= 0 => DataType::FixedSizeList(only_child(children)?, size),
            Some(_) => return Err(format_error(this, "a size is a number from 0 on")),
            None if children.is_empty() => leaf_type(this)?,
            None => return Err(format_error(this, "it has no children")),
        },
    })
}

fn leaf_type(this: &FlatField) -> Result<DataType> {
    // A format of the C data interface is a C string.
    if this.format.contains('\0') || this.format.starts_with(NOT_CARRIED) {
        return Err(format_error(this, "the contract does not carry it"));
    }
    let parsed = FFI_ArrowSchema::try_new(&this.format, vec![], None)
        .and_then(|schema| DataType::try_from(&schema))
        .map_err(|error| format_error(this, &error.to_string()))?;
    // Arrow reads these numbers and believes them; its decimals index tables by precision.
    match parsed {
        DataType::FixedSizeBinary(size) if size < 0 => {
            return Err(format_error(this, "a size is a number from 0 on"));
        }
        DataType::Decimal32(precision, scale) => {
            validate_decimal_precision_and_scale::<Decimal32Type>(precision, scale)
        }
        DataType::Decimal64(precision, scale) => {
            validate_decimal_precision_and_scale::<Decimal64Type>(precision, scale)
        }
        DataType::Decimal128(precision, scale) => {
            validate_decimal_precision_and_scale::<Decimal128Type>(precision, scale)
        }
        DataType::Decimal256(precision, scale) => {
            validate_decimal_precision_and_scale::<Decimal256Type>(precision, scale)
        }
        _ => Ok(()),
    }
    .map_err(|error| format_error(this, &error.to_string()))?;
    Ok(parsed)
}

fn format_error(field: &FlatField, reason: &str) -> Error {
    Error::Format {
        field: field.name.clone(),
        format: field.format.clone(),
        reason: reason.to_owned(),
    }
}
