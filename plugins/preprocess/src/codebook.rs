//! Encodes a column of categories: each row's category becomes its place among the
//! learned ones, and the places become codes or columns of zeros and ones.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::for_each_text;
use rustc_hash::FxHashMap;

use crate::category::CategoryCounts;
use crate::scaling::Real;

/// The place of a category that was not learned.
const UNKNOWN: u32 = u32::MAX;
/// The place of a null that nothing stands in for.
const NULL: u32 = u32::MAX - 1;

/// The learned categories with their places.
#[derive(Clone, Debug)]
pub(crate) struct Codebook {
    categories: Vec<String>,
    places: FxHashMap<String, u32>,
    fill: Option<String>,
    null: u32,
}

impl Codebook {
    /// The categories that were learned, in order.
    ///
    /// # Errors
    /// There was no category to learn an imputation from.
    pub(crate) fn new(learned: &CategoryCounts) -> Result<Self> {
        let categories = learned.categories();
        let places: FxHashMap<_, _> = categories.iter().cloned().zip(0..).collect();
        let fill = learned.fill()?;
        let null = match &fill {
            Some(text) => places.get(text).copied().unwrap_or(UNKNOWN),
            None => NULL,
        };
        Ok(Self {
            categories,
            places,
            fill,
            null,
        })
    }

    /// The categories in order.
    pub(crate) fn categories(&self) -> &[String] {
        &self.categories
    }

    /// Whether nulls are no category.
    pub(crate) fn leaves_nulls(&self) -> bool {
        self.fill.is_none()
    }

    /// The place of each row's category.
    pub(crate) fn places(&self, array: &dyn Array) -> Result<Places> {
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            return self.places_of_texts(array).map(Places);
        };
        let (keys, values) = (dictionary.keys(), dictionary.values());
        if values.is_empty() {
            return Ok(Places(vec![self.null; keys.len()]));
        }
        let of_values = self.places_of_texts(values)?;
        let mut places: Vec<u32> = dictionary
            .normalized_keys()
            .into_iter()
            .map(|key| of_values[key])
            .collect();
        if let Some(valid) = keys.nulls() {
            for row in (!valid.inner()).set_indices() {
                places[row] = self.null;
            }
        }
        Ok(Places(places))
    }

    fn places_of_texts(&self, array: &dyn Array) -> Result<Vec<u32>> {
        let mut places = Vec::with_capacity(array.len());
        for_each_text(array, |text| {
            places.push(match text {
                Some(text) => self.places.get(text).copied().unwrap_or(UNKNOWN),
                None => self.null,
            });
        })
        .map_err(|error| Error::data(error.to_string()))?;
        Ok(places)
    }

    /// Refuses categories that were not learned; `first_row` is the row of the whole
    /// input at which the column starts.
    pub(crate) fn refuse_unknown(
        &self,
        places: &Places,
        array: &dyn Array,
        first_row: u64,
    ) -> Result<()> {
        let Some(unknown) = places.0.iter().position(|place| *place == UNKNOWN) else {
            return Ok(());
        };
        let mut text = self.fill.clone().unwrap_or_default();
        for_each_text(&*array.slice(unknown, 1), |found| {
            if let Some(found) = found {
                found.clone_into(&mut text);
            }
        })
        .map_err(|error| Error::data(error.to_string()))?;
        let row = first_row + unknown as u64;
        Err(Error::data(format!(
            "row {row} holds `{text}`, which no row of the fit has"
        )))
    }
}

/// For each row of a column the place of its category among the learned ones.
pub(crate) struct Places(Vec<u32>);

impl Places {
    /// A column for each of so many categories: one where a row has it, else zero.
    pub(crate) fn one_hot<T: Real>(&self, categories: usize) -> Vec<ArrayRef> {
        let (zero, one) = (T::nearest(0.0), T::nearest(1.0));
        let mut columns = vec![vec![zero; self.0.len()]; categories];
        for (row, place) in self.0.iter().enumerate() {
            // Unknown categories and nulls have no column.
            if let Some(column) = columns.get_mut(*place as usize) {
                column[row] = one;
            }
        }
        columns
            .into_iter()
            .map(|column| Arc::new(PrimitiveArray::<T>::new(column.into(), None)) as ArrayRef)
            .collect()
    }

    /// The places as numbers, `unknown` for categories that were not learned, and
    /// nulls where nothing stands in for them.
    pub(crate) fn ordinal<T: Real>(&self, unknown: f64) -> ArrayRef {
        let codes: Vec<T::Native> = self
            .0
            .iter()
            .map(|place| match *place {
                UNKNOWN => T::nearest(unknown),
                NULL => T::nearest(0.0),
                place => T::nearest(f64::from(place)),
            })
            .collect();
        let valid = BooleanBuffer::collect_bool(self.0.len(), |row| self.0[row] != NULL);
        let nulls = Some(NullBuffer::new(valid)).filter(|nulls| nulls.null_count() > 0);
        Arc::new(PrimitiveArray::<T>::new(codes.into(), nulls))
    }
}
