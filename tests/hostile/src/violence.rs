//! Attacks that need no data: on the processor, the memory, the log and the
//! words of errors.

use std::{
    cell::Cell,
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    attack::Attack,
    batches,
    bindings::mlhost::plugin::{log, metric, output, progress, types::Error},
    error,
    outcomes::{CODES, MARKUP},
};

/// Bytes that are asked for at a time by a plugin that wants all memory.
const HELPING: usize = 64 << 20;

/// Bytes that one instruction fills.
const FILLED: usize = 1 << 30;

/// Bytes that it wants in all.
const ALL_MEMORY: u64 = 10 << 30;

/// Whether an attack is made in `update`, or waits for `apply`.
pub(crate) fn waits_for_apply(attack: Attack) -> bool {
    matches!(attack, Attack::LoopInApply | Attack::MemoryInApply)
}

/// Does the attack, if it is one of those that need no data.
pub(crate) fn attack(attack: Attack) -> Result<(), Error> {
    match attack {
        Attack::Panic => panic!("a panic"),
        Attack::PanicInUpdate => panic!("a panic in `update`"),
        Attack::IndexOutOfBounds => {
            let values = black_box([1, 2, 3]);
            black_box(values[black_box(7)]);
        }
        Attack::StackOverflow => {
            black_box(descend(&Cell::new(0)));
        }
        Attack::DeepRecursion => {
            black_box(descend_to(100_000, &Cell::new(0)));
        }
        Attack::FrameOverflow => {
            black_box(descend_with_frames(0));
        }
        Attack::EndlessLoop | Attack::LoopInApply => {
            // So that a test knows when it has begun.
            log::log(log::Level::Info, "round and round");
            loop {
                black_box(());
            }
        }
        Attack::Loop => loop {
            black_box(());
        },
        Attack::EndlessFilling => {
            let mut filled = vec![1_u8; FILLED];
            loop {
                black_box(&mut filled).fill(black_box(2));
            }
        }
        Attack::EndlessMemory | Attack::MemoryInApply | Attack::Memory => take_memory(),
        Attack::ManySmall => loop {
            black_box(Box::leak(Box::new([0_u64; 2])));
        },
        Attack::OneBig => {
            black_box(vec![1_u8; (1 << 31) - 1]);
        }
        Attack::EndlessTalk | Attack::Talk => loop {
            log::log(log::Level::Info, "and another thing");
        },
        Attack::MuchTalk => {
            for line in 0..1_000_000 {
                log::log(log::Level::Info, &format!("line {line}"));
            }
        }
        Attack::LongLine => log::log(log::Level::Error, &"word ".repeat(20_000_000)),
        Attack::EndlessMetrics => {
            for step in 0.. {
                metric::point(&format!("m{step}"), step, 0.5);
            }
        }
        Attack::OddMetrics => {
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                metric::point(&format!("odd {CODES}"), u64::MAX, value);
            }
        }
        Attack::EndlessProgress => {
            for done in 0.. {
                progress::report(done, Some(0));
            }
        }
        Attack::EmitInUpdate => return output::emit(&batches::numbers(&[1.0])),
        Attack::UnknownErrorKind => return Err(error("on-strike", "no more work today")),
        Attack::Transient => return Err(error("transient", "come back later")),
        Attack::HugeErrorMessage => return Err(error("failed", "x".repeat(100_000_000))),
        Attack::EscapeCodes => {
            log::log(log::Level::Warn, &format!("heard {CODES}this"));
            return Err(error("failed", format!("read {CODES}this")));
        }
        Attack::Markup => return Err(error("failed", format!("read {MARKUP} this"))),
        // What turns the direction of writing shows a text other than it is.
        Attack::TurnedText => {
            return Err(error(
                "failed",
                "all \u{202e}dab si\u{202c}\u{2066}\u{2069} well",
            ));
        }
        Attack::TrapAndReturn => {
            static ENTERED: AtomicBool = AtomicBool::new(false);
            if ENTERED.swap(true, Ordering::Relaxed) {
                log::log(log::Level::Warn, "here before");
            } else {
                log::log(log::Level::Info, "here for the first time");
                core::arch::wasm32::unreachable();
            }
        }
        Attack::BadPointer => {
            return Err(Error {
                at: Some("no/pointer\u{7}/~9/99999999999999999999".to_owned()),
                ..error("invalid-params", "a parameter is wrong somewhere")
            });
        }
        _ => {}
    }
    Ok(())
}

/// Calls itself for ever, which fills the processor's stack: nothing of a frame is
/// in memory.
#[expect(unconditional_recursion, reason = "the stack is to overflow")]
fn descend(depth: &Cell<u64>) -> u64 {
    depth.set(depth.get() + 1);
    descend(depth) ^ depth.get()
}

/// Calls itself so often that the usual stack is too small, and comes back.
fn descend_to(levels: u32, depth: &Cell<u64>) -> u64 {
    depth.set(depth.get() + 1);
    match levels {
        0 => 0,
        _ => descend_to(levels - 1, depth) ^ depth.get(),
    }
}

/// Calls itself for ever with arrays in its frames, which fills the stack that a
/// compiler lays out in linear memory.
#[expect(unconditional_recursion, reason = "the stack is to overflow")]
fn descend_with_frames(depth: u64) -> u64 {
    let frame = black_box([depth; 16]);
    black_box(descend_with_frames(frame[3] + 1)) + frame[5]
}

/// Asks for 10 GB, helping by helping, and gives nothing back.
fn take_memory() {
    let mut taken = 0;
    while taken < ALL_MEMORY {
        black_box(Vec::<u8>::with_capacity(HELPING).leak());
        taken += HELPING as u64;
    }
}
