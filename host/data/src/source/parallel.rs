//! Work on the pieces of a file on all cores, with results in the order of the pieces.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// Does `work` on every item and hands the results to `take` in the order of the items, until that
/// breaks off. `take` runs on the calling thread; items are made one at a time, as they are needed.
pub(super) fn ordered<T, R: Send>(
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(usize, T) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let items = Mutex::new(items.enumerate());
    let next = || {
        let mut items = items.lock().unwrap_or_else(PoisonError::into_inner);
        items.next()
    };
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(threads);
        for _ in 0..threads {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((number, item)) = next() {
                    if sender.send((number, work(number, item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut turn = 0;
        for (number, result) in receiver {
            early.insert(number, result);
            while let Some(result) = early.remove(&turn) {
                turn += 1;
                if take(result).is_break() {
                    return;
                }
            }
        }
    });
}
