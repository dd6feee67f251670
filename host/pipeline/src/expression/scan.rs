//! A first look at the text of an expression, before the parser gets it: which brackets belong
//! together, and whether the expression is so long or so deep that working on it would take too
//! much time or stack.

use std::ops::Range;

use super::mistake::{Mistake, printable};

/// The longest text, in bytes.
pub(super) const MAX_LENGTH: usize = 4096;
/// How many operations may stand in one another, at most.
pub(super) const MAX_DEPTH: usize = 64;

/// What the first look has found.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Where brackets open and close.
    pub(super) brackets: Vec<(usize, usize)>,
    /// Where strings are, with their quotes.
    strings: Vec<Range<usize>>,
    /// Where a word stands that other languages have for an operator, and the operator.
    pub(super) words: Vec<(Range<usize>, &'static str)>,
}

impl Outline {
    /// The string, word, number or character that begins there.
    pub(super) fn token_at(&self, text: &str, start: usize) -> Range<usize> {
        if let Some(string) = self.strings.iter().find(|string| string.start == start) {
            return string.clone();
        }
        let rest = text.get(start..).unwrap_or_default();
        let is_word = |part: char| part.is_alphanumeric() || part == '_';
        let word = rest.find(|part| !is_word(part)).unwrap_or(rest.len());
        let character = rest.chars().next().map_or(0, char::len_utf8);
        start..start + word.max(character)
    }

    /// The foreign word that is there, or just before it, and the operator to write for it.
    pub(super) fn word_before(
        &self,
        text: &str,
        place: &Range<usize>,
    ) -> Option<(Range<usize>, &'static str)> {
        let is_near = |word: &Range<usize>| {
            let between = text.get(word.end..place.start);
            word == place || between.is_some_and(|between| between.trim().is_empty())
        };
        let mut words = self.words.iter();
        words.find(|(word, _)| is_near(word)).cloned()
    }
}

/// A bracket that is still open; the text as a whole is one, too.
struct Level {
    open: usize,
    closes_with: Option<u8>,
    /// Operations that stand in one another: `a + b + c` has two.
    chain: usize,
    /// `a ? b : c ? d : e` has two.
    choices: usize,
}

struct Scanner<'a> {
    text: &'a str,
    position: usize,
    levels: Vec<Level>,
    outline: Outline,
}

/// Looks through a text.
pub(super) fn scan(text: &str) -> Result<Outline, Mistake> {
    if text.len() > MAX_LENGTH {
        let message = format!("the expression is longer than {MAX_LENGTH} bytes");
        let hint = "put part of the decision into a step or a parameter";
        return Err(Mistake::new(message, 0..text.len()).hint(hint));
    }
    if text.trim().is_empty() {
        return Err(Mistake::new("the expression is empty", 0..text.len()));
    }
    let mut scanner = Scanner {
        text,
        position: 0,
        levels: vec![Level::at(0, None)],
        outline: Outline::default(),
    };
    while scanner.position < text.len() {
        scanner.step()?;
    }
    match scanner.levels.pop() {
        Some(Level {
            open,
            closes_with: Some(_),
            ..
        }) => Err(Mistake::new("this bracket is not closed", open..open + 1)),
        _ => Ok(scanner.outline),
    }
}

impl Level {
    fn at(open: usize, closes_with: Option<u8>) -> Self {
        Self {
            open,
            closes_with,
            chain: 0,
            choices: 0,
        }
    }
}

impl Scanner<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.position..]
    }

    /// Goes on past a token, or a byte of something that is none.
    fn step(&mut self) -> Result<(), Mistake> {
        let start = self.position;
        match self.rest() {
            [b'/', b'/', ..] => self.skip(|byte| byte != b'\n'),
            [b'"' | b'\'', ..] => self.string(start, false)?,
            [letter, ..] if letter.is_ascii_alphabetic() || *letter == b'_' => self.word()?,
            [digit, ..] if digit.is_ascii_digit() => self.number(),
            [open @ (b'(' | b'[' | b'{'), ..] => {
                let closes_with = match open {
                    b'(' => b')',
                    b'[' => b']',
                    _ => b'}',
                };
                // It may be the index of what is before it: `a[0][0]` is one in another.
                let is_index = closes_with == b']';
                if let Some(level) = self.levels.last_mut().filter(|_| is_index) {
                    level.chain += 1;
                }
                self.levels.push(Level::at(start, Some(closes_with)));
                self.position += 1;
                self.check_depth(start)?;
            }
            [close @ (b')' | b']' | b'}'), ..] => self.close(*close)?,
            [b',', ..] => self.separate(|level| (level.chain, level.choices) = (0, 0)),
            [b':', ..] => self.separate(|level| level.chain = 0),
            [b'?', ..] => {
                self.separate(|level| (level.chain, level.choices) = (0, level.choices + 1));
                self.check_depth(start)?;
            }
            [b'&', b'&', ..] | [b'|', b'|', ..] => {
                self.position += 1;
                self.separate(|level| level.chain = 0);
            }
            [byte @ (b'&' | b'|'), ..] => {
                let byte = char::from(*byte);
                let message = format!("`{byte}` is no operator");
                let mistake = Mistake::new(message, start..start + 1);
                return Err(mistake.hint(format!("write `{byte}{byte}`")));
            }
            [b'.', ..] => self.operation(1)?,
            [b'=' | b'!' | b'<' | b'>', b'=', ..] => self.operation(2)?,
            [b'=', ..] => {
                let mistake = Mistake::new("`=` compares nothing", start..start + 1);
                return Err(mistake.hint("write `==`"));
            }
            [b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>' | b'!', ..] => self.operation(1)?,
            _ => self.position += 1,
        }
        Ok(())
    }

    fn skip(&mut self, belongs: impl Fn(u8) -> bool) {
        let bytes = self.rest().iter();
        self.position += bytes.take_while(|byte| belongs(**byte)).count();
    }

    fn separate(&mut self, change: impl Fn(&mut Level)) {
        self.position += 1;
        if let Some(level) = self.levels.last_mut() {
            change(level);
        }
    }

    fn operation(&mut self, length: usize) -> Result<(), Mistake> {
        let start = self.position;
        self.position += length - 1;
        self.separate(|level| level.chain += 1);
        self.check_depth(start)
    }

    fn check_depth(&self, at: usize) -> Result<(), Mistake> {
        let levels = self.levels.iter();
        let depth: usize = levels.map(|level| 1 + level.chain + level.choices).sum();
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        let message = format!("more than {MAX_DEPTH} operations stand in one another here");
        let hint = "put part of the decision into a step or a parameter";
        Err(Mistake::new(message, at..at + 1).hint(hint))
    }

    fn close(&mut self, close: u8) -> Result<(), Mistake> {
        let at = self.position;
        match self.levels.pop() {
            Some(level) if level.closes_with == Some(close) => {
                self.outline.brackets.push((level.open, at));
                self.position += 1;
                Ok(())
            }
            _ => {
                let message = format!("no bracket is open that `{}` closes", char::from(close));
                Err(Mistake::new(message, at..at + 1))
            }
        }
    }

    fn word(&mut self) -> Result<(), Mistake> {
        let start = self.position;
        self.skip(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let range = start..self.position;
        let word = &self.text[range.clone()];
        if matches!(self.rest(), [b'"' | b'\'', ..]) {
            let prefix = word.to_ascii_lowercase();
            if matches!(prefix.as_str(), "r" | "b" | "br") {
                return self.string(start, prefix.ends_with('r'));
            }
        }
        match word {
            "in" => {
                self.position -= 1;
                return self.operation(1);
            }
            "and" | "AND" => self.outline.words.push((range, "&&")),
            "or" | "OR" => self.outline.words.push((range, "||")),
            "not" | "NOT" => self.outline.words.push((range, "!")),
            "True" | "TRUE" => self.outline.words.push((range, "true")),
            "False" | "FALSE" => self.outline.words.push((range, "false")),
            "None" | "nil" | "NULL" => self.outline.words.push((range, "null")),
            _ => {}
        }
        Ok(())
    }

    fn number(&mut self) {
        self.skip(|byte| byte.is_ascii_alphanumeric());
        if matches!(self.rest(), [b'.', digit, ..] if digit.is_ascii_digit()) {
            self.position += 1;
            self.skip(|byte| byte.is_ascii_alphanumeric());
        }
    }

    /// Goes to the end of a string whose first quote is next; `start` is where its prefix begins.
    fn string(&mut self, start: usize, raw: bool) -> Result<(), Mistake> {
        let bytes = self.text.as_bytes();
        let quote = bytes[self.position];
        let triple = self.rest().starts_with(&[quote; 3]);
        let ending = if triple { &[quote; 3][..] } else { &[quote] };
        self.position += ending.len();
        loop {
            match self.rest() {
                rest if rest.starts_with(ending) => {
                    self.position += ending.len();
                    self.outline.strings.push(start..self.position);
                    return Ok(());
                }
                [b'\\', ..] if !raw => self.escape()?,
                [] => break,
                [b'\n' | b'\r', ..] if !triple => break,
                _ => self.position += 1,
            }
        }
        let mistake = Mistake::new("this string has no end", start..self.position);
        Err(mistake.hint("a `'` or `\"` closes it; only `'''` and `\"\"\"` go over several lines"))
    }

    /// Goes on past an escape. The parser would take up its work again behind one that it does not
    /// know, in the middle of a string.
    fn escape(&mut self) -> Result<(), Mistake> {
        let start = self.position;
        let (digits, base): (usize, u32) = match self.rest().get(1) {
            Some(b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v') => (0, 0),
            Some(b'\\' | b'?' | b'"' | b'\'' | b'`') => (0, 0),
            Some(b'x' | b'X') => (2, 16),
            Some(b'u') => (4, 16),
            Some(b'U') => (8, 16),
            Some(b'0'..=b'3') => (2, 8),
            _ => return Err(self.no_escape(start)),
        };
        self.position += 2;
        for _ in 0..digits {
            let digit = self.rest().first().copied().map(char::from);
            if !digit.is_some_and(|digit| digit.is_digit(base)) {
                return Err(self.no_escape(start));
            }
            self.position += 1;
        }
        Ok(())
    }

    fn no_escape(&self, start: usize) -> Mistake {
        let written: String = self.text[start..].chars().take(2).collect();
        let end = start + written.len();
        Mistake::new(
            format!("`{}` is no escape", printable(&written)),
            start..end,
        )
        .hint("write `\\\\` for a backslash, or `r'…'` for a string without escapes")
    }
}
