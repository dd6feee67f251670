//! A tag that is added only where there is none, in a registry that cannot be asked for that: the
//! distribution specification has no conditional requests, and the last of several manifests under
//! one tag wins, whatever the others were told.
//!
//! So it is Fischer's algorithm for mutual exclusion (in Lamport, "A Fast Mutual Exclusion
//! Algorithm", 1987): who finds no tag writes theirs, lets it settle, and has won if it is still
//! theirs. It decides for one of any number of publishers as long as none of them takes longer from
//! its question to its tag than another one waits.

use std::time::{Duration, Instant};

use oci_client::Reference;

use super::{
    connection::{Connection, Failure, Outcome},
    image::Image,
    retry::{WAITS, is_transient},
};

/// How long a tag settles at least. A registry takes a manifest in a fraction of a second.
const SETTLING: Duration = Duration::from_secs(3);
/// Where a registry is slow, it is slow for others too: so many times what it has taken.
const MARGIN: u32 = 4;

/// Adds a tag, unless there is one. Whether it is this image's in the end.
pub(super) async fn add_tag(
    connection: &Connection,
    reference: &Reference,
    image: &Image,
) -> Outcome<bool> {
    let Some(took) = try_to_tag(connection, reference, image).await? else {
        return Ok(false);
    };
    tokio::time::sleep(SETTLING.max(took * MARGIN)).await;
    match connection.manifest(reference).await? {
        Some((_, digest)) => Ok(digest == image.digest),
        None => Err(Failure::Content("it is not there afterwards".to_owned())),
    }
}

/// Writes the tag where there is none, and tells how long that took from the question on; nothing,
/// where there is one. Each attempt asks anew: while it waited, somebody may have been faster.
async fn try_to_tag(
    connection: &Connection,
    reference: &Reference,
    image: &Image,
) -> Outcome<Option<Duration>> {
    let mut waits = WAITS.into_iter();
    loop {
        let asked = Instant::now();
        match connection.manifest(reference).await? {
            None => {}
            // An attempt whose answer did not arrive.
            Some((_, digest)) if digest == image.digest => return Ok(Some(asked.elapsed())),
            Some(_) => return Ok(None),
        }
        match connection.try_to_tag(reference, image).await {
            Ok(()) => return Ok(Some(asked.elapsed())),
            Err(error) if is_transient(&error) => match waits.next() {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        }
    }
}
