//! Debian's `docker-registry`, on this machine, for one test.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// After this long a registry does not start, and its test fails.
const PATIENCE: Duration = Duration::from_secs(60);

const PROGRAM: &str = "docker-registry";

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The user that a registry with credentials knows.
pub(super) const USER: &str = "ada";
pub(super) const PASSWORD: &str = "open sesame";
/// Both as `htpasswd -B` writes them.
const HTPASSWD: &str = "ada:$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n";

/// A registry, which ends with its test.
pub(super) struct Registry {
    folder: TempDir,
    address: SocketAddr,
    process: Option<Child>,
}

impl Registry {
    /// One that serves everybody.
    pub(super) fn start() -> Self {
        Self::start_with("")
    }

    /// One that wants to know who asks.
    pub(super) fn start_with_credentials() -> Self {
        Self::start_with("auth:\n  htpasswd:\n    realm: test\n    path: FOLDER/htpasswd\n")
    }

    fn start_with(settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = free_address();
        let path = folder.path().display().to_string();
        let configuration = format!(
            "version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\n\
             storage:\n  filesystem:\n    rootdirectory: {path}/data\n\
             http:\n  addr: {address}\n{}",
            settings.replace("FOLDER", &path)
        );
        fs::write(folder.path().join("config.yml"), configuration).expect("the configuration");
        fs::write(folder.path().join("htpasswd"), HTPASSWD).expect("the users");
        let mut registry = Self {
            folder,
            address,
            process: None,
        };
        registry.begin();
        registry
    }

    /// Starts it, again if it was stopped: at the same address, with what it had.
    pub(super) fn begin(&mut self) {
        let child = Command::new(PROGRAM)
            .arg("serve")
            .arg(self.folder.path().join("config.yml"))
            .env("OTEL_TRACES_EXPORTER", "none")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.log()).expect("a log"))
            .spawn();
        let child = child.unwrap_or_else(|error| {
            panic!(
                "`{PROGRAM}` cannot be started ({error}): this test needs a real registry, which \
                 `apt-get install docker-registry` installs"
            )
        });
        let child = self.process.insert(child);
        let start = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let is_over = !matches!(child.try_wait(), Ok(None)) || start.elapsed() > PATIENCE;
            if is_over {
                let log = fs::read_to_string(self.log()).unwrap_or_default();
                panic!("`{PROGRAM}` does not answer at {}:\n{log}", self.address);
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    pub(super) fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// `127.0.0.1:5000`
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// The configuration of a project that uses it.
    pub(super) fn configuration(&self) -> String {
        configuration(&self.address())
    }

    /// What it answers to a request.
    fn ask(&self, request: &str, headers: &str, body: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        let request = format!(
            "{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n{body}",
            self.address
        );
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = vec![];
        stream.read_to_end(&mut answer).expect("an answer");
        answer
    }

    /// What it has at this path.
    pub(super) fn get_json(&self, path: &str) -> Value {
        let accept = format!("Accept: {MANIFEST}\r\n");
        let mut answer = self.ask(&format!("GET {path}"), &accept, "");
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        let body = answer.split_off(end.expect("a head") + 4);
        serde_json::from_slice(&body).expect("JSON")
    }

    /// Puts a manifest at this path, as anybody could.
    pub(super) fn put_manifest(&self, path: &str, manifest: &Value) {
        let body = manifest.to_string();
        let headers = format!(
            "Content-Type: {MANIFEST}\r\nContent-Length: {}\r\n",
            body.len()
        );
        let answer = self.ask(&format!("PUT {path}"), &headers, &body);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }

    /// Where it keeps its blobs.
    pub(super) fn blob(&self, digest: &str) -> PathBuf {
        let digits = digest.trim_start_matches("sha256:");
        let blobs = self
            .folder
            .path()
            .join("data/docker/registry/v2/blobs/sha256");
        blobs
            .join(Path::new(&digits[..2]))
            .join(digits)
            .join("data")
    }

    /// Takes away the tag of a version of `acme:clip`, behind everybody's back.
    pub(super) fn forget(&self, version: &str) {
        let tags = "data/docker/registry/v2/repositories/plugins/acme/clip/_manifests/tags";
        fs::remove_dir_all(self.folder.path().join(tags).join(version)).expect("the tag");
    }
}

/// An address that nobody listens at, and that no outgoing connection gets: those have ports from
/// 32768 on. It stays free while a registry is down.
fn free_address() -> SocketAddr {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let process = std::process::id() as usize;
    for _ in 0..10_000 {
        let step = NEXT.fetch_add(1, Ordering::SeqCst);
        let port = 20_000 + (process * 100 + step) % 10_000;
        let port = u16::try_from(port).expect("a port");
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return listener.local_addr().expect("an address");
        }
    }
    panic!("no port is free");
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The configuration of a project whose registry `team` is at this address.
pub(super) fn configuration(address: &str) -> String {
    format!("[registries.team]\noci = \"{address}/plugins\"\nnamespaces = [\"acme\"]\n")
}

/// Something in front of a registry that breaks off the first connections.
pub(super) struct Unsteady {
    pub(super) address: String,
    connections: Arc<AtomicUsize>,
}

impl Unsteady {
    pub(super) fn before(registry: &Registry, broken: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let behind = registry.address;
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Dropped, the connection breaks off.
                if count.fetch_add(1, Ordering::SeqCst) >= broken {
                    thread::spawn(move || join(stream, behind));
                }
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// How many connections there were.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Carries bytes both ways until both sides have ended.
fn join(front: TcpStream, behind: SocketAddr) {
    let Ok(back) = TcpStream::connect(behind) else {
        return;
    };
    let (Ok(mut front_in), Ok(mut back_out)) = (front.try_clone(), back.try_clone()) else {
        return;
    };
    let there = thread::spawn(move || {
        let _ = std::io::copy(&mut front_in, &mut back_out);
        let _ = back_out.shutdown(std::net::Shutdown::Write);
    });
    let (mut front, mut back) = (front, back);
    let _ = std::io::copy(&mut back, &mut front);
    let _ = front.shutdown(std::net::Shutdown::Write);
    let _ = there.join();
}
