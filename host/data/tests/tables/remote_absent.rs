//! Without the feature `remote`, whoever names a remote file is told so.

use crate::support::Folder;

#[test]
fn a_build_without_remote_files_says_so() {
    let folder = Folder::new();
    insta::assert_snapshot!(
        folder.refusal("s3://flights/2013.csv"),
        @"cannot read `s3://flights/2013.csv`: this build of the host reads files of this machine only"
    );
    assert!(
        folder
            .open("s3://flights/2013.csv")
            .err()
            .unwrap()
            .hint()
            .is_some()
    );
}
