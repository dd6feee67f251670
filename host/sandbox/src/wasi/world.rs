//! The world that an instance sees through WASI: a clock that stands still, random numbers that
//! follow from a seed, and what it writes to its standard output and error.

use std::collections::VecDeque;

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{RngCore, SeedableRng},
};

use mlhost_pipeline::Allow;

use super::clock::Clock;
use crate::Level;

/// How many refusals are remembered.
const REFUSALS: usize = 8;

/// How many lines of the standard error are remembered as the last words of a plugin.
const LAST_WORDS: usize = 10;

/// What an instance sees.
pub(crate) struct World {
    pub(super) clock: Clock,
    random: Random,
    /// What it was refused, once each.
    refused: Vec<String>,
    output: Line,
    error: Line,
    last_words: VecDeque<String>,
}

/// Where random numbers come from.
enum Random {
    /// From the seed.
    Seeded(Xoshiro256PlusPlus),
    /// From the system, which is granted.
    System,
}

/// Where a plugin writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standard {
    /// Its standard output.
    Output,
    /// Its standard error.
    Error,
}

/// A line that has not ended yet.
#[derive(Default)]
struct Line(Vec<u8>);

impl World {
    /// One in which random numbers follow from this seed, but for what is granted.
    pub(crate) fn new(seed: u64, allow: &Allow) -> Self {
        Self {
            clock: Clock::new(allow.clock),
            random: match allow.random {
                true => Random::System,
                false => Random::Seeded(Xoshiro256PlusPlus::seed_from_u64(seed)),
            },
            refused: Vec::new(),
            output: Line::default(),
            error: Line::default(),
            last_words: VecDeque::new(),
        }
    }

    /// Takes what is written and gives the lines that have ended, each cut to so many bytes.
    pub(super) fn write(&mut self, to: Standard, bytes: &[u8], limit: usize) -> Vec<String> {
        let line = self.line(to);
        let mut ended = Vec::new();
        let mut pieces = bytes.split(|byte| *byte == b'\n');
        // There is always a first piece, and it ends no line.
        line.push(pieces.next().unwrap_or_default(), limit);
        for piece in pieces {
            ended.extend(line.end());
            line.push(piece, limit);
        }
        self.remember(to, &ended);
        ended
    }

    /// Ends the lines that have not ended, as their call has.
    pub(crate) fn end_lines(&mut self) -> Vec<(Level, String)> {
        let mut ended = Vec::new();
        for to in [Standard::Output, Standard::Error] {
            if let Some(line) = self.line(to).end() {
                self.remember(to, std::slice::from_ref(&line));
                ended.push((to.level(), line));
            }
        }
        ended
    }

    /// The last lines of the standard error, in case there are any.
    pub(crate) fn last_words(&mut self) -> Option<String> {
        let lines: Vec<_> = self.last_words.drain(..).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// So many random bytes.
    ///
    /// # Errors
    /// When the system has none.
    pub(super) fn random_bytes(&mut self, length: usize) -> wasmtime::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        match &mut self.random {
            Random::Seeded(generator) => generator.fill_bytes(&mut bytes),
            Random::System => getrandom::fill(&mut bytes)
                .map_err(|error| wasmtime::format_err!("no random numbers: {error}"))?,
        }
        Ok(bytes)
    }

    /// Remembers a refusal, and gives whether it is a new one.
    pub(crate) fn refuse(&mut self, told: &str) -> bool {
        let is_new =
            self.refused.len() < REFUSALS && !self.refused.iter().any(|known| known == told);
        if is_new {
            self.refused.push(told.to_owned());
        }
        is_new
    }

    /// What it was refused.
    pub(crate) fn refused(&self) -> &[String] {
        &self.refused
    }

    fn line(&mut self, of: Standard) -> &mut Line {
        match of {
            Standard::Output => &mut self.output,
            Standard::Error => &mut self.error,
        }
    }

    fn remember(&mut self, to: Standard, lines: &[String]) {
        if to == Standard::Error {
            self.last_words.extend(lines.iter().cloned());
            let surplus = self.last_words.len().saturating_sub(LAST_WORDS);
            self.last_words.drain(..surplus);
        }
    }
}

impl Standard {
    /// How much a line there matters.
    pub(super) fn level(self) -> Level {
        match self {
            Self::Output => Level::Info,
            Self::Error => Level::Warn,
        }
    }
}

impl Line {
    /// Adds what is not too much.
    fn push(&mut self, bytes: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.0.len());
        self.0.extend(&bytes[..bytes.len().min(room)]);
    }

    /// The line, if there is anything on it.
    fn end(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.0);
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches('\r');
        (!line.is_empty()).then(|| line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(world: &mut World, pieces: &[&str]) -> Vec<String> {
        let written = pieces.iter();
        written
            .flat_map(|piece| world.write(Standard::Output, piece.as_bytes(), 8))
            .collect()
    }

    #[test]
    fn pieces_become_lines() {
        let mut world = World::new(0, &Allow::default());
        let written = lines(
            &mut world,
            &["one\ntw", "o", "\r\n\n", "a very long", " line\nrest"],
        );
        assert_eq!(written, ["one", "two", "a very l"]);
        assert_eq!(world.end_lines(), [(Level::Info, "rest".to_owned())]);
        assert_eq!(world.end_lines(), []);
        assert_eq!(world.last_words(), None);
    }

    #[test]
    fn the_last_lines_of_errors_are_remembered() {
        let mut world = World::new(0, &Allow::default());
        for line in 0..20 {
            world.write(Standard::Error, format!("{line}\n").as_bytes(), 8);
        }
        world.write(Standard::Error, b"end", 8);
        assert_eq!(world.end_lines(), [(Level::Warn, "end".to_owned())]);
        let words = world.last_words();
        assert_eq!(
            words.as_deref(),
            Some("11\n12\n13\n14\n15\n16\n17\n18\n19\nend")
        );
    }

    #[test]
    fn random_numbers_follow_from_the_seed() {
        let bytes = |seed| {
            World::new(seed, &Allow::default())
                .random_bytes(16)
                .unwrap()
        };
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
    }
}
