//! `cargo xtask msrv`: checks that no dependency needs a newer Rust than its dependent declares.
//!
//! The runtime declares an older `rust-version` than the workspace, so its dependencies are compared with that one.
//! Clippy's `incompatible_msrv` checks our own code; this command checks dependencies.

use crate::{Failure, workspace};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The package with a `rust-version` of its own.
const RUNTIME: &str = "qapi-runtime";

pub(crate) fn run() -> Result<(), Failure> {
    let output = workspace::cargo(workspace::root())
        .args(["metadata", "--format-version", "1", "--locked", "--all-features"])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    println!("{}", check(&serde_json::from_slice(&output.stdout)?)?);
    Ok(())
}

/// The result for the output of `cargo metadata` in a sentence; an error if a dependency is too new.
fn check(metadata: &Value) -> Result<String, Failure> {
    let packages: HashMap<&str, &Value> =
        list(&metadata["packages"])?.iter().map(|package| (text(&package["id"]), package)).collect();
    let members: HashSet<&str> = list(&metadata["workspace_members"])?.iter().map(text).collect();

    let mut runtime = None;
    let mut stated = None;
    for id in &members {
        let version = Some(rust_version(packages[id]).ok_or("a member states no rust-version")?);
        if text(&packages[id]["name"]) == RUNTIME {
            runtime = version.map(|version| (*id, version));
        } else if stated.is_none() || stated == version {
            stated = version;
        } else {
            return Err(format!("members other than {RUNTIME} state different rust-versions").into());
        }
    }
    let (Some((runtime, runtimes)), Some(stated)) = (runtime, stated) else {
        return Err(format!("the workspace has no {RUNTIME}, or nothing else").into());
    };

    let of_runtime = reached(list(&metadata["resolve"]["nodes"])?, runtime)?;
    let mut silent = 0;
    let mut too_new = Vec::new();
    for (id, package) in packages.iter().filter(|(id, _)| !members.contains(*id)) {
        let most = if of_runtime.contains(id) { &runtimes } else { &stated };
        match rust_version(package) {
            None => silent += 1,
            Some(version) if version > *most => too_new.push(format!(
                "{} {} asks for {}, we state {}",
                text(&package["name"]),
                text(&package["version"]),
                text(&package["rust_version"]),
                most.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
            )),
            Some(_) => {}
        }
    }
    too_new.sort();
    if too_new.is_empty() {
        let (all, some) = (packages.len() - members.len(), of_runtime.len() - 1);
        Ok(format!(
            "{all} dependencies, {some} of them the runtime's, build with our rust-versions; {silent} state none"
        ))
    } else {
        Err(format!("newer than our rust-version:\n  {}", too_new.join("\n  ")).into())
    }
}

/// The packages that a package is built from, including itself but not dependencies of tests.
fn reached<'a>(nodes: &'a [Value], root: &'a str) -> Result<HashSet<&'a str>, Failure> {
    let nodes: HashMap<&str, &Value> = nodes.iter().map(|node| (text(&node["id"]), node)).collect();
    let mut reached = HashSet::from([root]);
    let mut next = vec![root];
    while let Some(id) = next.pop() {
        let node = nodes.get(id).ok_or("cargo metadata: a package is not resolved")?;
        for dependency in list(&node["deps"])? {
            let is_built = list(&dependency["dep_kinds"])?.iter().any(|kind| kind["kind"] != "dev");
            if is_built && reached.insert(text(&dependency["pkg"])) {
                next.push(text(&dependency["pkg"]));
            }
        }
    }
    Ok(reached)
}

/// The declared version as numbers, which compare like versions.
fn rust_version(package: &Value) -> Option<Vec<u32>> {
    let version = package["rust_version"].as_str()?;
    let mut parts: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    parts.resize(3, 0);
    Some(parts)
}

fn list(value: &Value) -> Result<&[Value], Failure> {
    Ok(value.as_array().ok_or("cargo metadata: a list is missing")?)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A compiler that declares 1.88 and a runtime that declares 1.85, each with a dependency.
    fn workspace(of_compiler: &str, of_runtime: &str, kind: &Value) -> Value {
        let package =
            |id: &str, version: &str| json!({"id": id, "name": id, "version": "1", "rust_version": version});
        let node =
            |id: &str, to: &str| json!({"id": id, "deps": [{"pkg": to, "dep_kinds": [{"kind": kind}]}]});
        json!({
            "packages": [
                package("gen", "1.88"), package(RUNTIME, "1.85"), package("a", of_compiler), package("b", of_runtime)
            ],
            "workspace_members": ["gen", RUNTIME],
            "resolve": {"nodes": [
                node("gen", "a"), node(RUNTIME, "b"), {"id": "a", "deps": []}, {"id": "b", "deps": []}
            ]},
        })
    }

    #[test]
    fn each_dependency_is_held_against_what_needs_it() {
        let built = &Value::Null;
        assert!(check(&workspace("1.88", "1.85.0", built)).is_ok());
        let error =
            check(&workspace("1.88", "1.86", built)).expect_err("too new for the runtime").to_string();
        assert!(error.contains("b 1 asks for 1.86, we state 1.85.0"), "{error}");
        assert!(check(&workspace("1.89", "1.85", built)).is_err());
        // Dependencies of tests may need a newer Rust than users have.
        assert!(check(&workspace("1.88", "1.86", &json!("dev"))).is_ok());
    }
}
