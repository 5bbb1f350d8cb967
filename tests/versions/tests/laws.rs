//! What any version sends is decoded by a merged client, and encoded again it is the same. What any version takes can be
//! sent by it, and its capabilities say what another version refuses.

use qapi_gen::stages::introspect::{Introspection, Names};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema::{self, Schema};
use qapi_gen::stages::wire::{Reader, Samples, Wire};
use qapi_runtime::client::{Capabilities, Request};
use qapi_runtime::json;
use qapi_version_tests::{CLIENTS, CONFLICTS, Client, VERSIONS};
use std::collections::BTreeSet;
use std::path::Path;

/// Values of each command and event.
const COUNT: usize = 10;

/// The wire model of a version of any build.
fn wire(schema: &str) -> Wire {
    Wire::from_schema(&load(schema))
}

fn load(schema: &str) -> Schema {
    let loaded = schema::load(&DiskLoader, Path::new(schema), &schema::Options::default());
    loaded.expect("QEMU's schema is accepted").schema.of_any_build()
}

#[test]
fn the_versions_can_be_merged() {
    assert_eq!(CONFLICTS, [] as [&str; 0]);
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

/// Values that one version takes, judged by the capabilities of another: the verdict is that of the other's own decoder.
#[test]
fn capabilities_judge_as_the_server_does() {
    if VERSIONS.len() < 2 {
        return qapi_test_support::skipped(
            "capabilities of another version",
            "there are no schemas of two versions",
        );
    }
    for (from, schema) in VERSIONS {
        let wire = wire(schema);
        let mut samples = Samples::new(&wire, 20_261_125);
        for (to, schema) in VERSIONS {
            let other = load(schema);
            let answer = Introspection::new(&other, Names::Masked).decide(&BTreeSet::new()).to_json();
            let answer = json::parse(&answer).expect("JSON");
            let capabilities = Capabilities::from_schema(&answer).expect("an answer");
            let server = Wire::from_schema(&other);
            let (mut taken, mut refused) = (0, 0);
            for _ in 0..COUNT {
                for (name, command) in &wire.commands {
                    let value = samples.value(command.arguments);
                    let request = Request::raw(name.as_str(), &value).expect("an object");
                    let verdict = capabilities.supports_request(&request);
                    let described = server.commands.get(name);
                    let expected =
                        described.map(|command| server.admits(command.arguments, &value, Reader::Described));
                    let right = match expected {
                        // More members than are described.
                        _ if name == "device_add" => true,
                        Some(Ok(())) => verdict.is_ok(),
                        Some(Err(_)) | None => verdict.is_err(),
                    };
                    assert!(right, "{from} to {to}: {name} {value}: {verdict:?}, not {expected:?}");
                    *(if verdict.is_ok() { &mut taken } else { &mut refused }) += 1;
                }
            }
            qapi_test_support::say(&format!("{to} takes {taken} of {} commands of {from}", taken + refused));
            assert!(from != to || refused == 0, "{from}");
        }
    }
}
