//! Random pipelines with random outcomes: whatever happens, every step ends once or is never
//! started, in an order that the pipeline allows, and the run comes to its end.

mod course;
mod stories;

use std::fmt::Write;

use proptest::{collection::vec, prelude::*};

use course::{Choices, Course};

/// A step of a random pipeline as numbers: what they mean depends on the steps before it.
#[derive(Clone, Debug)]
struct Random {
    form: u8,
    inputs: Vec<prop::sample::Index>,
    condition: Option<(u8, prop::sample::Index)>,
    on_failure: u8,
    called: prop::sample::Index,
    lenient: bool,
    finally: bool,
    max_parallel: u8,
}

fn random_step() -> impl Strategy<Value = Random> {
    (
        0u8..10,
        vec(any::<prop::sample::Index>(), 0..3),
        prop::option::weighted(0.3, (0u8..6, any::<prop::sample::Index>())),
        0u8..4,
        any::<prop::sample::Index>(),
        any::<bool>(),
        prop::bool::weighted(0.15),
        0u8..4,
    )
        .prop_map(|random| Random {
            form: random.0,
            inputs: random.1,
            condition: random.2,
            on_failure: random.3,
            called: random.4,
            lenient: random.5,
            finally: random.6,
            max_parallel: random.7,
        })
}

/// The text of a pipeline. Each step refers to earlier ones alone, but for what follows a failure,
/// which comes later, so that there are no cycles.
fn pipeline(steps: &[Random]) -> String {
    let mut text =
        "mlhost = 1\nname = \"random\"\n[params]\nyes = true\n[data.d]\npath = \"d.csv\"\n"
            .to_owned();
    // Write to a string cannot fail.
    let mut names: Vec<(String, bool)> = Vec::new();
    let mut plain: Vec<String> = Vec::new();
    let is_loop = |step: &Random| step.form >= 6 && !step.finally;
    for (number, step) in steps.iter().enumerate() {
        let name = format!("s{number}");
        // What is to run last is needed by such steps alone.
        let usable: Vec<&String> = names
            .iter()
            .filter(|(_, finally)| step.finally || !finally)
            .map(|(name, _)| name)
            .collect();
        let mut after: Vec<&String> = step
            .inputs
            .iter()
            .filter(|_| !usable.is_empty())
            .map(|index| *index.get(&usable))
            .collect();
        after.sort();
        after.dedup();
        let plugin = if is_loop(step) { "tree" } else { "validate" };
        let _ = write!(
            text,
            "[steps.{name}]\nplugin = \"{plugin}\"\ninput = \"d\"\n"
        );
        let list: Vec<_> = after.iter().map(|name| format!("\"{name}\"")).collect();
        let on = if step.lenient { "any" } else { "done" };
        let _ = writeln!(
            text,
            "after = {{ steps = [{}], on = \"{on}\" }}",
            list.join(", ")
        );
        if let Some((kind, index)) = &step.condition {
            let other = (!plain.is_empty()).then(|| index.get(&plain));
            let other = other.filter(|other| usable.contains(other));
            let condition = match (kind, other) {
                (0, _) => "params.yes".to_owned(),
                (1, _) | (_, None) => "!params.yes".to_owned(),
                (2, Some(other)) => format!("{other}.outcome == 'done'"),
                (3, Some(other)) => format!("{other}.outcome != 'done'"),
                // Of a step that was skipped there is none, so that this one fails.
                (4, Some(other)) => format!("{other}.m > 0.5"),
                (_, Some(other)) => format!("{other}.verdict == 'passed'"),
            };
            let _ = writeln!(text, "when = \"{condition}\"");
        }
        // One that comes later, and may come before the end if this one does.
        let later = || {
            let later: Vec<_> = (number + 1..steps.len())
                .filter(|other| !is_loop(&steps[*other]))
                .filter(|other| !step.finally || steps[*other].finally)
                .collect();
            (!later.is_empty()).then(|| *step.called.get(&later))
        };
        match (step.on_failure, later()) {
            (0, _) => {}
            (3, Some(called)) => {
                let _ = writeln!(text, "on_failure = \"s{called}\"");
            }
            _ => text.push_str("on_failure = \"continue\"\n"),
        }
        if step.finally {
            text.push_str("finally = true\n");
        }
        if is_loop(step) {
            let judge = format!("j{number}");
            let most = match step.max_parallel {
                0 => String::new(),
                most => format!("max_parallel = {most}\n"),
            };
            // A loop over two steps, neither of which needs the other.
            let is_group = step.form == 9;
            match step.form {
                9 => {}
                6 => {
                    let _ = write!(text, "for_each = {{ x = [1, 2, 3] }}\n{most}");
                }
                7 => text.push_str(&format!(
                    "repeat = {{ until = \"{judge}.m > 0.7\", limit = 3 }}\n"
                )),
                _ => {
                    let _ = write!(
                        text,
                        "for_each = {{ x = [1, 2, 3, 4] }}\n{most}\
                         select = {{ metric = \"{judge}.m\", best = \"max\" }}\n"
                    );
                }
            }
            if step.form > 6 {
                let gate = if step.lenient {
                    "gate.m = { minimum = 0.1 }\n"
                } else {
                    ""
                };
                let more = if step.on_failure == 0 {
                    ""
                } else {
                    "on_failure = \"continue\"\n"
                };
                let _ = write!(
                    text,
                    "[steps.{judge}]\nplugin = \"evaluate\"\n\
                     input = {{ model = \"{name}\", data = \"d\" }}\n{gate}{more}"
                );
                if is_group {
                    let _ = write!(
                        text,
                        "after = [\"t{number}\"]\n\
                         [steps.t{number}]\nplugin = \"tree\"\ninput = \"d\"\n\
                         [steps.g{number}]\nsteps = [\"{name}\", \"t{number}\"]\n\
                         for_each = {{ x = [1, 2, 3, 4] }}\n{most}\
                         select = {{ metric = \"{judge}.m\", best = \"max\" }}\n"
                    );
                }
                names.push((judge, false));
            }
        } else if !step.finally {
            plain.push(name.clone());
        }
        names.push((name, step.finally));
    }
    switched(&mut text, &plain);
    text
}

/// A switch between the first two steps, if nothing is in the way, and a step that takes it.
fn switched(text: &mut String, plain: &[String]) {
    if let [first, second, ..] = plain {
        let _ = write!(
            text,
            "[steps.choose]\nswitch = [{{ when = \"!params.yes\", step = \"{first}\" }}, \
             {{ step = \"{second}\" }}]\n\
             [steps.last]\nplugin = \"validate\"\ninput = \"choose\"\non_failure = \"continue\"\n"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn every_run_comes_to_its_end(
        steps in vec(random_step(), 1..9),
        outcomes in vec(any::<(u8, prop::sample::Index)>(), 1..60),
        stop_after in prop::option::weighted(0.2, 0usize..20),
    ) {
        let text = pipeline(&steps);
        let course = Course::new(&text, Choices { outcomes, stop_after });
        course.run();
    }
}
