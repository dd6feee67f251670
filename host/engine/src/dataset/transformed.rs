//! The stage of a fitted preprocessor: its output takes the place of the rows.

use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use mlhost_data::Result as DataResult;
use mlhost_sandbox::{Context, Transformer};
use mlhost_store::Digest;

use super::{
    Fitted, Flow, Stage,
    columns::{computed, project},
};
use crate::{Result, key::Key};

/// What a fitted step makes of rows with the columns of `input`.
pub(crate) struct Transformed {
    fitted: Fitted,
    context: Context,
    input: SchemaRef,
    schema: SchemaRef,
    row_wise: bool,
}

impl Transformed {
    pub(crate) fn new(fitted: Fitted, context: Context, input: SchemaRef) -> Result<Self> {
        let transformer = fitted.transformer(&context, &input)?;
        let (schema, row_wise) = (transformer.schema().clone(), transformer.row_wise());
        Ok(Self {
            fitted,
            context,
            input,
            schema,
            row_wise,
        })
    }
}

impl Stage for Transformed {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn row_wise(&self) -> bool {
        self.row_wise
    }

    fn digest(&self) -> Digest {
        let key = self.fitted.add_to(Key::new("transformed"));
        key.with_schema(&self.input).digest()
    }

    fn steps(&self) -> Vec<String> {
        vec![self.fitted.step.clone()]
    }

    fn open(&self, columns: &[String]) -> DataResult<Box<dyn Flow>> {
        let input: &Schema = &self.input;
        let transformer = self.fitted.transformer(&self.context, input);
        Ok(Box::new(Transforming {
            transformer: transformer.map_err(computed)?,
            columns: columns.to_vec(),
        }))
    }
}

struct Transforming {
    transformer: Transformer,
    columns: Vec<String>,
}

impl Transforming {
    fn projected(&self, batches: Vec<RecordBatch>) -> DataResult<Vec<RecordBatch>> {
        let batches = batches.iter();
        batches.map(|batch| project(batch, &self.columns)).collect()
    }
}

impl Flow for Transforming {
    fn columns(&self) -> &[String] {
        self.transformer.columns()
    }

    fn push(&mut self, rows: &RecordBatch) -> DataResult<Vec<RecordBatch>> {
        let emitted = self.transformer.apply(rows).map_err(computed)?;
        self.projected(emitted)
    }

    fn finish(&mut self) -> DataResult<Vec<RecordBatch>> {
        let emitted = self.transformer.finish().map_err(computed)?;
        self.projected(emitted)
    }
}
