//! Reports as pages and as Markdown: what is in them, what is never in them, and how large they are.

#![cfg(test)]

mod charts;
mod escapes;
mod evaluation;
mod example;
mod layout;
mod size;
