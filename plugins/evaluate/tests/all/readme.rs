//! The README says what the package takes.

use mlhost_evaluate::Params;

#[test]
fn the_readme_has_the_parameters() {
    let folder = env!("CARGO_MANIFEST_DIR");
    mlhost_plugin::testing::readme_has_parameters::<Params>(folder).unwrap();
}
