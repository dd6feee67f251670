//! The `host` command as its users meet it: every test starts the real binary in
//! a folder of its own and looks at exit code, standard output and standard error.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod ab;
mod ab_entries;
mod ab_misuse;
#[cfg(unix)]
mod alias_race;
mod authoring;
mod bad_input;
mod baselines;
mod compiling;
mod control;
mod control_keys;
mod damaged_parquet;
mod damaged_text;
mod drift;
mod exchange;
mod explaining;
mod flights;
mod formats;
#[cfg(target_os = "linux")]
mod full_disk;
mod gate_words;
mod gates;
mod grants;
mod graph;
mod history;
mod hostile;
mod hostile_states;
mod hostile_words;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod kills;
mod languages;
mod late_flights;
mod manners;
#[cfg(unix)]
mod nothing_to_read;
mod odd_names;
mod orders;
mod patches;
mod plugins;
mod prediction_drift;
mod refusals;
mod remote;
mod report;
mod reproduce;
mod resume;
mod retention;
mod scenarios;
#[cfg(unix)]
mod schedule;
mod searching;
mod selection;
#[allow(dead_code, reason = "the tests of tables use more of it")]
#[path = "../../host/data/tests/tables/server.rs"]
mod server;
mod sharing;
mod statistics;
mod store;
mod support;
mod unlike_files;
mod vanishing;
mod versions;
#[cfg(unix)]
mod waiting;
#[cfg(unix)]
mod waiting_stories;
#[cfg(unix)]
mod watch;
#[cfg(unix)]
mod webhook;
