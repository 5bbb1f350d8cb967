//! Clients of all kinds on both transports at once, for as long as it is told: `cargo xtask soak --seconds N`.
//!
//! Every reply has to come, in order. At the end all sessions, threads and descriptors have to be given back. How much was
//! done is printed.

#![cfg(all(target_os = "linux", feature = "threads", feature = "tokio"))]
// Tests are built with the workspace's Rust, not with the older one that the crate states.
#![allow(clippy::incompatible_msrv)]

#[path = "../bed/mod.rs"]
mod bed;
mod client;
mod figures;
#[path = "../session_stub/mod.rs"]
mod session_stub;

use bed::{Kind, LONG, until};
use client::Wild;
use figures::{Figures, Held, Warnings};
use qapi_runtime::Event;
use qapi_runtime::Monitor;
use qapi_runtime::monitor::SessionChange;
use qapi_test_support::random::Random;
use session_stub::{Patience, Resume, Server, Tick, Watchdog};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long it runs, in seconds.
const SECONDS: &str = "QAPI_SOAK_SECONDS";

/// How many clients there are at any time.
const CLIENTS: u64 = 24;

/// Some clients are too slow for this with the events that are sent.
const OUTPUT_LIMIT: usize = 512 * 1024;

#[test]
#[ignore = "takes as long as it is told"]
fn soak() {
    let seconds = std::env::var(SECONDS).ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let warnings = Warnings::listen();
    let figures = Arc::new(Figures::default());
    let server = Server { patience: Patience::Droppable, ..Server::default() };
    let monitor = monitor_of(&server, &figures);
    let directory = tempfile::tempdir().expect("a directory");
    let paths = ["threads", "tokio"].map(|name| directory.path().join(name));
    let kinds = [Kind::Threads, Kind::tokio()];
    for (kind, path) in kinds.iter().zip(&paths) {
        kind.serve_unix(path, &monitor).expect("serves");
    }
    until("all threads run", || Held::now().threads >= Held::WITHOUT_SESSIONS);
    let before = Held::now();

    live(&server, &figures, &paths, Duration::from_secs(seconds));

    until("all sessions are over", || monitor.sessions() == 0);
    until("threads and descriptors are given back", || Held::now().is_no_more_than(&before));
    count_notes(&server, &figures);
    figures.assert_sound();
    println!("{figures}\nwarnings:\n{warnings}before: {before}\nafter:  {}", Held::now());
    assert!(monitor.shutdown(LONG), "nothing is left to be written");
}

fn monitor_of(server: &Server, figures: &Arc<Figures>) -> Monitor {
    let told = Arc::clone(figures);
    Monitor::builder(server.clone())
        .events(&server.events)
        .output_limit(OUTPUT_LIMIT)
        .throttle(Watchdog::NAME, Duration::from_millis(20), None)
        .on_session(move |change| match change {
            SessionChange::Began { .. } => told.began.add(1),
            SessionChange::Ended { .. } => told.ended.add(1),
            _ => {}
        })
        .build()
}

/// Has clients come and go until the time is over.
fn live(server: &Server, figures: &Figures, paths: &[PathBuf; 2], time: Duration) {
    let seed = std::time::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_secs());
    println!("seed {seed}");
    let (end, over) = (Instant::now() + time, &AtomicBool::new(false));
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let mut random = Random::new(seed + number);
                scope.spawn(move || {
                    while Instant::now() < end {
                        let path = random.pick(paths);
                        Wild::connect(path, figures, &mut random).live();
                    }
                })
            })
            .collect();
        scope.spawn(|| flood(server, figures, over, Random::new(seed + CLIENTS)));
        scope.spawn(|| swing(server, over, Random::new(seed + CLIENTS + 1)));
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                count_notes(server, figures);
                sleep(Duration::from_millis(50));
            }
        });
        // Whether or not one has failed, the others end.
        let ended: Vec<_> = clients.into_iter().map(|client| client.join()).collect();
        over.store(true, Ordering::Relaxed);
        assert!(ended.iter().all(Result::is_ok), "a client was served badly: seed {seed}");
    });
}

/// Sends events, at times too many for those who do not read.
fn flood(server: &Server, figures: &Figures, over: &AtomicBool, mut random: Random) {
    while !over.load(Ordering::Relaxed) {
        let count = if random.one_in(50) { 2000 } else { random.below(200) };
        for value in 1..=count.cast_signed() {
            match random.below(10) {
                0 => server.events.send(&Watchdog::new(value)),
                1 => server.events.send(&Resume::new(value)),
                _ => server.events.send(&Tick::new(value)),
            }
        }
        figures.sent.add(count);
        sleep(Duration::from_millis(random.below(60)));
    }
}

/// Has commands wait at the gate, and pass.
fn swing(server: &Server, over: &AtomicBool, mut random: Random) {
    while !over.load(Ordering::Relaxed) {
        server.gate.close();
        let longer = if random.one_in(30) { 100_000 } else { 0 };
        sleep(Duration::from_micros(longer + random.below(3000)));
        server.gate.open();
        sleep(Duration::from_millis(random.below(20)));
    }
}

/// Counts what handlers have found, and forgets it.
fn count_notes(server: &Server, figures: &Figures) {
    for note in server.log.lock().expect("log").drain(..) {
        match &*note {
            "first" => figures.first.add(1),
            "second" => figures.second.add(1),
            "future dropped" => figures.abandoned.add(1),
            _ => {}
        }
    }
}
