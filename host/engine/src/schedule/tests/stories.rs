//! Single runs in which something is easily got wrong.

use std::fmt::Write;

use proptest::{
    sample::Index,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

use super::course::{Choices, Course};
use crate::StepStatus;

const HEAD: &str = "mlhost = 1\nname = \"p\"\n[data.d]\npath = \"d.csv\"\n";

fn index() -> Index {
    let mut runner = TestRunner::deterministic();
    let tree = proptest::prelude::any::<Index>().new_tree(&mut runner);
    tree.map(|tree| tree.current())
        .unwrap_or_else(|reason| panic!("{reason}"))
}

/// A run in which every step is done, with this metric.
fn course(text: &str, word: u8) -> Course {
    let choices = Choices {
        outcomes: vec![(word, index())],
        stop_after: None,
    };
    Course::new(text, choices)
}

fn refused(text: &str) -> String {
    let source = mlhost_pipeline::Source::new("pipeline.toml", text);
    match mlhost_pipeline::parse(source, &[]) {
        Ok(_) => panic!("it may run\n{text}"),
        Err(mistakes) => mistakes.to_string(),
    }
}

fn step(name: &str, more: &str) -> String {
    format!("[steps.{name}]\nplugin = \"validate\"\ninput = \"d\"\n{more}\n")
}

#[test]
fn nothing_waits_for_what_comes_last() {
    let last = step("last", "finally = true");
    for (name, first) in [
        ("asked", step("first", "when = \"last.outcome == 'done'\"")),
        (
            "called",
            step("first", "") + &step("tell", "finally = true\non_failure = \"first\""),
        ),
        (
            "picked",
            step("first", "")
                + "[steps.choose]\nswitch = [{ when = \"last.rows > 0\", step = \"first\" }]\n",
        ),
    ] {
        let said = refused(&format!("{HEAD}{first}{last}"));
        assert!(
            said.contains("step `first` needs `")
                && said.contains("make `first` a `finally` step too"),
            "{name}: {said}"
        );
    }
}

#[test]
fn a_failure_among_the_last_steps_keeps_none_of_them_from_running() {
    let text = format!(
        "{HEAD}{}{}{}",
        step("first", ""),
        step("tell", "finally = true\nwhen = \"first.nothing > 1.0\""),
        step("clean", "finally = true"),
    );
    let (ended, _) = course(&text, 255).run();
    assert_eq!(ended["tell"], StepStatus::Failed);
    assert_eq!(ended["clean"], StepStatus::Done);
}

#[test]
fn a_loop_of_which_nothing_can_be_selected_ends_the_run_and_fails_no_step() {
    let text = format!(
        "{HEAD}{}{}{}{}",
        step(
            "grid",
            "for_each = { a = [1, 2] }\nselect = { metric = \"judge.nothing\", best = \"max\" }"
        ),
        step("judge", "after = [\"grid\"]\ngate.m.minimum = 0"),
        step("next", "after = [\"grid\"]"),
        step("clean", "finally = true"),
    );
    let (ended, begun) = course(&text, 255).run();
    assert_eq!(ended["grid[1]"], StepStatus::Done);
    assert_eq!(ended["clean"], StepStatus::Done);
    assert!(!begun.contains(&"next".to_owned()), "{begun:?}");
}

#[test]
fn a_loop_does_not_wait_for_itself() {
    let text = format!(
        "{HEAD}[steps.tree]\nplugin = \"tree\"\ninput = \"d\"\nfor_each = {{ x = [1, 2] }}\n\
         select = {{ metric = \"judge.m\", best = \"max\" }}\n\
         [steps.judge]\nplugin = \"evaluate\"\ninput = {{ model = \"tree\", data = \"d\" }}\n\
         after = [\"choose\"]\n{}{}\
         [steps.choose]\nswitch = [{{ when = \"tree.rows > 1\", step = \"one\" }}, {{ step = \"two\" }}]\n",
        step("one", ""),
        step("two", ""),
    );
    let said = refused(&text);
    assert!(
        said.contains("step `one` waits for the loop of step `tree`, and the loop for step `one`"),
        "{said}"
    );
}

#[test]
fn a_switch_picks_nothing_inside_a_loop() {
    let text = format!(
        "{HEAD}[params]\nyes = true\n\
         [steps.tree]\nplugin = \"tree\"\ninput = \"d\"\nfor_each = {{ x = [1, 2] }}\n\
         select = {{ metric = \"judge.m\", best = \"max\" }}\n\
         [steps.other]\nplugin = \"tree\"\ninput = \"d\"\n\
         [steps.choose]\nswitch = [{{ when = \"params.yes\", step = \"tree\" }}, {{ step = \"other\" }}]\n\
         [steps.judge]\nplugin = \"evaluate\"\ninput = {{ model = \"choose\", data = \"d\" }}\n",
    );
    let said = refused(&text);
    assert!(
        said.contains(
            "step `judge` is in the loop of step `tree`, and takes what `choose` picks there"
        ),
        "{said}"
    );
}

#[test]
fn a_repetition_ends_when_it_is_good_enough() {
    let text = format!(
        "{HEAD}[steps.tree]\nplugin = \"tree\"\ninput = \"d\"\n\
         repeat = {{ until = \"judge.m > 0.5\", limit = 4 }}\n\
         [steps.judge]\nplugin = \"evaluate\"\ninput = {{ model = \"tree\", data = \"d\" }}\n"
    );
    let (ended, _) = course(&text, 255).run();
    let names: Vec<_> = ended.keys().map(String::as_str).collect();
    assert_eq!(names, ["judge[1]", "tree[1]"]);
    let (ended, begun) = course(&text, 2).run();
    assert_eq!(ended.len(), 8);
    assert_eq!(begun.first().map(String::as_str), Some("tree[1]"));
    assert_eq!(begun.last().map(String::as_str), Some("judge[4]"));
    assert!(ended.values().all(|status| *status == StepStatus::Done));
}

#[test]
fn a_large_plan_is_gone_through() {
    let mut text = HEAD.to_owned();
    for number in 0..500 {
        let after = match number {
            0 => String::new(),
            1 => "after = [\"s0\"]".to_owned(),
            _ => format!("after = [\"s{}\", \"s{}\"]", number - 1, number / 2),
        };
        text.push_str(&step(&format!("s{number}"), &after));
    }
    let (ended, _) = course(&text, 255).run();
    assert_eq!(ended.len(), 500);
}

#[test]
fn a_long_loop_is_gone_through() {
    let mut text = HEAD.to_owned();
    let values: Vec<String> = (0..2000).map(|value| value.to_string()).collect();
    let _ = write!(
        text,
        "[steps.tree]\nplugin = \"tree\"\ninput = \"d\"\nfor_each = {{ x = [{}] }}\n",
        values.join(", ")
    );
    let (ended, _) = course(&text, 255).run();
    assert_eq!(ended.len(), 2000);
}
