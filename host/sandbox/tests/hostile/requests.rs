//! Requests to where a step grants none, by whatever name; and servers that a step grants and that are
//! hostile, too.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

use mlhost_sandbox::{Grants, Limits};

use crate::{
    asks::network,
    attack::{Attack, asked, short, small},
    entry::Entry,
    servers::{Server, Trap, repeat},
};

pub(crate) fn attacks() -> Vec<Attack> {
    let metadata = "post:http://169.254.169.254/latest/meta-data/";
    let anywhere = Entry::CALLS.map(|entry| elsewhere(metadata, entry));
    let elsewhere = [
        "post:http://127.0.0.1:9/",
        "post:http://[::1]:80/",
        "post:http://10.0.0.1/",
        "post:http://[fd00:ec2::254]/latest/meta-data/",
        "post:http://2852039166/latest/meta-data/",
        "post:http://0xA9FEA9FE/latest/meta-data/",
        "post:http://0251.0376.0251.0376/latest/meta-data/",
        "post:http://metadata.google.internal/computeMetadata/v1/",
        "post:https://api.example.com:444/",
        "post:http://api.example.com/",
        "post:https://api.example.com.evil.example/",
        "post:https://api.example.com:443@evil.example/",
        "post:https://evil.example#@api.example.com:443/",
        "post:https://evil.example\\@api.example.com:443/",
        "post:https://api.example.com:443\r\nhost: evil.example/",
    ]
    .map(|ask| elsewhere(ask, Entry::Update));
    // All of them are this machine, or where clouds tell a machine its secrets.
    let inside = [
        "localhost",
        "LOCALHOST",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
    ]
    .map(|host| named(host, None));
    let far = ["2852039166", "0xA9FEA9FE"].map(|host| named(host, Some(80)));
    let servers = [
        granted("redirect", Limits::default(), |stream, trap| {
            let _ = write!(
                stream,
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{trap}/\r\n\
                 content-length: 0\r\n\r\n"
            );
        }),
        granted("answer-without-end", small(64), |stream, _| {
            repeat(stream, b"HTTP/1.1 200 OK\r\n\r\n", &[b'a'; 65536]);
        }),
        granted("head-without-end", Limits::default(), |stream, _| {
            repeat(stream, b"HTTP/1.1 200 OK\r\n", b"x-more: of the same\r\n");
        }),
        granted("no-answer", short(), |stream, _| {
            // Until the other side gives up.
            let _ = stream.read_to_end(&mut Vec::new());
        }),
        granted("no-http", Limits::default(), |stream, _| {
            let _ = stream.write_all(b"\x16\x03\x01\x1b[2J all is lost\r\n\r\n");
        }),
        granted("answer-with-codes", Limits::default(), |stream, _| {
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\ncontent-type: \x1b[2J\r\ncontent-length: 4\r\n\r\n\x1b[2J",
            );
        }),
    ];
    let attacks = anywhere.into_iter().chain(elsewhere);
    attacks.chain(inside).chain(far).chain(servers).collect()
}

/// Asks for an address that is not the one that is granted.
fn elsewhere(ask: &'static str, entry: Entry) -> Attack {
    Attack::asked(ask, entry, Limits::default(), || {
        grants(&["api.example.com:443"])
    })
}

/// Asks for a host that is granted by a name that stands for an address in the house.
fn named(host: &'static str, port: Option<u16>) -> Attack {
    let name = format!("granted-as-{host}");
    Attack::new(&name.clone(), Entry::Update, move || {
        let trap = Trap::new();
        let port = port.unwrap_or(trap.port());
        let ask = format!("post:http://{host}:{port}/|a question");
        let grants = grants(&[&format!("{host}:{port}")]);
        let answer = asked(&ask, Entry::Update, &Limits::default(), grants);
        trap.assert_untouched(&name);
        answer
    })
}

/// Asks a server that is granted by its address, and that knows of another one that is not.
fn granted(name: &'static str, limits: Limits, answers: fn(&mut TcpStream, u16)) -> Attack {
    Attack::new(name, Entry::Update, move || {
        let trap = Trap::new();
        let other = trap.port();
        let server = Server::that(move |stream| answers(stream, other));
        let address = format!("127.0.0.1:{}", server.port);
        let ask = format!("post:http://{address}/|a question");
        let answer = asked(&ask, Entry::Update, &limits, grants(&[&address]));
        server.end();
        trap.assert_untouched(name);
        answer
    })
}

fn grants(hosts: &[&str]) -> Grants {
    Grants::open(&network(hosts), Path::new(".")).unwrap()
}
