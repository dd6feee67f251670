//! A tree as bytes: the same tree afterwards, and no other bytes are a tree.

use mlhost_tree::criterion::SquaredError;
use mlhost_tree::grow::{Limits, grow};
use mlhost_tree::model::{Node, Tree};

use crate::feature;

#[test]
fn a_tree_survives_its_bytes() {
    let features = [feature(&[1.0, 2.0, 3.0, 4.0, 5.0])];
    let tree = grow(
        &features,
        vec![1.0, 1.0, 2.0, 7.0, 9.0],
        &SquaredError::around(4.0),
        &Limits::default(),
    );
    let bytes = postcard::to_stdvec(&tree).unwrap();
    assert_eq!(postcard::from_bytes::<Tree>(&bytes).unwrap(), tree);
}

#[test]
fn nodes_that_refer_to_what_is_not_there_are_refused() {
    let leaf = Node::Leaf { value: 0 };
    let split = |feature, left, right| Node::Split {
        feature,
        threshold: 0.0,
        left,
        right,
    };
    let sound = (
        vec![split(0, 1, 2), leaf, leaf],
        vec![1.0],
        1_usize,
        vec![1.0],
    );
    assert!(postcard::from_bytes::<Tree>(&postcard::to_stdvec(&sound).unwrap()).is_ok());

    let damaged = [
        // No root, nothing to predict, half a prediction.
        (vec![], vec![1.0], 1_usize, vec![1.0]),
        (vec![leaf], vec![], 0, vec![1.0]),
        (vec![leaf], vec![1.0; 3], 2, vec![1.0]),
        // A leaf, a feature, a child that does not exist.
        (vec![Node::Leaf { value: 1 }], vec![1.0], 1, vec![1.0]),
        (vec![split(1, 1, 2), leaf, leaf], vec![1.0], 1, vec![1.0]),
        (vec![split(0, 1, 3), leaf, leaf], vec![1.0], 1, vec![1.0]),
        // A path without an end.
        (vec![split(0, 1, 0), leaf], vec![1.0], 1, vec![1.0]),
    ];
    for parts in damaged {
        let bytes = postcard::to_stdvec(&parts).unwrap();
        assert!(
            postcard::from_bytes::<Tree>(&bytes).is_err(),
            "{parts:?} was taken"
        );
    }
}
