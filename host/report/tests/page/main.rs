//! Reports as pages and as Markdown: what is in them, what is never in them, and how large they are.

#![cfg(test)]

mod escapes;
mod example;
mod layout;
mod size;
