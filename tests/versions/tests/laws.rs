//! What any version sends is decoded by a merged client, and encoded again it is the same. What any version takes can be
//! sent by it.

use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use qapi_gen::stages::wire::{Samples, Wire};
use qapi_version_tests::{CLIENTS, Client, VERSIONS};
use std::path::Path;

/// Values of each command and event.
const COUNT: usize = 10;

/// The wire model of a version of any build.
fn wire(schema: &str) -> Wire {
    let loaded = schema::load(&DiskLoader, Path::new(schema), &schema::Options::default());
    Wire::from_schema(&loaded.expect("QEMU's schema is accepted").schema.of_any_build())
}

#[test]
fn merged_clients_understand_each_of_their_versions() {
    if VERSIONS.len() < 2 {
        return qapi_test_support::skipped("merged clients", "there are no schemas of two versions");
    }
    for (label, schema) in VERSIONS {
        let wire = wire(schema);
        for client in CLIENTS.iter().filter(|client| client.versions.contains(label)) {
            let (count, failures) = laws(&wire, client);
            qapi_test_support::say(&format!(
                "{label} understood by a client of {}: {} of {count} values",
                client.label,
                count - failures.len()
            ));
            assert_eq!(failures, [] as [String; 0], "{label}, client of {}", client.label);
        }
    }
}

fn laws(wire: &Wire, client: &Client) -> (usize, Vec<String>) {
    let mut samples = Samples::new(wire, 20_261_124);
    let (mut count, mut failures) = (0, Vec::new());
    let mut judge = |name: &str, outcome: Option<Result<(), String>>| {
        count += usize::from(outcome.is_some());
        if let Some(Err(error)) = outcome {
            failures.push(format!("{name}: {error}"));
        }
    };
    for _ in 0..COUNT {
        for (name, command) in &wire.commands {
            judge(name, client.reply(name, &samples.value(command.returns)));
            judge(name, client.arguments(name, &samples.value(command.arguments)));
        }
        for (name, event) in &wire.events {
            judge(name, client.event(name, &samples.value(event.data)));
        }
    }
    (count, failures)
}
