//! How much is on a page already: it stays under a megabyte, whatever a run has found.

use maud::Markup;

/// The most bytes of all sections; head, style and navigation take the rest of a megabyte.
const MOST: usize = 850_000;

/// What is left.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MOST)
    }
}

impl Budget {
    /// The part of a page, if there is room for it.
    pub(super) fn admit(&mut self, part: Markup) -> Option<Markup> {
        self.0 = self.0.checked_sub(part.0.len())?;
        Some(part)
    }
}
