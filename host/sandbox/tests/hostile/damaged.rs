//! Components that were damaged: a byte here and there is another one.

use crate::{support::sandbox, text, well::Ground};

/// How many components are damaged, each in another place.
const TIMES: usize = 300;

/// Loads components of which one byte is flipped. Each is refused or is another plugin, and nothing
/// else happens.
pub(crate) fn no_flipped_byte_does_harm(ground: &mut Ground) {
    let whole = text::component("");
    let mut refused = 0;
    for time in 0..TIMES {
        let mut damaged = whole.clone();
        let place = time * whole.len() / TIMES;
        damaged[place] ^= 1 << (time % 8);
        refused += usize::from(sandbox().load(&damaged).is_err());
    }
    assert!(refused > TIMES / 2, "{refused} of {TIMES} refused");
    ground.assert_well("a flipped byte", || {});
}
