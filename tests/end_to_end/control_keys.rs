//! Every key of control flow is in at least two stories of `tests/control`, and its wrong use in a
//! scenario of `tests/scenarios`. Which keys there are, the host says: where it finds one that it does
//! not know, it lists those that it does.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use toml::{Table, Value};

use crate::support::{Scene, root};

/// Every section of a pipeline with a key that none has. The included file comes alone: nothing
/// else is read when it has a mistake.
const PROBES: [&str; 2] = [
    r#"mlhost = 1
name = "probe"
zzzz = 1
trigger = { watch = true, zzzz = 1 }

[data.d]
path = "d.csv"

[steps.plain]
plugin = "tree"
input = "d"
zzzz = 1
retry = { limit = 1, zzzz = 1 }
after = { steps = [], zzzz = 1 }
for_each = { x = { in = "[1]", limit = 1, zzzz = 1 } }
select = { metric = "judge.r2", zzzz = 1 }

[steps.judge]
plugin = "evaluate"
input = { model = "plain", data = "d" }
folds = { count = 2, zzzz = 1 }

[steps.again]
plugin = "tree"
input = "d"
repeat = { until = "again.rows > 1", limit = 2, zzzz = 1 }

[steps.choose]
zzzz = 1
switch = [{ step = "plain", zzzz = 1 }]

[steps.tell]
webhook = "https://hooks.example.com/"
zzzz = 1

[steps.both]
steps = ["judge"]
for_each = { y = [1] }
zzzz = 1
"#,
    r#"mlhost = 1
name = "probe"

[steps.part]
pipeline = "part.toml"
zzzz = 1
"#,
];

/// What a section is called in messages, and here.
const SECTIONS: [(&str, &str); 14] = [
    ("the pipeline", "top"),
    ("`trigger`", "trigger"),
    ("step `plain`", "step"),
    ("`retry` in step `plain`", "retry"),
    ("`after` in step `plain`", "after"),
    ("`x` of `for_each` in step `plain`", "list"),
    ("`select` in step `plain`", "select"),
    ("`folds` in step `judge`", "folds"),
    ("`repeat` in step `again`", "repeat"),
    ("step `choose`", "choice"),
    ("case 1 of `switch` in step `choose`", "case"),
    ("step `tell`", "notification"),
    ("step `both`", "group"),
    ("step `part`", "included"),
];

/// Keys that are about something else: what is read, learned, kept and allowed.
const OTHERS: [&str; 14] = [
    "top.mlhost",
    "top.name",
    "top.seed",
    "top.data",
    "top.steps",
    "top.limits",
    "top.retention",
    "step.plugin",
    "step.input",
    "step.with",
    "step.register",
    "step.gate",
    "step.limits",
    "step.allow",
];

/// What is said by a value, and not by a key.
const VALUES: [&str; 13] = [
    "retry.policy=transient",
    "retry.policy=always",
    "retry.policy=never",
    "retry.jitter=full",
    "retry.jitter=none",
    "select.best=max",
    "select.best=min",
    "folds.by=time",
    "folds.by=hash",
    "step.on_failure=stop",
    "step.on_failure=continue",
    "step.on_failure=…",
    "trigger.on=drift",
];

/// What is put over a pipeline from outside.
const OPTIONS: [&str; 5] = ["--param", "--set", "--patch", "--profile", "patch.remove"];

/// The fewest stories of each.
const FEWEST: usize = 2;

#[test]
fn every_key_has_two_stories_and_a_wrong_use() {
    let keys = known_keys();
    assert!(keys.len() > 60, "{keys:?}");
    for other in OTHERS {
        assert!(keys.contains(other), "there is no key `{other}`");
    }
    let stories = used(&root().join("tests/control"));
    let scenarios = used(&root().join("tests/scenarios"));
    let mut missing = Vec::new();
    let keys = keys.iter().map(String::as_str);
    let keys = keys.filter(|key| !OTHERS.contains(key)).chain(OPTIONS);
    for key in keys.clone().chain(VALUES) {
        let count = stories.get(key).map_or(0, BTreeSet::len);
        if count < FEWEST {
            missing.push(format!("`{key}` is in {count} stories"));
        }
    }
    for key in keys {
        let wrong = scenarios.get(key).into_iter().flatten();
        if !wrong.into_iter().any(|scenario| blames(scenario, key)) {
            missing.push(format!("no scenario has a wrong use of `{key}`"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// All keys of all sections, as `section.key`.
fn known_keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut sections = Vec::new();
    for probe in PROBES {
        let scene = Scene::new();
        scene.write("pipeline.toml", probe);
        scene.write("part.toml", PROBES[0]);
        let said = scene.host("check pipeline.toml").expect_code(1).stderr;
        let mut section = None;
        for line in said.lines() {
            if let Some(title) = line.strip_prefix("error: unknown key `zzzz` in ") {
                let known = SECTIONS.iter().find(|(called, _)| *called == title);
                let (_, name) = known.unwrap_or_else(|| panic!("unknown section `{title}`"));
                section = Some(*name);
                sections.push(*name);
            } else if let (Some(list), Some(section)) =
                (line.strip_prefix("hint: known keys: "), section)
            {
                let list = list.split(", ").map(|key| key.trim_matches('`'));
                keys.extend(list.map(|key| format!("{section}.{key}")));
            }
        }
    }
    for (_, section) in SECTIONS {
        assert!(
            sections.contains(&section),
            "nothing is said of `{section}`"
        );
    }
    keys
}

/// Which folders have which keys, values and options.
fn used(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("an entry").path();
        if !path.join("pipeline.toml").is_file() {
            continue;
        }
        let mut found = Found(BTreeSet::new());
        for entry in fs::read_dir(&path).expect("the folder can be listed") {
            let file = entry.expect("an entry").path();
            let Ok(text) = fs::read_to_string(&file) else {
                continue;
            };
            match file.extension().and_then(|end| end.to_str()) {
                Some("toml") if !file.ends_with("faults.toml") => {
                    // What is no TOML is the mistake of the scenario.
                    if let Ok(table) = text.parse::<Table>() {
                        found.pipeline(&table);
                    }
                }
                Some("txt") if !file.ends_with("expected.txt") => {
                    let words = text.split_whitespace();
                    let options = words.filter(|word| OPTIONS.contains(word));
                    found.0.extend(options.map(str::to_owned));
                }
                _ => {}
            }
        }
        for key in found.0 {
            all.entry(key)
                .or_default()
                .insert(path.display().to_string());
        }
    }
    all
}

/// Whether a scenario says what is wrong with a key: in its message, or in the line that it underlines.
fn blames(scenario: &str, key: &str) -> bool {
    let said = fs::read_to_string(Path::new(scenario).join("expected.txt")).unwrap_or_default();
    if key.starts_with("--") {
        // It comes from outside, and whatever is told is told of it.
        return !said.is_empty();
    }
    let name = key.rsplit('.').next().unwrap_or(key);
    let lines: Vec<&str> = said.lines().collect();
    let has_word = |line: &str| {
        let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.any(|word| word == name)
    };
    let in_message = lines.iter().filter(|line| line.starts_with("error: "));
    let underlined = lines.windows(2).filter(|pair| pair[1].contains('^'));
    in_message
        .into_iter()
        .any(|line| line.contains(&format!("`{name}`")))
        || underlined.into_iter().any(|pair| has_word(pair[0]))
}

/// What a story has.
struct Found(BTreeSet<String>);

impl Found {
    fn pipeline(&mut self, table: &Table) {
        self.section("top", table);
        if table.contains_key("remove") {
            self.0.insert("patch.remove".to_owned());
        }
        let triggers = match table.get("trigger") {
            Some(Value::Array(triggers)) => triggers.iter().collect(),
            Some(trigger) => vec![trigger],
            None => vec![],
        };
        for trigger in triggers.into_iter().filter_map(Value::as_table) {
            self.section("trigger", trigger);
        }
        for step in tables(table, "steps") {
            self.step(step);
        }
        for profile in tables(table, "profiles") {
            self.pipeline(profile);
        }
    }

    fn step(&mut self, step: &Table) {
        let kinds = [
            ("pipeline", "included"),
            ("switch", "choice"),
            ("webhook", "notification"),
            ("steps", "group"),
        ];
        let kind = kinds.into_iter().find(|(key, _)| step.contains_key(*key));
        self.section(kind.map_or("step", |(_, kind)| kind), step);
        for key in ["retry", "after", "select", "folds", "repeat"] {
            if let Some(table) = step.get(key).and_then(Value::as_table) {
                self.section(key, table);
            }
        }
        let lists = tables(step, "for_each").chain(tables(step, "zip"));
        for list in lists {
            self.section("list", list);
        }
        let cases = step.get("switch").and_then(Value::as_array);
        for case in cases.into_iter().flatten().filter_map(Value::as_table) {
            self.section("case", case);
        }
    }

    fn section(&mut self, section: &str, table: &Table) {
        for (key, value) in table {
            self.0.insert(format!("{section}.{key}"));
            let Some(value) = value.as_str() else {
                continue;
            };
            let value = match (key.as_str(), value) {
                ("on_failure", "stop" | "continue") => value,
                ("on_failure", _) => "…",
                _ => value,
            };
            self.0.insert(format!("{section}.{key}={value}"));
        }
    }
}

/// The tables under a key that are tables themselves.
fn tables<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    let inner = table.get(key).and_then(Value::as_table).into_iter();
    inner
        .flat_map(|inner| inner.values())
        .filter_map(Value::as_table)
}
