//! Examples say what they lack.

use mlhost_authoring::Example;

#[test]
fn mistakes_in_examples_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.csv");
    std::fs::write(rows, "x\n1\n").unwrap();
    let mut told = String::new();
    for text in [
        "with = { a = 1 }\n",
        "inputs = \"rows.csv\"\n",
        "input = \"rows.csv\"\nreference = \"rows.csv\"\n",
        "reference = \"rows.csv\"\n",
        "input = \"nowhere.csv\"\n",
        "input = \"rows.txt\"\n",
        "input = \"rows.csv\"\n[expect]\nverdicts = \"passed\"\n",
    ] {
        let path = folder.path().join("example.toml");
        std::fs::write(&path, text).unwrap();
        let error = Example::read(&path).unwrap_err().to_string();
        let error = error.replace(&folder.path().display().to_string(), "[folder]");
        told.push_str(&format!("{text}=> {error}\n\n"));
    }
    insta::assert_snapshot!(told);
}
