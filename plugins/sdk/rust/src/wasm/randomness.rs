//! Randomness for crates that insist on it: a fixed stream, since a plugin that
//! wants other numbers takes a `seed` among its parameters.

use std::cell::Cell;

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(0x9E37_79B9_7F4A_7C15) };
}

/// The next bytes of a SplitMix64 stream (Steele, Lea, Flood, OOPSLA 2014).
fn fill(bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(8) {
        let state = STATE.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        STATE.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..chunk.len()]);
    }
}

fn fill_02(bytes: &mut [u8]) -> Result<(), getrandom02::Error> {
    fill(bytes);
    Ok(())
}

getrandom02::register_custom_getrandom!(fill_02);

/// The symbol that getrandom 0.3 calls with `--cfg getrandom_backend="custom"`.
#[unsafe(no_mangle)]
#[allow(unsafe_code, reason = "the signature that getrandom documents")]
unsafe extern "Rust" fn __getrandom_v03_custom(
    destination: *mut u8,
    length: usize,
) -> Result<(), getrandom::Error> {
    // SAFETY: getrandom passes `length` writable bytes, which may be uninitialised.
    let bytes = unsafe {
        std::ptr::write_bytes(destination, 0, length);
        std::slice::from_raw_parts_mut(destination, length)
    };
    fill(bytes);
    Ok(())
}
