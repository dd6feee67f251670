//! Stands in for the crate `web-time`, which would make a plugin import JavaScript.
//!
//! Off WebAssembly it is the standard library's clock, as the real crate is; on
//! WebAssembly it is a clock that stands still, for a plugin has none.

#[cfg(not(target_family = "wasm"))]
pub use std::time::*;

#[cfg(target_family = "wasm")]
pub use still::*;

#[cfg(target_family = "wasm")]
mod still {
    pub use std::time::Duration;

    /// A moment that is always the same one.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Instant;

    impl Instant {
        /// The only moment there is.
        pub fn now() -> Self {
            Self
        }

        /// No time at all.
        pub fn elapsed(&self) -> Duration {
            Duration::ZERO
        }

        /// No time at all.
        pub fn duration_since(&self, _earlier: Self) -> Duration {
            Duration::ZERO
        }
    }
}
