//! A batch on its way into a plugin: room for all its buffers is asked for once, and each is copied
//! once, from where it is. Code that wasmtime generates would have to have them side by side
//! already.

#![allow(
    unreachable_pub,
    reason = "part of a type that generated code re-exports"
)]

use std::mem::MaybeUninit;

use mlhost_arrow::{Error, FlatBatch};
use wasmtime::{
    ValRaw,
    component::{
        __internal::{
            CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext, typecheck_record,
        },
        ComponentType, Lower,
    },
};

use super::{
    ALIGNMENT, room,
    wire::{Array, Buffer},
};

/// `batch`.
#[derive(Debug)]
pub struct Batch {
    flat: FlatBatch,
    /// Of its memory.
    bytes: usize,
}

/// Where a list of the contract is, and how long it is.
type List = [u32; 2];

impl TryFrom<FlatBatch> for Batch {
    type Error = Error;

    /// # Errors
    /// When that is more than a plugin can address.
    fn try_from(flat: FlatBatch) -> Result<Self, Error> {
        // Whatever the address of the memory is, the first buffer can be moved to a multiple.
        let mut bytes = ALIGNMENT - 1;
        for buffer in &flat.buffers {
            bytes = bytes.saturating_add(room(buffer.len()));
        }
        match u32::try_from(bytes) {
            Ok(_) => Ok(Self { flat, bytes }),
            Err(_) => Err(Error::TooLong(bytes)),
        }
    }
}

impl Batch {
    /// The record as it is in the plugin, all of whose parts are copied there.
    fn words<T>(&self, cx: &mut LowerContext<'_, T>) -> wasmtime::Result<[u32; 7]> {
        let arrays = self.flat.arrays.iter();
        let arrays = arrays.map(|array| [array.length, array.null_count]);
        let [arrays, num_arrays] = list(cx, arrays)?;
        let piece = cx.realloc(0, 0, 1, self.bytes)?;
        let start = piece.next_multiple_of(ALIGNMENT) - piece;
        let [buffers, num_buffers] = list(cx, self.places(start))?;
        let memory = &mut cx.as_slice_mut()[piece..][..self.bytes];
        for ([_, offset, length], buffer) in self.places(start).zip(&self.flat.buffers) {
            memory[offset as usize..][..length as usize].copy_from_slice(buffer);
        }
        let [memory, num_pieces] = list(cx, [[piece as u32, self.bytes as u32]].into_iter())?;
        Ok([
            self.flat.num_rows,
            arrays,
            num_arrays,
            buffers,
            num_buffers,
            memory,
            num_pieces,
        ])
    }

    /// The records of the buffers, the first of which starts there.
    fn places(&self, start: usize) -> impl ExactSizeIterator<Item = [u32; 3]> {
        let mut offset = start;
        self.flat.buffers.iter().map(move |buffer| {
            let place = [0, offset as u32, buffer.len() as u32];
            offset += room(buffer.len());
            place
        })
    }
}

/// Copies a list of records into the plugin.
fn list<T, const WORDS: usize>(
    cx: &mut LowerContext<'_, T>,
    records: impl ExactSizeIterator<Item = [u32; WORDS]>,
) -> wasmtime::Result<List> {
    let length = records.len();
    let bytes = length * WORDS * 4;
    let address = cx.realloc(0, 0, 4, bytes)?;
    let (words, _) = cx.as_slice_mut()[address..][..bytes].as_chunks_mut::<4>();
    for (to, word) in words.iter_mut().zip(records.flatten()) {
        *to = word.to_le_bytes();
    }
    Ok([u32::try_from(address)?, u32::try_from(length)?])
}

// SAFETY: a record has the size and alignment of its fields, and the check is theirs. On its own it
// is seven words: a number, and an address and a length for each of three lists.
#[allow(unsafe_code, reason = "see the safety comment")]
unsafe impl ComponentType for Batch {
    type Lower = [ValRaw; 7];

    const ABI: CanonicalAbiInfo = CanonicalAbiInfo::record_static(&[
        CanonicalAbiInfo::SCALAR4,
        CanonicalAbiInfo::POINTER_PAIR,
        CanonicalAbiInfo::POINTER_PAIR,
        CanonicalAbiInfo::POINTER_PAIR,
    ]);

    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> wasmtime::Result<()> {
        typecheck_record(
            ty,
            types,
            &[
                ("num-rows", u32::typecheck),
                ("arrays", <[Array]>::typecheck),
                ("buffers", <[Buffer]>::typecheck),
                ("memory", <[Vec<u8>]>::typecheck),
            ],
        )
    }
}

// SAFETY: `words` are those of the record, in the order of its fields, and what they point to was
// set aside by the plugin for this call.
#[allow(unsafe_code, reason = "see the safety comment")]
unsafe impl Lower for Batch {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        _ty: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        dst.write(self.words(cx)?.map(ValRaw::u32));
        Ok(())
    }

    fn linear_lower_to_memory<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        _ty: InterfaceType,
        offset: usize,
    ) -> wasmtime::Result<()> {
        let words = self.words(cx)?;
        let (record, _) = cx.as_slice_mut()[offset..][..size_of_val(&words)].as_chunks_mut::<4>();
        for (to, word) in record.iter_mut().zip(words) {
            *to = word.to_le_bytes();
        }
        Ok(())
    }
}
