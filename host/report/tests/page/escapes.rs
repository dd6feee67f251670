//! What others have written is never markup, whatever it is.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::example::report;

/// The names of all tags and attributes of a page, and what links lead to.
fn structure(html: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let body = html.split("</style>").skip(1).collect::<Vec<_>>().join("");
    for tag in body.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or((tag, ""));
        let mut in_quotes = false;
        let mut word = String::new();
        for character in tag.chars() {
            match character {
                '"' => in_quotes = !in_quotes,
                ' ' | '\n' | '=' if !in_quotes => {
                    names.insert(std::mem::take(&mut word));
                }
                _ if !in_quotes => word.push(character),
                _ => {}
            }
        }
        names.insert(word);
    }
    names
}

const ATTACKS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}</style>",
    "</svg><svg onload=alert(1)>",
    "<!--",
    "]]>",
    "javascript:alert(1)",
];

#[test]
fn attacks_change_nothing_of_a_page() {
    let honest = structure(&report("words").html());
    for attack in ATTACKS {
        assert_eq!(structure(&report(attack).html()), honest, "{attack}");
    }
}

#[test]
fn attacks_are_words_in_markdown() {
    for attack in ATTACKS.iter().chain(&[
        "[a](https://example.com)",
        "![a](x)",
        "@somebody",
        "# heading",
        "`code`",
        "a | b",
        "**bold** ~~gone~~ $x$",
    ]) {
        let markdown = report(attack).markdown();
        let outside: String = markdown.split("```").step_by(2).collect();
        // What follows a backslash is itself.
        let mut escaped = false;
        let markup: String = outside
            .chars()
            .filter(|character| {
                let is_itself = std::mem::take(&mut escaped);
                escaped = !is_itself && *character == '\\';
                !is_itself && !escaped
            })
            .collect();
        for forbidden in [
            "<script",
            "<img",
            "](",
            "@somebody",
            "`",
            "~~gone",
            "$x",
            "://",
        ] {
            assert!(!markup.contains(forbidden), "{forbidden} in {outside}");
        }
        // Every row of a table has as many cells as its heading.
        for row in outside.lines().filter(|line| line.starts_with("| ")) {
            let cells = row.replace("\\|", "").matches('|').count();
            assert!(cells >= 3, "{row}");
        }
    }
}

#[test]
fn what_a_reader_would_not_see_is_replaced() {
    let html = report("a\u{202e}b\u{1b}[31mc\u{0}").html();
    assert!(!html.contains(['\u{202e}', '\u{1b}', '\u{0}']));
    assert!(html.contains("a\u{fffd}b"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_words_change_anything_of_a_page(words in "\\PC{0,40}") {
        // What is empty or equal is left out, or put together.
        prop_assume!(!words.trim().is_empty() && words != "b" && words != "share" && words != "train");
        let honest = structure(&report("words").html());
        let with_words = structure(&report(&words).html());
        prop_assert!(with_words.is_subset(&honest), "{:?}", with_words.difference(&honest));
    }
}
