//! Cold builds: the cost of a user's first build with all dependencies, beside the peers' first builds.
//!
//! The figure is the CPU time of cargo and its children. Unlike wall-clock time it hardly depends on the load of the
//! machine or on the number of processors.

use super::Options;
use super::compile::TEN;
use super::measure::{Sample, alternate, once};
use super::report::{Report, Row, Target, Unit};
use super::scratch::{Package, Parts, Profile, dependency};
use crate::{Failure, workspace};
use qapi_test_support::user;
use std::path::Path;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let (first, client) = (first_schema()?, client(&options.schema()?)?);
    let peers = if options.no_crates { None } else { Some((prost()?, qapi()?)) };
    if peers.is_none() {
        report.skip("cold builds of prost-build and qapi", "left out by --no-crates");
    }
    let (prost, qapi) = peers.unzip();
    let pairs = [
        ("cold build of the first schema", first, prost.map(|it| ("prost-build", it)), None),
        // That crate compiles all of QEMU's schema, ours only the selected part. The target is 0.6 of its time.
        (
            "cold build of a client with ten commands, tokio",
            client,
            qapi.map(|it| ("qapi 0.15", it)),
            Some(Target::Ratio(1.67)),
        ),
    ];
    for (what, ours, peer, target) in pairs {
        let mut build = || cold(&ours);
        let mut build_peer = || cold(&peer.as_ref().ok_or("there is no peer")?.1);
        let mut runs: Vec<&mut dyn FnMut() -> Result<Sample, Failure>> = vec![&mut build];
        if peer.is_some() {
            runs.push(&mut build_peer);
        }
        let medians = alternate(options.rounds.min(3), &mut runs)?;
        let mut add = |what: String, unit, of: fn(&Sample) -> f64, target| {
            let peer = medians.get(1).zip(peer.as_ref()).map(|(sample, (name, _))| (*name, of(sample)));
            report.add(Row { what, ours: of(&medians[0]), peer, unit, target });
        };
        add(format!("{what}, processor"), Unit::Seconds, |sample| sample.processor, target);
        add(what.to_owned(), Unit::Seconds, |sample| sample.seconds, None);
    }
    Ok(())
}

/// Builds a package and its dependencies from scratch: removes earlier builds first.
fn cold(package: &Package) -> Result<Sample, Failure> {
    let target = package.folder.join("target");
    if target.exists() {
        std::fs::remove_dir_all(&target)?;
    }
    // Downloads are not measured.
    if !workspace::cargo(&package.folder).args(["fetch", "--quiet"]).status()?.success() {
        return Err(format!("{}: its dependencies cannot be fetched", package.folder.display()).into());
    }
    once(package.cargo(Profile::Dev).args(["--jobs", "2"]).env("CARGO_TARGET_DIR", target), false)
}

/// The first schema of the pages, with what they say of it; its manifest names the crates of this workspace.
fn first_schema() -> Result<Package, Failure> {
    let files: Vec<(&str, String)> =
        user::first_schema().into_iter().filter(|(path, _)| *path != "Cargo.toml").collect();
    let runtime = dependency("qapi-runtime", "\"server\", \"threads\"");
    let manifest = format!("[dependencies]\n{runtime}\n[build-dependencies]\n{}", dependency("qapi-gen", ""));
    Package::write(&Parts { name: "bench-first-schema", manifest, files: &files })
}

fn client(schema: &Path) -> Result<Package, Failure> {
    let build = format!(
        "fn main() -> Result<(), qapi_gen::Error> {{\n    \
         qapi_gen::Builder::new().client(true){TEN}.compile({schema:?})\n}}\n"
    );
    let manifest = format!(
        "[dependencies]\n{}tokio = {{ version = \"1\", features = [\"rt\"] }}\n[build-dependencies]\n{}",
        dependency("qapi-runtime", "\"client\", \"tokio\""),
        dependency("qapi-gen", "")
    );
    let main = include_str!("packages/tokio_client.rs").to_owned();
    let files = [("build.rs", build), ("src/main.rs", main)];
    Package::write(&Parts { name: "bench-tokio-client", manifest, files: &files })
}

fn prost() -> Result<Package, Failure> {
    let manifest = "[dependencies]\nprost = \"0.14\"\n[build-dependencies]\nprost-build = \"0.14\"\n\
                    prost-types = \"0.14\"\n";
    let lib = "pub mod thermostat {\n    include!(concat!(env!(\"OUT_DIR\"), \"/thermostat.rs\"));\n}\n";
    let build = include_str!("packages/prost_build.rs").to_owned();
    let files = [("build.rs", build), ("src/lib.rs", lib.to_owned())];
    Package::write(&Parts { name: "bench-prost", manifest: manifest.to_owned(), files: &files })
}

fn qapi() -> Result<Package, Failure> {
    let manifest = "[dependencies]\nqapi = { version = \"=0.15.0\", features = [\"async-tokio-all\", \"qmp\"] }\n\
                    tokio = { version = \"1\", features = [\"net\", \"rt\"] }\n";
    let main = include_str!("packages/qapi_client.rs").to_owned();
    let files = [("src/main.rs", main)];
    Package::write(&Parts { name: "bench-qapi-client", manifest: manifest.to_owned(), files: &files })
}
