//! Compiles the clients' schemas: our own, and if QEMU's source is there, QEMU's own and older ones.

#[path = "build/cut.rs"]
mod cut;

use qapi_gen::{Builder, Conditions};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The commands and events of the older schemas' clients: only those that the tests use, to compile little.
const OLDER: [&str; 26] = [
    "query-status",
    "query-version",
    "query-commands",
    "query-qmp-schema",
    "query-cpus-fast",
    "query-yank",
    "query-migrate-capabilities",
    "query-named-block-nodes",
    "qom-list",
    "human-monitor-command",
    "chardev-add",
    "chardev-remove",
    "blockdev-add",
    "blockdev-del",
    "object-add",
    "getfd",
    "closefd",
    "stop",
    "cont",
    "set-action",
    "quit",
    "STOP",
    "RESUME",
    "GUEST_PANICKED",
    "SHUTDOWN",
    "RESET",
];

fn main() -> Result<(), Box<dyn Error>> {
    for schema in ["qemu_schema", "qemu_7_2_schema"] {
        println!("cargo::rustc-check-cfg=cfg({schema})");
    }
    for variable in ["QAPI_CONFORMANCE_DATA", "QAPI_QEMU_7_2"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    Builder::new().client(true).compile("../../schemas/qapi-schema.json")?;
    for name in ["older", "newer", "agent", "names", "plain", "keywords", "vendor", "recursion"] {
        Builder::new().client(true).compile(format!("schemas/{name}.json"))?;
    }
    Builder::new().client(true).conditions(Conditions::All).compile("schemas/builds.json")?;
    Builder::new().client(true).compile_answer("answers/imported.json", [] as [&str; 0])?;
    let answers =
        ["7.2", "10.0"].map(|version| format!("{version}=../../qapi-gen/tests/devices/{version}.json"));
    let devices = Builder::new().only(["virtio-*", "floppy"]).out_dir(folder("devices")?);
    devices.compile_devices(answers, [] as [&str; 0])?;
    let data = std::env::var_os("QAPI_CONFORMANCE_DATA").unwrap_or_else(|| "../shared".into());
    // The path is relative to the workspace, but a build script runs in the folder of its package.
    let qemu = Path::new("../..").join(data).join("qemu-10.0.2");
    if !qemu.join("qapi/qapi-schema.json").exists() {
        return Ok(());
    }
    let config = qemu.join("introspect/x86_64.config");
    println!("cargo::rerun-if-changed={}", config.display());
    let defines = fs::read_to_string(&config)?;
    let builder = || Builder::new().defines(defines.split_whitespace());
    generate("qemu", builder(), &qemu.join("qapi/qapi-schema.json"))?;
    let agent = Builder::new().defines([
        "CONFIG_LINUX",
        "CONFIG_POSIX",
        "CONFIG_FSFREEZE",
        "CONFIG_FSTRIM",
        "CONFIG_GETLOADAVG",
        "HAVE_GETIFADDRS",
    ]);
    generate("qga", agent, &qemu.join("qga/qapi-schema.json"))?;
    let folder = cut::cut(&qemu.join("qapi"), &out()?.join("cut-schema"))?;
    let known = OLDER.into_iter().filter(|name| !cut::GONE.contains(name));
    generate("qemu_cut", builder().only(known), &folder.join("qapi-schema.json"))?;
    println!("cargo::rustc-cfg=qemu_schema");
    if let Some(source) = std::env::var_os("QAPI_QEMU_7_2") {
        let schema = Path::new("../..").join(source).join("qapi/qapi-schema.json");
        generate("qemu_7_2", builder().only(OLDER), &schema)?;
        println!("cargo::rustc-cfg=qemu_7_2_schema");
    }
    Ok(())
}

fn folder(name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let folder = out()?.join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn out() -> Result<PathBuf, Box<dyn Error>> {
    Ok(PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?))
}

/// Generates a client, and ignores warnings: the schema is not ours.
fn generate(name: &str, builder: Builder, schema: &Path) -> Result<(), Box<dyn Error>> {
    let generated = builder.client(true).docs(false).generate(schema)?;
    let made = out()?;
    for file in generated.files().filter(|file| !file.starts_with(&made)) {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    fs::write(folder(name)?.join("qapi-schema.rs"), generated.text)?;
    Ok(())
}
