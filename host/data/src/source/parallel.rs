//! Work on the pieces of a file on all cores, with results in the order of the pieces. What is done
//! before its turn waits in memory, so nobody starts far ahead of the piece whose turn it is.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// How many pieces for each thread may be under way or wait for their turn.
const AHEAD: usize = 4;

/// Does `work` on every item and hands the results to `take` in the order of the items, until that
/// breaks off. `take` runs on the calling thread; items are made one at a time, as they are needed,
/// and no more than a few for each core are ahead of the one that is taken next.
pub(super) fn ordered<T, R: Send>(
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(usize, T) -> R + Sync,
    take: impl FnMut(R) -> ControlFlow<()>,
) {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    ordered_on(threads, items, work, take);
}

fn ordered_on<T, R: Send>(
    threads: usize,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(usize, T) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) {
    // Each item takes a token, and a token comes back for each result that is taken. The item whose
    // turn it is has its token already, so nobody waits for ever.
    let (give_back, tokens) = mpsc::channel();
    let source = Mutex::new((tokens, items.enumerate()));
    let next = || {
        let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
        let (tokens, items) = &mut *source;
        tokens.recv().ok()?;
        items.next()
    };
    let work = |number, item| catch_unwind(AssertUnwindSafe(|| work(number, item)));
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        // Both ends are dropped with this closure, and nobody waits for what never comes.
        let (give_back, receiver) = (give_back, receiver);
        for _ in 0..threads * AHEAD {
            // An error says that nobody wants tokens any more, here and below.
            let _ = give_back.send(());
        }
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
            early.insert(number, result.unwrap_or_else(|panic| resume_unwind(panic)));
            while let Some(result) = early.remove(&turn) {
                turn += 1;
                if take(result).is_break() {
                    return;
                }
                let _ = give_back.send(());
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::{AHEAD, ordered_on};

    const THREADS: usize = 3;
    const ITEMS: usize = 2000;

    #[test]
    fn results_come_in_order_and_few_are_early_even_behind_a_slow_piece() {
        let made = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let taken = AtomicUsize::new(0);
        let items = (0..ITEMS).inspect(|_| {
            let made = made.fetch_add(1, Ordering::SeqCst) + 1;
            let ahead = made - taken.load(Ordering::SeqCst);
            most.fetch_max(ahead, Ordering::SeqCst);
        });
        let mut results = Vec::new();
        ordered_on(
            THREADS,
            items,
            |number, item| {
                assert_eq!(number, item);
                if item == 0 {
                    // The others could do everything meanwhile, if they were let.
                    std::thread::sleep(Duration::from_millis(100));
                }
                item
            },
            |item| {
                results.push(item);
                taken.fetch_add(1, Ordering::SeqCst);
                ControlFlow::Continue(())
            },
        );
        assert_eq!(results, (0..ITEMS).collect::<Vec<_>>());
        let most = most.into_inner();
        assert!(most <= THREADS * AHEAD, "{most} pieces at once");
    }

    #[test]
    fn an_early_end_starts_nothing_more() {
        let made = AtomicUsize::new(0);
        let items = (0..ITEMS).inspect(|_| {
            made.fetch_add(1, Ordering::SeqCst);
        });
        let mut results = Vec::new();
        ordered_on(
            THREADS,
            items,
            |_, item| item,
            |item| {
                results.push(item);
                match item {
                    5 => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                }
            },
        );
        assert_eq!(results, [0, 1, 2, 3, 4, 5]);
        assert!(made.into_inner() <= 6 + THREADS * AHEAD);
    }

    #[test]
    #[should_panic(expected = "the seventh")]
    fn a_panic_in_the_work_is_that_of_the_caller() {
        ordered_on(
            THREADS,
            0..ITEMS,
            |_, item| assert!(item != 6, "the seventh"),
            |()| ControlFlow::Continue(()),
        );
    }
}
