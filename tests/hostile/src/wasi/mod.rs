//! What may be asked of the world through WASI, and how the answer is told: `what:of`, where `of` has
//! its parts behind bars.

mod bindings;
mod files;
mod floods;
mod links;
mod web;

use self::bindings::wasi::{
    cli::{environment, exit, stderr, stdin, stdout, terminal_stdout},
    clocks::{monotonic_clock, wall_clock},
    io::poll,
    random::{insecure, insecure_seed, random},
    sockets::{
        instance_network, ip_name_lookup, network::IpAddressFamily, tcp_create_socket,
        udp_create_socket,
    },
};
use crate::{bindings::mlhost::plugin::types::Error, error};

/// The answer to a question; what may be asked is in the tests.
pub(crate) fn answer(ask: &str) -> Result<String, Error> {
    let (what, of) = ask.split_once(':').unwrap_or((ask, ""));
    let (first, second) = of.split_once('|').unwrap_or((of, ""));
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
            core::arch::wasm32::unreachable()
        }
        "exit" => {
            exit::exit(if of == "well" { Ok(()) } else { Err(()) });
            "still there".to_owned()
        }
        "time" => time(),
        "sleep" => {
            let nanoseconds = number(of)?.saturating_mul(1_000_000_000);
            let late = monotonic_clock::subscribe_duration(nanoseconds);
            let later = monotonic_clock::subscribe_duration(u64::MAX);
            let there = poll::poll(&[&later, &late]);
            format!("{there:?} {}", time())
        }
        "sleep-for-ever" => loop {
            monotonic_clock::subscribe_duration(1_000_000_000).block();
        },
        "poll-nothing" => format!("{:?}", poll::poll(&[])),
        "random" => format!("{:x}", random::get_random_u64()),
        "random-bytes" => format!("{}", random::get_random_bytes(number(of)?).len()),
        "insecure" => format!("{:x}", insecure::get_insecure_random_u64()),
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
        "often" => files::often(first, number(second)?),
        "climb" => files::climb(first, second),
        "times" => files::times(of),
        "resize" => files::resize(of),
        "touch" => files::touch(of),
        "many-files" => files::many(of),
        "many-lists" => files::many_lists(of),
        "long-path" => files::read(&format!("{of}/{}", "a/../".repeat(100_000))),
        "link" => links::read(of),
        "make-link" => links::make(first, second),
        "make-hard-link" => links::make_hard(first, second),
        "rename" => links::rename(first, second),
        "make-folder" => links::make_folder(of),
        "remove" => links::remove(of),
        "remove-folder" => links::remove_folder(of),
        "post" => web::post(of),
        "fail-after-post" => {
            let answer = web::post(of);
            return Err(error("failed", format!("no answer: {answer}")));
        }
        "long-host" => web::post(&format!("http://{}/", "a".repeat(1 << 20))),
        "many-bodies" => floods::bodies(),
        "many-headers" => floods::headers(),
        "headers-without-end" => floods::endless_headers(),
        "handles" => floods::handles(),
        "print-without-end" => floods::endless_lines(),
        "print-all-at-once" => floods::lines_at_once(),
        "print-a-line-without-end" => floods::endless_line(),
        _ => return Err(error("invalid-params", "nobody knows what that is")),
    })
}

fn number(text: &str) -> Result<u64, Error> {
    text.parse()
        .map_err(|_| error("invalid-params", "that is no number"))
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
