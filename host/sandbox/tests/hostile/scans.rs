//! What a trainer can do with the dataset that it is lent.

use crate::{
    attack::{Attack, short},
    entry::Entry,
};

pub(crate) fn attacks() -> Vec<Attack> {
    vec![
        Attack::rust_with("endless-scan", Entry::Fit, short()),
        Attack::rust_with("scan-for-ever", Entry::Fit, short()),
        Attack::rust("many-scans", Entry::Fit),
        Attack::rust("kept-scans", Entry::Fit),
        Attack::rust("scan-beyond-the-end", Entry::Fit),
    ]
}
