//! No text takes much time or stack.

use std::thread;

use mlhost_pipeline::Expression;
use serde_json::json;

use crate::{known, read};

#[test]
fn depth_is_bounded_before_the_stack_is() {
    let around = |open: &str, close: &str, count: usize| {
        format!("{}1{}", open.repeat(count), close.repeat(count))
    };
    let most = [
        around("(", ")", 63),
        around("[", "]", 31),
        around("{'a': ", "}", 63),
        around("[1].map(x, ", ")", 20),
        around("size(", ")", 63),
        around("(1 + ", ")", 31),
        vec!["1"; 64].join(" + "),
        format!("{}1", "true ? 1 : ".repeat(63)),
        format!("a{}", ".b".repeat(63)),
        format!("each.x{}", "[0]".repeat(61)),
        format!("{}true", "! ".repeat(63)),
        vec!["1 < 2"; 500].join("||"),
        format!("1 in [{}]", vec!["1"; 2000].join(",")),
    ];
    let more = [
        around("(", ")", 64),
        around("[", "]", 32),
        around("{'a': ", "}", 64),
        vec!["1"; 65].join(" + "),
        format!("{}1", "true ? 1 : ".repeat(64)),
        format!("a{}", ".b".repeat(64)),
        format!("each.x{}", "[0]".repeat(62)),
        format!("{}true", "!".repeat(64)),
        "1 in ".repeat(64),
        "(".repeat(4096),
        "[".repeat(4096),
        "{".repeat(4096),
        "a.".repeat(2048),
    ];
    let work = move || {
        for text in most {
            let expression = read(&text);
            let _ = expression.check(&known());
            let _ = expression.evaluate(&known());
        }
        for text in more {
            let message = Expression::parse(&text).unwrap_err().message;
            assert_eq!(message, "more than 64 operations stand in one another here");
        }
        let message = Expression::parse(&"(".repeat(100_000)).unwrap_err().message;
        assert_eq!(message, "the expression is longer than 4096 bytes");
    };
    // Half of what a thread has by default, without optimisation.
    let small = thread::Builder::new().stack_size(1 << 20);
    small.spawn(work).unwrap().join().unwrap();
}

#[test]
fn loops_are_bounded_together() {
    let items = |count: usize| format!("[{}]", vec!["1"; count].join(","));
    let nested = |count: usize| {
        let items = items(count);
        format!("size({items}.map(x, {items}.map(y, x * y)))")
    };
    assert_eq!(read(&nested(99)).evaluate(&known()), Ok(json!(99)));
    let over = [
        nested(100),
        format!("{}true{}", "[1,2,3].all(x, ".repeat(20), ")".repeat(20)),
        format!("{}false{}", "[1,2,3].exists(x, ".repeat(20), ")".repeat(20)),
        format!("{}1{}", "[1,2,3].map(x, ".repeat(20), ")".repeat(20)),
    ];
    for text in &over {
        let mistake = read(text).evaluate(&known()).unwrap_err();
        let expected = "the loops of this expression take more than 10000 turns";
        assert_eq!(mistake.message, expected);
    }
}
