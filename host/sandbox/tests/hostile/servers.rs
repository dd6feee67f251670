//! Servers on this machine, for requests that a step grants or does not.

use std::{
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

/// A server that answers one request, in a thread that ends with it.
pub(crate) struct Server {
    pub(crate) port: u16,
    answering: JoinHandle<()>,
}

impl Server {
    /// One that does this with its connection, once it has read the head of a request.
    pub(crate) fn that(answers: impl FnOnce(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answering = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut asked, mut block) = (Vec::<u8>::new(), [0; 1024]);
            while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut block) {
                    Ok(0) | Err(_) => return,
                    Ok(read) => asked.extend(&block[..read]),
                }
            }
            answers(&mut stream);
        });
        Self { port, answering }
    }

    /// Waits until it has answered.
    pub(crate) fn end(self) {
        self.answering.join().unwrap();
    }
}

/// A place where nobody may come.
pub(crate) struct Trap(TcpListener);

impl Trap {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// Asserts that nobody has come.
    pub(crate) fn assert_untouched(&self, attack: &str) {
        let error = self.0.accept().map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock, "{attack}");
    }
}

/// Writes the same again and again, until nobody takes it.
pub(crate) fn repeat(stream: &mut TcpStream, head: &[u8], block: &[u8]) {
    let mut written = stream.write_all(head);
    while written.is_ok() {
        written = stream.write_all(block);
    }
}
