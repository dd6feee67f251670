use super::*;
use crate::parse;

const PIPELINE: &str = r#"
mlhost = 1
name = "p"

[data.d]
path = "d.csv"

[steps.validate]
plugin = "validate"
input = "d"

[steps.tree]
plugin = "tree"
input = "validate"
for_each = { max_depth = [2, 4] }

[steps.choose]
switch = [{ step = "validate" }]
"#;

fn parsed(text: &str) -> Result<Faults, String> {
    let pipeline = parse(Source::new("pipeline.toml", PIPELINE), &[]).unwrap();
    let source = Source::new("faults.toml", text);
    parse_faults(source, &pipeline).map_err(|diagnostics| diagnostics.to_string())
}

#[test]
fn faults_are_read() {
    let text = "[steps.validate]\nfail = 2\nkind = \"transient\"\nmessage = \"busy\"\n\
                [steps.\"tree[2]\"]\nhang = \"always\"\nat = \"end\"\n\
                [steps.tree]\ncrash = true\n";
    let faults = parsed(text).unwrap();
    let words: Vec<_> = faults
        .iter()
        .map(|(step, fault)| format!("{step} {fault}: {}", fault.message))
        .collect();
    assert_eq!(
        words,
        [
            "validate fails 2 times (transient): busy",
            "tree[2] hangs always when its work is done: this fault was asked for",
            "tree crashes the host: this fault was asked for",
        ]
    );
    let fault = &faults["validate"];
    assert_eq!(
        [1, 2, 3].map(|attempt| fault.strikes(attempt)),
        [true, true, false]
    );
    let json = serde_json::to_value(fault).unwrap();
    assert_eq!(serde_json::from_value::<Fault>(json).unwrap(), *fault);
}

#[test]
fn every_mistake_is_told_at_its_place() {
    let text = "[step.x]\n[steps.valdiate]\nfail = 1\n[steps.validate]\nfail = 0\nkidn = 1\n\
                [steps.tree]\nfail = \"often\"\nkind = \"transcient\"\n[steps.choose]\nhang = 1\n\
                kind = \"trap\"\n[steps.\"tree[1]\"]\nat = \"middle\"\n\
                [steps.\"tree[2]\"]\nfail = 1\ncrash = true\n[steps.\"tree[3]\"]\ncrash = 1\n";
    insta::assert_snapshot!(parsed(text).unwrap_err());
}
