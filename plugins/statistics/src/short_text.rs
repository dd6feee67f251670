//! Texts that are short enough to be counted as numbers, which most categories are: codes, names of
//! states, yes and no.

use crate::RecentKey;

/// Texts of at most as many bytes are short.
const MOST_BYTES: usize = 15;

/// A short text: its bytes, zeros, and in the last byte its length, which is counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShortText {
    first: u64,
    last: u64,
}

/// Which bits of both numbers belong to a text, by its length.
const OWN_BITS: [[u64; 2]; MOST_BYTES + 1] = {
    let mut own_bits = [[0; 2]; MOST_BYTES + 1];
    let mut length = 0;
    while length <= MOST_BYTES {
        own_bits[length] = match length {
            ..8 => [(1 << (8 * length)) - 1, 0],
            _ => [u64::MAX, (1 << (8 * (length - 8))) - 1],
        };
        length += 1;
    }
    own_bits
};

impl ShortText {
    /// `None` of a longer text.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let short = Self::at(text.as_bytes(), 0, text.len());
        short.is_some().then_some(short)
    }

    /// Whether it is a text.
    #[inline]
    pub(crate) fn is_some(self) -> bool {
        self.last != 0
    }

    /// The text that these bytes hold from `start` on; [`RecentKey::NONE`] where it is longer. One in
    /// the middle of others is read in one go, so that this is best part of the loop over all of them.
    #[inline(always)]
    pub(crate) fn at(bytes: &[u8], start: usize, length: usize) -> Self {
        let Some([own_first, own_last]) = OWN_BITS.get(length) else {
            return Self::NONE;
        };
        let (first, last) = match bytes.get(start..).and_then(|rest| rest.first_chunk()) {
            Some(sixteen) => words(sixteen),
            None => last_words(bytes, start),
        };
        Self {
            first: first & own_first,
            last: last & own_last | (length as u64 + 1) << 56,
        }
    }
}

fn words(bytes: &[u8; 16]) -> (u64, u64) {
    let [first, last] = [0, 8].map(|start| {
        let bytes: [u8; 8] = std::array::from_fn(|at| bytes[start + at]);
        u64::from_le_bytes(bytes)
    });
    (first, last)
}

/// What there is of sixteen bytes, and then zeros.
#[inline(never)]
fn last_words(bytes: &[u8], start: usize) -> (u64, u64) {
    let mut sixteen = [0; 16];
    let rest = bytes.get(start..).unwrap_or_default();
    for (to, from) in sixteen.iter_mut().zip(rest) {
        *to = *from;
    }
    words(&sixteen)
}

impl RecentKey for ShortText {
    const NONE: Self = Self { first: 0, last: 0 };

    fn bits(self) -> u64 {
        // Texts of one column often share their beginning or their end.
        self.first ^ self.last.rotate_left(29)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_wherever_they_lie() {
        let texts: Vec<String> = (0..=MOST_BYTES)
            .flat_map(|length| ["\0", "a", "b"].map(|byte| byte.repeat(length)))
            .collect();
        let all = texts.concat();
        let mut start = 0;
        for text in &texts {
            let short = ShortText::at(all.as_bytes(), start, text.len());
            assert_eq!(Some(short), ShortText::of(text));
            for other in &texts {
                assert_eq!(
                    ShortText::of(other) == Some(short),
                    other == text,
                    "{text:?} {other:?}"
                );
            }
            start += text.len();
        }
        assert_eq!(ShortText::of("sixteen letters!"), None);
    }
}
