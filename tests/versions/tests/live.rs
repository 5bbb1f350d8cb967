//! What a real QEMU answers to each command that only asks, decoded by the client of each version and of several.
//!
//! The machine has many devices, and is asked as it is, during a block job, and after a migration.

use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use qapi_gen::stages::wire::{Samples, Wire};
use qapi_runtime::client::blocking::Client as Connection;
use qapi_runtime::client::{Options, Request, Untyped};
use qapi_test_support::server::{Server, old_qemu, qemu};
use qapi_test_support::{say, skipped};
use qapi_version_tests::{CLIENTS, VERSIONS};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// The page with the table of failures.
const PAGE: &str = include_str!("../../../docs/versions.md");

/// The versions of QEMU for which the table was made.
const TABLE: [&str; 2] = ["7.2", "10.0"];

const DEVICES: &[&str] = &[
    "-S",
    "-machine",
    "pc",
    "-m",
    "128M,slots=4,maxmem=1G",
    "-object",
    r#"{"qom-type":"throttle-group","id":"tg0","limits":{"iops-total":1000}}"#,
    "-blockdev",
    r#"{"driver":"null-co","node-name":"disk","size":67108864,"read-zeroes":true}"#,
    "-blockdev",
    r#"{"driver":"throttle","node-name":"throttled","throttle-group":"tg0","file":"disk"}"#,
    "-device",
    "virtio-blk-pci,drive=throttled,id=vd0",
    "-netdev",
    "hubport,id=net0,hubid=0",
    "-device",
    "virtio-net-pci,netdev=net0,romfile=",
    "-device",
    "qemu-xhci",
    "-device",
    "usb-tablet",
    "-object",
    "memory-backend-ram,id=memory,size=128M",
    "-device",
    "pc-dimm,memdev=memory,id=dimm0",
    "-device",
    "virtio-balloon-pci",
    "-device",
    "pvpanic",
    "-vnc",
    "127.0.0.1:0,to=99,password=on",
];

/// What a server sent: the name of a command or event, and the reply or data.
type Sent = Vec<(String, Value)>;

/// Decodes what a server sent, and says what is wrong. `None` if the client does not know it.
type Judge<'a> = &'a dyn Fn(&str, &Value) -> Option<Result<(), String>>;

/// What one server sent.
struct Conversation {
    /// `10.0`.
    version: String,
    replies: Sent,
    events: Sent,
}

#[test]
fn replies_of_each_version_decode() {
    let programs: Vec<_> = [old_qemu(), qemu()].into_iter().flatten().collect();
    if programs.is_empty() || CLIENTS.len() < 2 {
        return skipped("merged clients against QEMU", "there is no QEMU, or no schemas of two versions");
    }
    let mut table: BTreeMap<(&str, String), BTreeSet<String>> = BTreeMap::new();
    for program in programs {
        let Conversation { version, replies, events } = converse(&program);
        for client in CLIENTS {
            let mut failures = BTreeSet::new();
            let mut judge = |sent: &Sent, outcome: Judge<'_>| {
                for (name, value) in sent {
                    match outcome(name, value) {
                        // A client that ignores a member that it does not know loses nothing that it asked for.
                        Some(Err(error))
                            if !error.contains("has become") || client.versions.contains(&&*version) =>
                        {
                            say(&format!("{version}, client of {}: {name}: {error:.200}", client.label));
                            failures.insert(name.clone());
                        }
                        _ => {}
                    }
                }
            };
            judge(&replies, &|name, value| client.reply(name, value));
            judge(&events, &|name, value| client.event(name, value));
            say(&format!(
                "QEMU {version}, client of {}: {} of {} replies and events fail",
                client.label,
                failures.len(),
                replies.len() + events.len()
            ));
            if client.versions.len() > 1 && client.versions.contains(&&*version) {
                assert_eq!(failures, BTreeSet::new(), "{version}, client of {}", client.label);
            }
            table.insert((client.label, version.clone()), failures);
        }
    }
    if TABLE.iter().all(|version| table.keys().any(|(_, found)| found == version)) {
        compare(&table);
    }
}

/// Compares the outcomes with the table of the page, as far as there are clients for its rows.
fn compare(table: &BTreeMap<(&str, String), BTreeSet<String>>) {
    let cell = |client: &str, version: &str| {
        let failures = &table[&(client, version.to_owned())];
        let names: Vec<String> = failures.iter().map(|name| format!("`{name}`")).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let mut compared = 0;
    for client in CLIENTS {
        let cells: Vec<String> = TABLE.iter().map(|version| cell(client.label, version)).collect();
        let row = format!("| {} | {} |", client.label, cells.join(" | "));
        if let Some(found) = PAGE.lines().find(|line| line.starts_with(&format!("| {} |", client.label))) {
            assert_eq!(found, row);
            compared += 1;
        }
    }
    assert!(compared > 0, "the page has a row of one of the clients");
}

/// Starts a machine and asks it everything.
fn converse(program: &Path) -> Conversation {
    let mut qemu = Server::qemu(program, DEVICES);
    let folder = qemu.folder().to_owned();
    let options = Options::new().timeout(Duration::from_secs(60));
    let client = Connection::<Untyped>::unix(qemu.connect(), &options).expect("it connects");
    let version = client.greeting().version.clone();
    let events = client.events();
    let run = |name: &str, arguments: Value| {
        client.execute_raw(name, arguments).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    run("block-dirty-bitmap-add", json!({ "node": "disk", "name": "bitmap" }));
    run("change-vnc-password", json!({ "password": "secret" }));
    run("blockdev-add", json!({ "driver": "null-co", "node-name": "target", "size": 67_108_864 }));
    run("nbd-server-start", json!({ "addr": { "type": "unix", "data": { "path": folder.join("nbd") } } }));
    run("block-export-add", json!({ "type": "nbd", "id": "export", "node-name": "disk" }));
    let mut replies = ask_all(&client);
    // Slow enough to be met under way.
    run(
        "blockdev-mirror",
        json!({ "job-id": "job", "device": "throttled", "target": "target", "sync": "full", "speed": 1 }),
    );
    replies.extend(ask_all(&client));
    run("block-job-cancel", json!({ "device": "job", "force": true }));
    until(&client, "query-jobs", |jobs| jobs.as_array().is_some_and(Vec::is_empty));
    run("block-export-del", json!({ "id": "export", "mode": "hard" }));
    run("cont", json!({}));
    run("migrate", json!({ "uri": "exec:cat >/dev/null" }));
    until(&client, "query-migrate", |state| state["status"] == "completed");
    replies.extend(ask_all(&client));
    run("quit", json!({}));
    let events =
        events.filter_map(Result::ok).map(|event| (event.name.clone(), event.data.clone())).collect();
    Conversation { version: format!("{}.{}", version.major, version.minor), replies, events }
}

/// The replies of all commands that only ask, and that need no arguments or common ones.
fn ask_all(client: &Connection<Untyped>) -> Sent {
    let schema = client.execute_raw("query-qmp-schema", Value::Null).expect("a schema");
    let entries = schema.as_array().expect("an array");
    let by_name: BTreeMap<&str, &Value> =
        entries.iter().filter_map(|entry| Some((entry["name"].as_str()?, entry))).collect();
    let needs_nothing = |entry: &&Value| {
        let arguments = by_name[entry["arg-type"].as_str().unwrap_or("0")];
        let mut members = arguments["members"].as_array().into_iter().flatten();
        members.all(|member| member.get("default").is_some())
    };
    let asks = |name: &&str| {
        let rest = name.strip_prefix("x-").unwrap_or(name);
        rest.starts_with("query-") || rest == "qom-list-types"
    };
    let commands = entries.iter().filter(|entry| entry["meta-type"] == "command").filter(needs_nothing);
    let mut questions: Vec<(String, Value)> = (commands.filter_map(|entry| entry["name"].as_str()))
        .filter(asks)
        .map(|name| (name.to_owned(), Value::Null))
        .collect();
    for driver in ["virtio-blk-pci", "virtio-net-pci", "usb-tablet", "pc-dimm", "virtio-balloon-pci"] {
        questions.push(("device-list-properties".to_owned(), json!({ "typename": driver })));
    }
    questions.push(("query-stats".to_owned(), json!({ "target": "vm" })));
    let mut sent = Sent::new();
    let mut refused = 0;
    for (name, arguments) in questions {
        // Some commands are for other machines, and say so.
        match client.execute_raw(&name, arguments) {
            Ok(reply) => sent.push((name, reply)),
            Err(error) if error.class().is_some() => refused += 1,
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(sent.len() > 50 && refused < sent.len(), "{} replies, {refused} refused", sent.len());
    sent
}

/// Asks until the answer is the expected one.
fn until(client: &Connection<Untyped>, command: &str, is_expected: impl Fn(&Value) -> bool) {
    for _ in 0..600 {
        let answer =
            client.execute_raw(command, Value::Null).unwrap_or_else(|error| panic!("{command}: {error}"));
        if is_expected(&answer) {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("{command} does not give the expected answer");
}

/// Commands that change nothing outside of the machine, whatever their arguments are.
const HARMLESS: [&str; 33] = [
    "announce-self",
    "block-dirty-bitmap-add",
    "block-dirty-bitmap-clear",
    "block-dirty-bitmap-merge",
    "block-dirty-bitmap-remove",
    "block-export-del",
    "block-job-cancel",
    "block-job-set-speed",
    "block-latency-histogram-set",
    "block-set-write-threshold",
    "block_set_io_throttle",
    "chardev-remove",
    "device_del",
    "expire_password",
    "input-send-event",
    "job-cancel",
    "job-dismiss",
    "migrate-set-capabilities",
    "migrate-set-parameters",
    "nbd-server-remove",
    "netdev_del",
    "object-del",
    "qom-get",
    "qom-list",
    "query-cpu-model-expansion",
    "query-rx-filter",
    "query-stats",
    "query-stats-schemas",
    "ringbuf-read",
    "send-key",
    "set-action",
    "set_link",
    "trace-event-get-state",
];

/// Sends what each version takes to a real server of each version: what its capabilities accept passes its check of
/// arguments, and what they refuse does not.
#[test]
fn servers_agree_with_their_capabilities() {
    let programs: Vec<_> = [old_qemu(), qemu()].into_iter().flatten().collect();
    if programs.is_empty() || VERSIONS.is_empty() {
        return skipped("capabilities against QEMU", "there is no QEMU, or no schema of one");
    }
    for program in programs {
        let mut qemu = Server::qemu(&program, DEVICES);
        let client = Connection::<Untyped>::unix(qemu.connect(), &Options::new()).expect("it connects");
        let capabilities = client.capabilities().expect("an answer");
        let (mut accepted, mut refused) = (0, 0);
        for (version, schema) in VERSIONS {
            let loaded = schema::load(&DiskLoader, Path::new(schema), &schema::Options::default());
            let wire = Wire::from_schema(&loaded.expect("QEMU's schema is accepted").schema);
            let mut samples = Samples::new(&wire, 20_261_126);
            let commands = wire.commands.iter().filter(|(name, _)| HARMLESS.contains(&name.as_str()));
            for (name, command) in commands.flat_map(|command| [command; 20]) {
                let arguments = samples.value(command.arguments);
                let request = Request::raw(name.as_str(), &arguments).expect("an object");
                let verdict = capabilities.supports_request(&request);
                let answer = client.execute_raw(name, arguments.clone());
                let told = answer.err().map(|error| error.to_string()).unwrap_or_default();
                assert_eq!(
                    verdict.is_err(),
                    is_refused_by_schema(&told),
                    "{version}: {name} {arguments}: {verdict:?}, and the server says {told:?}"
                );
                *(if verdict.is_ok() { &mut accepted } else { &mut refused }) += 1;
            }
        }
        let version = &client.greeting().version;
        say(&format!(
            "QEMU {}.{} agrees: {accepted} accepted, {refused} refused",
            version.major, version.minor
        ));
        assert!(accepted > 100, "{accepted}");
    }
}

/// Whether the server refused a command before it ran, since it does not know it or its arguments.
fn is_refused_by_schema(error: &str) -> bool {
    let about_members = [" is missing", " is unexpected", " does not accept value "];
    error.contains("has not been found")
        || error.contains("Invalid parameter type for")
        || error.contains("Parameter '") && about_members.iter().any(|text| error.contains(text))
}
