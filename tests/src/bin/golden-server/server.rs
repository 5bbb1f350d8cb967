//! The process: sockets, signals, the end.

use crate::options;
use crate::qapi;
use crate::replay::{Replay, Watched};
use crate::script::Script;
use qapi_runtime::transport::threads::Listener;
use qapi_runtime::{EventSender, Monitor, Schema};
use qapi_test_support::recording::Recording;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

/// Serves until the recording, or a signal, ends it; returns the status to exit with.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<u8, Box<dyn Error>> {
    let Arguments { file, sockets } = Arguments::parse(arguments)?;
    let recording = Recording::read(&file)?;
    let script = Script::new(&recording, qapi::Schema::TABLES);
    let exit_code = script.exit_code;
    let settings = options::read(&recording.options)?;

    let events = EventSender::<qapi::Schema>::new();
    let (ended, end) = channel();
    let replay = Arc::new(Replay::new(script, events.clone(), ended.clone()));
    let monitor = Monitor::builder(Watched::new(Arc::clone(&replay)))
        .events(&events)
        .policy(settings.policy)
        .preconfig(settings.preconfig)
        .build();
    replay.attach(&monitor);

    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            eprintln!("golden-server: terminating on signal {signal}");
            replay.send_events_of_signal();
            // The other side no longer waits when the end has come already.
            let _ = ended.send(());
        }
    });
    for socket in sockets {
        Listener::unix(socket)?.pretty(settings.pretty).serve(&monitor)?;
    }
    end.recv()?;
    monitor.shutdown(Duration::from_secs(5));
    Ok(exit_code)
}

struct Arguments {
    file: PathBuf,
    sockets: Vec<PathBuf>,
}

impl Arguments {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut file, mut sockets) = (None, Vec::new());
        while let Some(option) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{option} needs a value"))?;
            match option.as_str() {
                "--replay" => file = Some(value.into()),
                "--socket" => sockets.push(value.into()),
                _ => return Err(format!("unknown option {option}")),
            }
        }
        match file {
            Some(file) if !sockets.is_empty() => Ok(Self { file, sockets }),
            _ => Err("usage: golden-server --replay FILE --socket PATH [--socket PATH]...".to_owned()),
        }
    }
}
