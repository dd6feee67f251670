//! Applies what was learned to rows, column by column.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use mlhost_plugin::{Emit, Error, Output, Result, Transform};
use mlhost_statistics::column::{is_numeric, is_textual, type_name};

use crate::category::CategoryEncoding;
use crate::codebook::Codebook;
use crate::fold::{Knowledge, Learned, LearnedColumn, in_column};
use crate::params::{Params, Precision};
use crate::scaling::{Real, Scaling};

/// The most columns that `one_hot` makes of one.
pub const ONE_HOT_CATEGORIES: usize = 4096;

/// Applies what was learned.
#[derive(Debug)]
pub struct Encode {
    columns: Vec<EncodedColumn>,
    schema: SchemaRef,
    precision: Precision,
    /// Rows taken in so far, for messages.
    rows: u64,
}

#[derive(Debug)]
struct EncodedColumn {
    name: String,
    encoder: Encoder,
}

#[derive(Debug)]
enum Encoder {
    Number(Scaling),
    Category(Codebook, CategoryEncoding),
    PassThrough,
}

impl Transform for Encode {
    type Params = Params;
    type State = Learned;

    fn open(params: Params, state: Learned, input: &Schema) -> Result<Self> {
        let mut columns = Vec::with_capacity(state.columns.len() + 1);
        let mut fields = Vec::new();
        for learned in &state.columns {
            let (_, field) = input.fields().find(&learned.name).ok_or_else(|| {
                let name = &learned.name;
                Error::data(format!(
                    "the input lacks column `{name}`, which the fit had"
                ))
            })?;
            let encoder =
                Encoder::new(learned, field).map_err(|error| in_column(&learned.name, error))?;
            fields.extend(encoder.fields(field, float(params.precision)));
            columns.push(EncodedColumn {
                name: learned.name.clone(),
                encoder,
            });
        }
        let target = params
            .target
            .as_ref()
            .and_then(|name| input.fields().find(name));
        if let Some((_, field)) = target {
            fields.push(Arc::clone(field));
            let name = field.name().clone();
            columns.push(EncodedColumn {
                name,
                encoder: Encoder::PassThrough,
            });
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = fields
            .iter()
            .find(|field| !names.insert(field.name().as_str()))
        {
            let name = twice.name();
            return Err(Error::data(format!(
                "the output would have two columns `{name}`"
            )));
        }
        let schema = Arc::new(Schema::new(fields));
        Ok(Self {
            columns,
            schema,
            precision: params.precision,
            rows: 0,
        })
    }

    fn columns(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }

    fn output(&self) -> Output {
        Output {
            schema: Arc::clone(&self.schema),
            row_wise: true,
        }
    }

    fn apply(&mut self, rows: &RecordBatch, emit: &mut Emit<'_>) -> Result<()> {
        let mut arrays = Vec::with_capacity(self.schema.fields().len());
        for (column, array) in self.columns.iter().zip(rows.columns()) {
            let encoded = match self.precision {
                Precision::Float32 => column.encoder.encode::<Float32Type>(array, self.rows),
                Precision::Float64 => column.encoder.encode::<Float64Type>(array, self.rows),
            };
            arrays.extend(encoded.map_err(|error| in_column(&column.name, error))?);
        }
        self.rows += rows.num_rows() as u64;
        let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        let schema = Arc::clone(&self.schema);
        emit(&RecordBatch::try_new_with_options(
            schema, arrays, &options,
        )?)
    }
}

impl Encoder {
    fn new(learned: &LearnedColumn, field: &Field) -> Result<Self> {
        let held = field.data_type();
        match &learned.knowledge {
            Knowledge::Numbers(numbers) if is_numeric(held) => {
                Scaling::new(numbers).map(Self::Number)
            }
            Knowledge::Categories(categories) if is_textual(held) => {
                let codebook = Codebook::new(categories)?;
                let encoding = categories.treatment.encoding;
                check_size(&codebook, encoding)?;
                Ok(Self::Category(codebook, encoding))
            }
            Knowledge::PassedThrough => Ok(Self::PassThrough),
            Knowledge::Numbers(_) => Err(Error::data(format!(
                "the fit had numbers, and the input has `{}`",
                type_name(held)
            ))),
            Knowledge::Categories(_) => Err(Error::data(format!(
                "the fit had categories, and the input has `{}`",
                type_name(held)
            ))),
        }
    }

    /// The fields that become of a field.
    fn fields(&self, field: &FieldRef, float: DataType) -> Vec<FieldRef> {
        let name = field.name();
        match self {
            Self::Number(scaling) => {
                vec![Arc::new(Field::new(name, float, scaling.leaves_nulls()))]
            }
            Self::Category(codebook, CategoryEncoding::OneHot { .. }) => codebook
                .categories()
                .iter()
                .map(|category| {
                    Arc::new(Field::new(
                        format!("{name}={category}"),
                        float.clone(),
                        false,
                    ))
                })
                .collect(),
            Self::Category(codebook, CategoryEncoding::Ordinal { .. }) => {
                vec![Arc::new(Field::new(name, float, codebook.leaves_nulls()))]
            }
            Self::PassThrough => vec![Arc::clone(field)],
        }
    }

    /// The columns that become of a column, which starts at this row of the input.
    fn encode<T: Real>(&self, array: &ArrayRef, first_row: u64) -> Result<Vec<ArrayRef>> {
        match self {
            Self::Number(scaling) => Ok(vec![scaling.apply::<T>(array)?]),
            Self::Category(codebook, encoding) => {
                let places = codebook.places(array)?;
                let refused = match encoding {
                    CategoryEncoding::OneHot { refuse_unknown } => *refuse_unknown,
                    CategoryEncoding::Ordinal { unknown } => unknown.is_none(),
                };
                if refused {
                    codebook.refuse_unknown(&places, array, first_row)?;
                }
                Ok(match encoding {
                    CategoryEncoding::OneHot { .. } => {
                        places.one_hot::<T>(codebook.categories().len())
                    }
                    CategoryEncoding::Ordinal { unknown } => {
                        vec![places.ordinal::<T>(unknown.unwrap_or_default())]
                    }
                })
            }
            Self::PassThrough => Ok(vec![Arc::clone(array)]),
        }
    }
}

fn float(precision: Precision) -> DataType {
    match precision {
        Precision::Float32 => DataType::Float32,
        Precision::Float64 => DataType::Float64,
    }
}

fn check_size(codebook: &Codebook, encoding: CategoryEncoding) -> Result<()> {
    let categories = codebook.categories().len();
    if matches!(encoding, CategoryEncoding::OneHot { .. }) && categories > ONE_HOT_CATEGORIES {
        return Err(Error::data(format!(
            "it has {categories} categories, and \"one_hot\" makes at most {ONE_HOT_CATEGORIES} \
             columns of one; encode it as \"ordinal\" or drop it"
        )));
    }
    Ok(())
}
