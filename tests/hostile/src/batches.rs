//! Batches, honest ones and others.

use crate::{
    attack::Attack,
    bindings::mlhost::plugin::arrow::{Array, Batch},
};

/// What `transformer.apply` emits under an attack, for an input of `rows` rows.
pub(crate) fn emitted(attack: Attack, rows: u32) -> Batch {
    let honest = numbers(&vec![0.5; rows as usize]);
    match attack {
        Attack::OffsetsOutside => text(rows, |row| row * 1000, b"abc"),
        Attack::OffsetsDescend => text(rows, |row| i32::from(row == 1) * 3, b"abc"),
        Attack::OffsetsNegative => text(rows, |row| row.min(1) - 1, b"abc"),
        Attack::InvalidUtf8 => text(rows, |row| row.min(1) * 3, b"a\xff\xfe"),
        Attack::ValuesTooShort => with_array(honest, |array| array.buffers[1].truncate(7)),
        Attack::WrongNullCount => with_array(honest, |array| {
            array.buffers[0] = vec![0xff; array.length.div_ceil(8) as usize];
            array.null_count = 1;
        }),
        Attack::ValidityTooShort => with_array(honest, |array| {
            array.buffers[0] = vec![0x00];
            array.null_count = array.length;
        }),
        Attack::TooManyBuffers => with_array(honest, |array| array.buffers.push(vec![1, 2, 3])),
        Attack::TooManyArrays => Batch {
            arrays: [honest.arrays, numbers(&[1.0]).arrays].concat(),
            ..honest
        },
        Attack::TooFewArrays => Batch {
            arrays: vec![],
            ..honest
        },
        Attack::WrongNumRows => Batch {
            num_rows: u32::MAX,
            ..honest
        },
        Attack::WrongLength => with_array(honest, |array| array.length = u32::MAX),
        Attack::OtherType => text(rows, |_| 0, b""),
        Attack::DroppedRows => numbers(&[0.5]),
        Attack::HugeBatch => numbers(&vec![0.5; 75 << 20]),
        _ => honest,
    }
}

/// One column of numbers without nulls.
pub(crate) fn numbers(values: &[f64]) -> Batch {
    let rows = values.len() as u32;
    let values = values.iter().flat_map(|value| value.to_le_bytes());
    column(rows, vec![vec![], values.collect()])
}

/// One column of text with these offsets, of which there is one more than rows.
fn text(rows: u32, offset: impl Fn(i32) -> i32, values: &[u8]) -> Batch {
    let offsets = (0..=rows as i32).flat_map(|row| offset(row).to_le_bytes());
    column(rows, vec![vec![], offsets.collect(), values.to_vec()])
}

fn column(rows: u32, buffers: Vec<Vec<u8>>) -> Batch {
    Batch {
        num_rows: rows,
        arrays: vec![Array {
            length: rows,
            null_count: 0,
            buffers,
        }],
    }
}

/// The batch with its first array changed.
fn with_array(mut batch: Batch, change: impl FnOnce(&mut Array)) -> Batch {
    change(&mut batch.arrays[0]);
    batch
}
