//! The contract's resources over the traits: decode, call, encode.

use std::cell::RefCell;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::{
    bindings::everything::mlhost::plugin::{
        arrow::{Batch, Field},
        data,
    },
    imports::{HostDataset, batch_in, emit, report_panics, schema_in, schema_out},
};
use crate::{
    Error, Fit, Fold, Output, Result, Transform,
    codec::{decode_params, decode_state, encode_state},
};

/// The input's columns that a part asked for, as a schema of their own.
fn projected(schema: &SchemaRef, columns: &[String]) -> Result<SchemaRef> {
    let indices = crate::named_columns(schema, columns, "")?;
    Ok(schema.project(&indices)?.into())
}

/// `fold.folder`.
pub struct Folder<F> {
    fold: RefCell<F>,
    columns: Vec<String>,
    schema: SchemaRef,
}

impl<F: Fold> Folder<F> {
    pub(crate) fn open(params: &str, input: Vec<Field>) -> Result<Self> {
        report_panics();
        let schema = schema_in(input)?;
        let fold = F::open(decode_params(params)?, &schema)?;
        let columns = fold.columns();
        Ok(Self {
            schema: projected(&schema, &columns)?,
            columns,
            fold: RefCell::new(fold),
        })
    }

    pub(crate) fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    pub(crate) fn update(&self, rows: Batch) -> Result<()> {
        self.fold
            .borrow_mut()
            .update(&batch_in(&self.schema, rows)?)
    }

    pub(crate) fn merge(&self, later: &[u8]) -> Result<()> {
        self.fold.borrow_mut().merge(decode_state(later)?)
    }

    pub(crate) fn state(&self) -> Result<Vec<u8>> {
        encode_state(&self.fold.borrow().state())
    }
}

/// `transform.transformer`.
pub struct Transformer<T> {
    transform: RefCell<T>,
    columns: Vec<String>,
    schema: SchemaRef,
    output: Output,
    fields: Vec<Field>,
}

impl<T: Transform> Transformer<T> {
    pub(crate) fn open(params: &str, state: &[u8], input: Vec<Field>) -> Result<Self> {
        report_panics();
        let schema = schema_in(input)?;
        let transform = T::open(decode_params(params)?, decode_state(state)?, &schema)?;
        let columns = transform.columns();
        let output = transform.output();
        Ok(Self {
            schema: projected(&schema, &columns)?,
            columns,
            fields: schema_out(&output.schema)?,
            output,
            transform: RefCell::new(transform),
        })
    }

    pub(crate) fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    pub(crate) fn output(&self) -> (Vec<Field>, bool) {
        (self.fields.clone(), self.output.row_wise)
    }

    pub(crate) fn apply(&self, rows: Batch) -> Result<()> {
        let rows = batch_in(&self.schema, rows)?;
        self.transform
            .borrow_mut()
            .apply(&rows, &mut |batch| self.emit(batch))
    }

    pub(crate) fn finish(&self) -> Result<()> {
        self.transform
            .borrow_mut()
            .finish(&mut |batch| self.emit(batch))
    }

    fn emit(&self, batch: &RecordBatch) -> Result<()> {
        if batch.schema_ref() != &self.output.schema {
            return Err(Error::failed(
                "a batch was emitted that is not of the announced schema",
            ));
        }
        emit(batch)
    }
}

/// `fit.trainer`: taken out by the one call to `fit`.
pub struct Trainer<F> {
    fit: RefCell<Option<F>>,
    columns: Vec<String>,
}

impl<F: Fit> Trainer<F> {
    pub(crate) fn open(params: &str, input: Vec<Field>) -> Result<Self> {
        report_panics();
        let fit = F::open(decode_params(params)?, schema_in(input)?.as_ref())?;
        let columns = fit.columns();
        Ok(Self {
            fit: RefCell::new(Some(fit)),
            columns,
        })
    }

    pub(crate) fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    pub(crate) fn fit(&self, rows: &data::Dataset) -> Result<Vec<u8>> {
        let fit = self
            .fit
            .take()
            .ok_or_else(|| Error::failed("`fit` was called twice"))?;
        encode_state(&fit.fit(&HostDataset::new(rows)?)?)
    }
}
