//! The store through its public face: what is kept comes back, what is damaged is noticed, and
//! many threads can use one folder.

#![cfg(test)]

mod aliases;
mod blobs;
mod canonical;
mod comparisons;
mod fixture;
mod imports;
mod messages;
mod models;
mod opening;
mod runs;
mod selectors;
