//! Cuts the text of an expression into words.

/// A word of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A keyword, a function, or the name of a column without backticks.
    Name(String),
    /// The name of a column in backticks.
    Quoted(String),
    Number(f64),
    Text(String),
    /// An operator, a parenthesis or a comma.
    Sign(&'static str),
}

/// Longer ones first, so that `<=` is not `<` and `=`.
const SIGNS: [&str; 18] = [
    "<=", ">=", "<>", "!=", "==", "&&", "||", "<", ">", "=", "!", "+", "-", "*", "/", "(", ")", ",",
];

/// The words of a text, each with the character at which it starts, from 1.
///
/// # Errors
/// What is wrong, and where.
pub(super) fn words(text: &str) -> Result<Vec<(usize, Word)>, (usize, String)> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text[..text.len() - rest.len()].chars().count() + 1;
        let Some(first) = rest.chars().next() else {
            return Ok(words);
        };
        let (word, length) = match first {
            '\'' | '"' => {
                let (text, length) = quoted(rest, first).ok_or_else(|| unclosed(at, first))?;
                (Word::Text(text), length)
            }
            '`' => {
                let (name, length) = quoted(rest, first).ok_or_else(|| unclosed(at, first))?;
                (Word::Quoted(name), length)
            }
            first if first.is_ascii_digit() || first == '.' => {
                let (number, length) = number(rest);
                let number =
                    number.ok_or_else(|| (at, format!("`{}` is not a number", &rest[..length])))?;
                (Word::Number(number), length)
            }
            first if first.is_alphabetic() || first == '_' => {
                let is_name = |character: char| character.is_alphanumeric() || character == '_';
                let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                (Word::Name(rest[..length].to_owned()), length)
            }
            first => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| (at, format!("`{first}` means nothing here")))?;
                (Word::Sign(sign), sign.len())
            }
        };
        words.push((at, word));
        rest = &rest[length..];
    }
}

fn unclosed(at: usize, quote: char) -> (usize, String) {
    (at, format!("the closing {quote} is missing"))
}

/// The text between two quotes, in which a quote is written twice, and how many bytes it takes with
/// them.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != quote {
            text.push(character);
        } else if characters.next_if(|(_, next)| *next == quote).is_some() {
            text.push(quote);
        } else {
            return Some((text, at + quote.len_utf8()));
        }
    }
    None
}

/// The number that a text starts with, and how many bytes it takes.
fn number(rest: &str) -> (Option<f64>, usize) {
    let bytes = rest.as_bytes();
    let mut length = 0;
    while let Some(byte) = bytes.get(length) {
        let is_sign = matches!(byte, b'+' | b'-') && matches!(bytes[length - 1], b'e' | b'E');
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || length > 0 && is_sign) {
            break;
        }
        length += 1;
    }
    (rest[..length].parse().ok(), length)
}
