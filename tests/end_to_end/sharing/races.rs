//! Two who publish the same version at the same moment: one is told that it has, the other that it
//! has not, and what lies there is what the one has published.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::Child,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

use super::{
    Project, clip, key,
    registry::{Registry, configuration},
    replaced,
};
use crate::support::{Ended, Scene, finish};

/// Something in front of a registry that lets nobody tag a version before two want to, so that both
/// have found none; the second tag comes so much later.
struct Gate {
    address: String,
}

/// Who is waiting at a gate.
#[derive(Default)]
struct Waiting {
    count: Mutex<usize>,
    came: Condvar,
}

/// After this long a gate opens for one alone.
const PATIENCE: Duration = Duration::from_secs(60);

impl Gate {
    fn before(registry: &Registry, later: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let behind: SocketAddr = registry.address().parse().expect("an address");
        let waiting = Arc::new(Waiting::default());
        thread::spawn(move || {
            for front in listener.incoming().flatten() {
                let waiting = waiting.clone();
                thread::spawn(move || pass(front, behind, &waiting, later));
            }
        });
        Self { address }
    }
}

/// Carries what a client asks and a registry answers.
fn pass(mut front: TcpStream, behind: SocketAddr, waiting: &Waiting, later: Duration) {
    let Ok(mut back) = TcpStream::connect(behind) else {
        return;
    };
    let (Ok(mut answers), Ok(mut asker)) = (back.try_clone(), front.try_clone()) else {
        return;
    };
    thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut asker);
        let _ = asker.shutdown(std::net::Shutdown::Both);
    });
    let mut bytes = vec![0; 64 << 10];
    while let Ok(length @ 1..) = front.read(&mut bytes) {
        if bytes.starts_with(b"PUT /v2/plugins/acme/clip/manifests/1.") {
            waiting.for_another(later);
        }
        if back.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = back.shutdown(std::net::Shutdown::Both);
}

impl Waiting {
    /// Waits until an even number has come.
    fn for_another(&self, later: Duration) {
        let mut count = self.count.lock().expect("nobody panics");
        *count += 1;
        let own = *count;
        self.came.notify_all();
        if own % 2 == 1 {
            let is_alone = |count: &mut usize| *count == own;
            let waited = self.came.wait_timeout_while(count, PATIENCE, is_alone);
            drop(waited.expect("nobody panics"));
        } else {
            drop(count);
            thread::sleep(later);
        }
    }
}

/// The component of one of the two.
fn component(version: &str, author: usize) -> Vec<u8> {
    match author {
        0 => clip(version),
        _ => replaced(&clip(version), "behave well", "behave ill!"),
    }
}

/// Both publish this version, each its own component, and both have ended.
fn publish_at_once(authors: &[Project; 2], version: &str, options: &str) -> [Ended; 2] {
    let start = |author: usize| -> Child {
        let project = &authors[author];
        let path = project.scene.path("clip.wasm");
        fs::write(path, component(version, author)).expect("the component");
        let words = format!("plugin publish ./clip.wasm --registry team {options}");
        let mut command = project.command(words.split_whitespace());
        command.spawn().expect("the command starts")
    };
    [start(0), start(1)].map(finish)
}

/// Who was told that it has published, while the other was told that it has not.
fn winner(ended: &[Ended; 2], version: &str) -> usize {
    let codes = [ended[0].code, ended[1].code];
    let winner = match codes {
        [Some(0), Some(1)] => 0,
        [Some(1), Some(0)] => 1,
        _ => panic!("{codes:?}\n{}\n{}", ended[0].stderr, ended[1].stderr),
    };
    let told = &ended[1 - winner].stderr;
    let already = format!("has acme:clip@{version} already");
    assert!(told.contains(&already), "{told}");
    winner
}

#[test]
fn one_of_two_publishes_to_an_oci_registry() {
    let registry = Registry::start();
    for (round, later) in [0, 0, 5, 50, 300, 1000].into_iter().enumerate() {
        let version = format!("1.0.{round}");
        let gate = Gate::before(&registry, Duration::from_millis(later));
        let authors = [(); 2].map(|()| Project::new(&configuration(&gate.address)));
        let ended = publish_at_once(&authors, &version, "");
        let winner = winner(&ended, &version);
        let user = Project::new(&registry.configuration());
        let add = format!("plugin add acme:clip@{version}");
        user.host(&add).expect_code(0);
        let there = fs::read(user.cached(&version)).expect("the component");
        assert!(there == component(&version, winner), "{version}");
    }
}

#[test]
fn one_of_two_publishes_to_a_folder_and_its_signature_with_it() {
    let registry = Scene::new();
    let sign = format!("--sign {}", key("signer.pem"));
    let verify = format!("--verify {}", key("signer.pub"));
    for round in 0..10 {
        let version = format!("1.0.{round}");
        let authors = [(); 2].map(|()| Project::with_folder(&registry));
        let ended = publish_at_once(&authors, &version, &sign);
        let winner = winner(&ended, &version);
        let there = registry.path(&format!("acme/clip/{version}.wasm"));
        assert!(fs::read(there).expect("it") == component(&version, winner));
        let user = Project::with_folder(&registry);
        let add = format!("plugin add acme:clip@{version} {verify}");
        user.host(&add).expect_code(0);
    }
}
