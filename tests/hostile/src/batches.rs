//! Batches, honest ones and others.

use crate::{
    attack::Attack,
    bindings::mlhost::plugin::arrow::{Array, Batch, Buffer},
};

/// What `transformer.apply` emits under an attack, for an input of `rows` rows.
pub(crate) fn emitted(attack: Attack, rows: u32) -> Batch {
    let honest = numbers(&vec![0.5; rows as usize]);
    match attack {
        Attack::OffsetsOutside => text(rows, |row| row * 1000, b"abc"),
        Attack::OffsetsDescend => text(rows, |row| i32::from(row == 1) * 3, b"abc"),
        Attack::OffsetsNegative => text(rows, |row| row.min(1) - 1, b"abc"),
        Attack::InvalidUtf8 => text(rows, |row| row.min(1) * 3, b"a\xff\xfe"),
        Attack::ValuesTooShort => changed(honest, |batch| batch.buffers[1].length = 7),
        Attack::BufferOutside => changed(honest, |batch| batch.buffers[1].offset = 1),
        Attack::BufferBehindAll => changed(honest, |batch| batch.buffers[1].offset = u32::MAX),
        Attack::BufferNowhere => changed(honest, |batch| batch.buffers[1].piece = 2),
        Attack::WrongNullCount => changed(honest, |batch| {
            replace(batch, 0, vec![0xff; rows.div_ceil(8) as usize]);
            batch.arrays[0].null_count = 1;
        }),
        Attack::NullsBeyondLength => changed(honest, |batch| {
            replace(batch, 0, vec![0x00; rows.div_ceil(8) as usize]);
            batch.arrays[0].null_count = rows + 1;
        }),
        Attack::ValidityTooShort => changed(honest, |batch| {
            replace(batch, 0, vec![0x00]);
            batch.arrays[0].null_count = rows;
        }),
        Attack::TooManyBuffers => changed(honest, |batch| batch.buffers.push(batch.buffers[1])),
        Attack::TooFewBuffers => changed(honest, |batch| batch.buffers.truncate(1)),
        Attack::TooManyArrays => changed(honest, |batch| batch.arrays.push(batch.arrays[0])),
        Attack::TooFewArrays => changed(honest, |batch| batch.arrays.clear()),
        Attack::WrongNumRows => Batch {
            num_rows: u32::MAX,
            ..honest
        },
        Attack::WrongLength => changed(honest, |batch| batch.arrays[0].length = u32::MAX),
        Attack::OtherType => text(rows, |_| 0, b""),
        Attack::DroppedRows => numbers(&[0.5]),
        Attack::HugeBatch => numbers(&vec![0.5; 75 << 20]),
        // The same megabyte, a thousand times.
        Attack::RepeatedBuffer => changed(numbers(&vec![0.5; 1 << 17]), |batch| {
            batch.buffers = vec![batch.buffers[1]; 1000];
        }),
        // Validity and offsets of the list, then validity and values of its items.
        Attack::ListOffsetsOutside => {
            let offsets = (0..=rows).flat_map(|row| (row * 1000).to_le_bytes());
            let item = honest.arrays[0];
            let memory = vec![
                vec![],
                offsets.collect(),
                vec![],
                vec![0; 8 * rows as usize],
            ];
            parts(rows, vec![item, item], memory)
        }
        Attack::KeyOutside => words(rows, i32::MAX),
        Attack::KeyNegative => words(rows, -1),
        Attack::ChildTooShort => {
            let whole = honest.arrays[0];
            let short = Array {
                length: rows / 2,
                ..whole
            };
            parts(
                rows,
                vec![whole, short],
                vec![vec![], vec![], vec![0; 4 * rows as usize]],
            )
        }
        Attack::RowsOfNothing => parts(u32::MAX, vec![], vec![]),
        Attack::NullsOfNothing | Attack::EndlessNulls => {
            let array = Array {
                length: u32::MAX,
                null_count: 0,
            };
            parts(u32::MAX, vec![array], vec![])
        }
        _ => honest,
    }
}

/// Rows that all have this key of a dictionary that holds one word.
fn words(rows: u32, key: i32) -> Batch {
    let keys = (0..rows).flat_map(|_| key.to_le_bytes()).collect();
    let offsets = [0_i32, 3].into_iter().flat_map(i32::to_le_bytes).collect();
    let lengths = [rows, 1].map(|length| Array {
        length,
        null_count: 0,
    });
    let memory = vec![vec![], keys, vec![], offsets, b"abc".to_vec()];
    parts(rows, lengths.into(), memory)
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

fn column(rows: u32, memory: Vec<Vec<u8>>) -> Batch {
    let array = Array {
        length: rows,
        null_count: 0,
    };
    parts(rows, vec![array], memory)
}

/// A batch each of whose buffers is a piece of memory.
fn parts(num_rows: u32, arrays: Vec<Array>, memory: Vec<Vec<u8>>) -> Batch {
    let buffer = |(piece, bytes): (usize, &Vec<u8>)| Buffer {
        piece: piece as u32,
        offset: 0,
        length: bytes.len() as u32,
    };
    Batch {
        num_rows,
        arrays,
        buffers: memory.iter().enumerate().map(buffer).collect(),
        memory,
    }
}

/// The batch with other bytes for a buffer.
fn replace(batch: &mut Batch, buffer: usize, bytes: Vec<u8>) {
    batch.buffers[buffer].length = bytes.len() as u32;
    batch.memory[buffer] = bytes;
}

fn changed(mut batch: Batch, change: impl FnOnce(&mut Batch)) -> Batch {
    change(&mut batch);
    batch
}
