//! Reads Arrow arrays as plain values: numbers in blocks, so that loops over them
//! vectorise and nothing is looked up per value, and texts and classes one by one.

mod classes;
mod ends;
mod keys;
mod names;
mod numbers;
mod texts;

pub use classes::{for_each_class, holds_classes};
pub use ends::Ends;
pub use keys::{for_each_key, has_keys, holds_texts};
pub use names::type_name;
pub use numbers::{BLOCK_ROWS, Block, for_each_block, for_each_present, is_numeric};
pub use texts::{for_each_text, is_textual, text_counts};
