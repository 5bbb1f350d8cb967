//! `cargo xtask msrv`: no dependency asks for a newer Rust than the workspace states.
//!
//! Clippy's `incompatible_msrv` watches over what our own code uses; this watches over what others' does.

use crate::{Failure, workspace};
use serde_json::Value;
use std::collections::HashSet;

pub(crate) fn run() -> Result<(), Failure> {
    let output = workspace::cargo(workspace::root())
        .args(["metadata", "--format-version", "1", "--locked", "--all-features"])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata: no packages")?;
    let members: HashSet<&str> = metadata["workspace_members"]
        .as_array()
        .ok_or("cargo metadata: no workspace_members")?
        .iter()
        .filter_map(Value::as_str)
        .collect();

    let is_member = |package: &&Value| package["id"].as_str().is_some_and(|id| members.contains(id));
    let mut ours = packages.iter().filter(is_member).map(rust_version);
    let stated = ours.next().flatten().ok_or("the workspace states no rust-version")?;
    if !ours.all(|version| version.as_ref() == Some(&stated)) {
        return Err("the members of the workspace state different rust-versions".into());
    }

    let mut silent = 0;
    let mut too_new = Vec::new();
    for package in packages.iter().filter(|package| !is_member(package)) {
        match rust_version(package) {
            None => silent += 1,
            Some(version) if version > stated => too_new.push(format!(
                "{} {} asks for {}",
                text(&package["name"]),
                text(&package["version"]),
                text(&package["rust_version"])
            )),
            Some(_) => {}
        }
    }
    if too_new.is_empty() {
        let count = packages.len() - members.len();
        println!("{count} dependencies build with our rust-version; {silent} of them state none");
        Ok(())
    } else {
        Err(format!("newer than our rust-version:\n  {}", too_new.join("\n  ")).into())
    }
}

/// The stated version as numbers, which compare as versions do.
fn rust_version(package: &Value) -> Option<Vec<u32>> {
    let version = package["rust_version"].as_str()?;
    let mut parts: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    parts.resize(3, 0);
    Some(parts)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}
