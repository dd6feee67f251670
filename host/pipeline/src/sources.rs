//! The files that a pipeline is read from: its own, and those that are put over it. Their texts are
//! counted through, one after the other, so that a place in any of them is a plain range of bytes.

use crate::source::Source;

/// The texts that the places of a pipeline refer to, its own file first. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    first: Source,
    /// Each with the offset at which it begins.
    others: Vec<(usize, Source)>,
}

impl From<Source> for Sources {
    fn from(first: Source) -> Self {
        Self {
            first,
            others: Vec::new(),
        }
    }
}

impl Sources {
    /// The file of the pipeline itself. It begins at zero.
    pub fn first(&self) -> &Source {
        &self.first
    }

    /// The source that an offset lies in, and where in its text.
    pub fn locate(&self, offset: usize) -> (&Source, usize) {
        let index = self.others.partition_point(|(begin, _)| *begin <= offset);
        match index.checked_sub(1).and_then(|last| self.others.get(last)) {
            Some((begin, source)) => (source, offset - begin),
            None => (&self.first, offset),
        }
    }

    /// Adds a source, and gives the offset at which it begins. Between two of them is one byte of
    /// neither, so that the end of one is not the begin of the next.
    pub(crate) fn add(&mut self, source: Source) -> usize {
        let (begin, last) = match self.others.last() {
            Some((begin, last)) => (*begin, last),
            None => (0, &self.first),
        };
        let begin = begin + last.text().len() + 1;
        self.others.push((begin, source));
        begin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_lies_in_one_source() {
        let mut sources = Sources::from(Source::new("a", "12"));
        assert_eq!(sources.add(Source::new("b", "")), 3);
        assert_eq!(sources.add(Source::new("c", "1")), 4);
        let located: Vec<_> = (0..6)
            .map(|offset| {
                let (source, offset) = sources.locate(offset);
                (source.name(), offset)
            })
            .collect();
        let expected = [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("c", 0), ("c", 1)];
        assert_eq!(located, expected);
    }
}
