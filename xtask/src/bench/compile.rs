//! Compiling the code generated from QEMU's whole schema, beside the crate in use.

use super::Options;
use super::measure::{Sample, alternate};
use super::report::{Report, Row, Target, Unit};
use super::scratch::{Package, Parts, Profile, dependency};
use crate::{Failure, workspace};
use std::path::{Path, PathBuf};

pub(super) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let schema = options.schema()?;
    let whole = ours("bench-types", &schema, "")?;
    let only = ours("bench-only", &schema, TEN)?;
    let peer = if options.no_crates { None } else { Some(peer()?) };
    if peer.is_none() {
        report.skip("qapi-qmp", "left out by --no-crates");
    }
    for (profile, target) in [(Profile::Dev, 4.0), (Profile::Release, 3.0)] {
        whole.prepare(profile)?;
        let mut ours = || whole.rebuild(profile);
        let mut theirs = || peer.as_ref().ok_or("there is no peer")?.rebuild(profile);
        let mut runs: Vec<&mut dyn FnMut() -> Result<Sample, Failure>> = vec![&mut ours];
        if let Some(peer) = &peer {
            peer.prepare(profile)?;
            runs.push(&mut theirs);
        }
        let medians = alternate(options.rounds.min(3), &mut runs)?;
        let name = profile.name();
        let pair =
            |of: fn(&Sample) -> f64| (of(&medians[0]), medians.get(1).map(|peer| ("qapi-qmp", of(peer))));
        let (seconds, peer_seconds) = pair(|sample| sample.seconds);
        let (megabytes, peer_megabytes) = pair(|sample| sample.megabytes);
        let what = format!("compile QEMU's schema, {name}");
        let target = Some(Target::Ratio(target));
        report.add(Row { what, ours: seconds, peer: peer_seconds, unit: Unit::Seconds, target });
        let what = format!("compile QEMU's schema, {name}, memory");
        let target = (profile == Profile::Dev).then_some(Target::AtMost(550.0));
        report.add(Row { what, ours: megabytes, peer: peer_megabytes, unit: Unit::Megabytes, target });
    }
    only.prepare(Profile::Dev)?;
    let mut ten = || only.rebuild(Profile::Dev);
    let median = alternate(options.rounds.min(3), &mut [&mut ten])?[0];
    let target = Some(Target::AtMost(1.0));
    report.figure("compile ten commands of QEMU's schema, dev", median.seconds, Unit::Seconds, target);
    Ok(())
}

/// Ten commands, small and large ones.
pub(super) const TEN: &str = ".only([\"query-status\", \"stop\", \"cont\", \"system_reset\", \"set-action\", \"query-block\", \
                   \"blockdev-add\", \"device_add\", \"migrate\", \"query-migrate\"])";

fn ours(name: &str, schema: &Path, more: &str) -> Result<Package, Failure> {
    let build = format!(
        "fn main() -> Result<(), qapi_gen::Error> {{\n    qapi_gen::Builder::new(){more}.compile({schema:?})\n}}\n"
    );
    let lib = "qapi_runtime::include_schema!(pub mod qapi = \"qapi-schema\");\n";
    let runtime = dependency("qapi-runtime", "");
    let gen_ = dependency("qapi-gen", "");
    let manifest = format!("[dependencies]\n{runtime}\n[build-dependencies]\n{gen_}");
    let files = [("build.rs", build), ("src/lib.rs", lib.to_owned())];
    Package::write(&Parts { name, manifest, files: &files })
}

/// The crate in use, as a package whose source can be touched: a copy of the source that cargo fetched.
fn peer() -> Result<Package, Failure> {
    let manifest = "[dependencies]\nqapi-qmp = \"=0.15.0\"\nqapi-codegen = \"=0.11.3\"\n".to_owned();
    let files = [("src/lib.rs", "pub use qapi_qmp as qmp;\n".to_owned())];
    let user = Package::write(&Parts { name: "bench-peer", manifest, files: &files })?;
    let output = workspace::cargo(&user.folder).args(["metadata", "--format-version=1"]).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata names no packages")?;
    let found =
        packages.iter().find(|package| package["name"] == "qapi-qmp").ok_or("cargo did not find qapi-qmp")?;
    let fetched = PathBuf::from(found["manifest_path"].as_str().unwrap_or_default());
    let copy = super::scratch::folder().join("qapi-qmp");
    if let Some(fetched) = fetched.parent() {
        copy_folder(fetched, &copy)?;
    }
    let manifest = workspace::read(&copy.join("Cargo.toml"))?;
    if !manifest.contains("[workspace]") {
        workspace::write(&copy.join("Cargo.toml"), &format!("{manifest}\n[workspace]\n"))?;
    }
    Ok(Package { folder: copy })
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if path.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else if !to.join(&name).exists() {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
