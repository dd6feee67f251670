//! What the text formats have in common.

use std::io::{BufRead, BufReader};

use crate::data_file::Place;
use crate::{Error, Result};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const BUFFER_BYTES: usize = 64 * 1024;

/// Opens a text file behind its byte order mark, if it begins with one, as spreadsheets write it.
pub(super) fn open(place: &Place) -> Result<impl BufRead + Send + use<>> {
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, place.open()?);
    let start = reader.fill_buf().map_err(Error::io(&place.path))?;
    if start.starts_with(BYTE_ORDER_MARK) {
        reader.consume(BYTE_ORDER_MARK.len());
    }
    Ok(reader)
}
