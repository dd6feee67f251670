//! The store through its public face: what is kept comes back, what is damaged is noticed, and
//! many threads can use one folder.

#![cfg(test)]

mod aliases;
mod blobs;
mod canonical;
mod collecting;
mod comparisons;
mod experiments;
mod fixture;
mod histories;
mod imports;
mod labels;
mod messages;
mod models;
mod opening;
mod promotions;
mod runs;
mod selectors;
mod verifying;
