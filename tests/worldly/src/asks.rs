//! What may be asked for, and how the answer is told.

use mlhost_plugin::{Error, Result};

use crate::{
    bindings::wasi::{
        cli::{environment, exit, stderr, stdin, stdout, terminal_stdout},
        clocks::{monotonic_clock, wall_clock},
        io::poll,
        random::{insecure_seed, random},
        sockets::{
            instance_network, ip_name_lookup, network::IpAddressFamily, tcp_create_socket,
            udp_create_socket,
        },
    },
    files, web,
};

/// The answer to a question; what may be asked is in the tests.
pub(crate) fn answer(ask: &str) -> Result<String> {
    let (what, of) = ask.split_once(':').unwrap_or((ask, ""));
    Ok(match what {
        "environment" => format!(
            "{:?} {:?} {:?} {}",
            environment::get_environment(),
            environment::get_arguments(),
            environment::initial_cwd(),
            terminal_stdout::get_terminal_stdout().is_some()
        ),
        "input" => format!("{:?}", stdin::get_stdin().blocking_read(1)),
        "print" => {
            print(of);
            "printed".to_owned()
        }
        "panic" => {
            complain(of);
            panic_without_words()
        }
        "exit" => {
            exit::exit(Err(()));
            "still there".to_owned()
        }
        "time" => time(),
        "sleep" => {
            let seconds: u64 = of.parse().map_err(|_| Error::params("/ask", "no number"))?;
            let nanoseconds = seconds.saturating_mul(1_000_000_000);
            let late = monotonic_clock::subscribe_duration(nanoseconds);
            let later = monotonic_clock::subscribe_duration(u64::MAX);
            let there = poll::poll(&[&later, &late]);
            format!("{there:?} {}", time())
        }
        "sleep-for-ever" => loop {
            monotonic_clock::subscribe_duration(1_000_000_000).block();
        },
        "random" => format!("{:x}", random::get_random_u64()),
        "random-bytes" => {
            let length = of.parse().map_err(|_| Error::params("/ask", "no number"))?;
            format!("{}", random::get_random_bytes(length).len())
        }
        "seed" => format!("{:x?}", insecure_seed::insecure_seed()),
        "connect" => format!(
            "{:?} {:?}",
            tcp_create_socket::create_tcp_socket(IpAddressFamily::Ipv4).map(drop),
            udp_create_socket::create_udp_socket(IpAddressFamily::Ipv6).map(drop)
        ),
        "resolve" => {
            let network = instance_network::instance_network();
            let addresses = ip_name_lookup::resolve_addresses(&network, of);
            format!("{:?}", addresses.map(drop))
        }
        "files" => files::listed(),
        "names" => files::names(of),
        "read" => files::read(of),
        "write" => files::write(of, "what was written"),
        "link" => files::link(of),
        "post" => web::post(of),
        "fail-after-post" => {
            let answer = web::post(of);
            return Err(Error::failed(format!("no answer: {answer}")));
        }
        "handles" => {
            let handles: Vec<_> = (0..20_000).map(|_| stdout::get_stdout()).collect();
            format!("{} handles", handles.len())
        }
        _ => return Err(Error::params("/ask", "nobody knows what that is")),
    })
}

fn time() -> String {
    let now = wall_clock::now();
    format!(
        "{}.{:09} {}",
        now.seconds,
        now.nanoseconds,
        monotonic_clock::now()
    )
}

fn print(text: &str) {
    let (output, error) = (stdout::get_stdout(), stderr::get_stderr());
    let half = text.len() / 2;
    let _ = output.blocking_write_and_flush(&text.as_bytes()[..half]);
    let _ = output.blocking_write_and_flush(&text.as_bytes()[half..]);
    let _ = output.blocking_write_and_flush(b"\nand a line without end");
    let _ = error.blocking_write_and_flush(b"what went wrong\n");
}

fn complain(text: &str) {
    let _ = stderr::get_stderr().blocking_write_and_flush(text.as_bytes());
}

/// Ends as programs do that were compiled to abort.
fn panic_without_words() -> ! {
    core::arch::wasm32::unreachable()
}
