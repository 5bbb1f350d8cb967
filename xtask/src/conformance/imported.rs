//! Group 6: introspection of the schema that is imported from a running server equals the server's answer.
//!
//! The servers are the example machine and, as far as they are there, QEMU, an older QEMU and QEMU's storage daemon.

use super::report::{Difference, Group};
use super::tree::Tree;
use crate::{Failure, workspace};
use qapi_gen::stages::compose::Layout;
use qapi_gen::stages::import::{Names, import};
use qapi_gen::stages::introspect::{self, Introspection};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::schema::{self, Schema};
use qapi_test_support::answer;
use qapi_test_support::server::{self, Server};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

pub(super) fn run() -> Result<Group, Failure> {
    let mut group = Group::new("import-live", "entries");
    let schema = named()?;
    for (name, mut server) in servers()? {
        let answer = ask(&mut server).map_err(|failure| format!("{name}: {failure}"))?;
        for names in [None, schema.as_ref()] {
            match hold(&answer, names) {
                Ok(entries) => {
                    println!("import-live: {name}, {entries} entries");
                    group.compared += entries;
                }
                Err(failure) => {
                    group.compared += 1;
                    group.differences.push(Difference { case: name.to_owned(), detail: failure.to_string() });
                }
            }
        }
    }
    Ok(group)
}

/// Each server, started.
fn servers() -> Result<Vec<(&'static str, Server)>, Failure> {
    let machine = ["-machine", "none"];
    let qmp = ["-S", "-qmp", "unix:qmp.sock,server=on,wait=off"];
    let daemon = ["--chardev", "socket,id=c,path=qmp.sock,server=on,wait=off", "--monitor", "chardev=c"];
    let servers = [
        ("qemu", server::qemu().map(|program| Server::qemu(&program, &machine))),
        ("old-qemu", server::old_qemu().map(|program| Server::qemu(&program, &machine))),
        ("storage-daemon", server::storage_daemon().map(|program| Server::start(&program, &daemon))),
        ("vmm", Some(Server::start(&workspace::build("vmm", "vmm")?, &qmp))),
    ];
    let started = servers.into_iter().filter_map(|(name, server)| {
        if server.is_none() {
            println!("import-live: skipped {name}, it is not installed");
        }
        Some((name, server?))
    });
    Ok(started.collect())
}

/// The text of the server's answer to query-qmp-schema.
fn ask(server: &mut Server) -> Result<String, Failure> {
    let mut stream = server.connect();
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut next = || lines.next().ok_or("the server hung up");
    next()??;
    let mut reply = String::new();
    for command in ["qmp_capabilities", "query-qmp-schema"] {
        writeln!(stream, "{{\"execute\": \"{command}\"}}")?;
        reply = next()??;
    }
    let reply: Value = serde_json::from_str(&reply)?;
    Ok(reply
        .get("return")
        .ok_or_else(|| format!("the server refuses query-qmp-schema: {reply}"))?
        .to_string())
}

/// The schema that gives names, if it is there.
fn named() -> Result<Option<Schema>, Failure> {
    let folder = workspace::conformance_data().join("qemu-10.0.2");
    if !folder.is_dir() {
        println!("import-live: skipped names, there is no {}", folder.display());
        return Ok(None);
    }
    let tree = Tree::open(folder)?;
    tree.load(&tree.path("qapi/qapi-schema.json")).map(Some)
}

/// Imports a schema, and compares its introspection with the answer; returns how many entries are equal.
fn hold(answer: &str, names: Option<&Schema>) -> Result<usize, Failure> {
    let names: Vec<Names<'_>> = names.map(|schema| Names { label: "10.0.2", schema }).into_iter().collect();
    let imported = import(answer, &names, Layout::Single)?;
    let files = imported.files.iter();
    let loader = files.fold(MemoryLoader::new(), |loader, file| loader.file(&file.path, file.text.as_str()));
    let loaded = schema::load(&loader, Path::new("qapi-schema.json"), &schema::Options::default())
        .map_err(|failure| failure.diagnostics.to_human(&failure.sources))?;
    let found = Introspection::new(&loaded.schema, introspect::Names::Masked).decide(&BTreeSet::new());
    Ok(answer::compare(answer, &found.to_json())?)
}
