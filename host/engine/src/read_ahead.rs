//! Reads a table on a thread of its own, a few batches ahead of whoever consumes them, so that
//! reading and computing overlap. It needs a permit like everybody who computes, and when another
//! step waits for one, the rest of the reading goes to the consumer.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use arrow::record_batch::RecordBatch;
use mlhost_data::{Batches, Result};

use crate::permits::Held;

/// How many batches may be ready before they are wanted.
const AHEAD: usize = 2;

/// What comes from the reading thread.
enum Message {
    Batch(Result<RecordBatch>),
    /// The consumer reads the rest itself.
    Rest(Box<dyn Batches>),
}

/// The same batches, read ahead while the permit is not wanted elsewhere.
pub(crate) fn read_ahead(batches: Box<dyn Batches>, permit: Held) -> Box<dyn Batches> {
    let (sender, receiver) = sync_channel(AHEAD);
    let handed = Arc::new(Mutex::new(Some((batches, permit))));
    let reader = {
        let handed = handed.clone();
        move || {
            if let Some((batches, permit)) = take(&handed) {
                read(batches, &permit, &sender);
            }
        }
    };
    let thread = thread::Builder::new().name("read ahead".to_owned());
    match thread.spawn(reader) {
        Ok(_) => Box::new(Ahead::Reading(receiver)),
        // No thread to be had: then the consumer reads.
        Err(_) => match take(&handed) {
            Some((batches, _)) => batches,
            None => Box::new(Ahead::Reading(receiver)),
        },
    }
}

type Handed = Mutex<Option<(Box<dyn Batches>, Held)>>;

fn take(handed: &Handed) -> Option<(Box<dyn Batches>, Held)> {
    let mut handed = handed.lock().unwrap_or_else(PoisonError::into_inner);
    handed.take()
}

/// Reads until the end, until somebody wants the permit, or until nobody wants the batches.
fn read(mut batches: Box<dyn Batches>, permit: &Held, sender: &SyncSender<Message>) {
    while !permit.is_wanted() {
        let Some(batch) = batches.next() else { return };
        if sender.send(Message::Batch(batch)).is_err() {
            return;
        }
    }
    // Nobody to take it means that nobody wants it.
    let _ = sender.send(Message::Rest(batches));
}

/// The consumer's end.
enum Ahead {
    Reading(Receiver<Message>),
    Rest(Box<dyn Batches>),
}

impl Iterator for Ahead {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self {
                Self::Rest(batches) => return batches.next(),
                Self::Reading(receiver) => match receiver.recv() {
                    Ok(Message::Batch(batch)) => return Some(batch),
                    Ok(Message::Rest(batches)) => *self = Self::Rest(batches),
                    Err(_) => return None,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{ArrayRef, Int64Array},
        record_batch::RecordBatch,
    };
    use mlhost_data::{Batches, Error};
    use mlhost_sandbox::CancelToken;

    use super::read_ahead;
    use crate::permits::Permits;

    fn batches(number: i64) -> Box<dyn Batches> {
        let batch = |value: i64| {
            let column: ArrayRef = Arc::new(Int64Array::from(vec![value]));
            RecordBatch::try_from_iter([("x", column)])
        };
        Box::new(
            (0..number).map(move |value| batch(value).map_err(|source| Error::Batch { source })),
        )
    }

    fn values(batches: impl Batches) -> Vec<i64> {
        let value = |batch: RecordBatch| {
            let column = batch.column(0).as_any().downcast_ref::<Int64Array>();
            column.unwrap().value(0)
        };
        batches.map(|batch| value(batch.unwrap())).collect()
    }

    #[test]
    fn all_batches_come_in_order() {
        let permits = Permits::new(1);
        let permit = permits.spare().unwrap();
        let expected: Vec<i64> = (0..100).collect();
        assert_eq!(values(read_ahead(batches(100), permit)), expected);
    }

    #[test]
    fn a_permit_that_is_wanted_goes_back_and_no_batch_is_lost() {
        let permits = Permits::new(1);
        let mut ahead = read_ahead(batches(100), permits.spare().unwrap());
        let first = ahead.next().unwrap().unwrap();
        assert_eq!(first.num_rows(), 1);
        std::thread::scope(|scope| {
            let permits = &permits;
            let waiting = scope.spawn(move || permits.one(&CancelToken::default()).is_some());
            let expected: Vec<i64> = (1..100).collect();
            // The consumer goes on, the reader notices that its permit is wanted, or has ended.
            assert_eq!(values(ahead), expected);
            assert!(waiting.join().unwrap());
        });
    }
}
