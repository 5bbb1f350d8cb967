//! Compiles the schemas that the clients are made from; QEMU's own when it is there.

use qapi_gen::Builder;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-check-cfg=cfg(qemu_schema)");
    println!("cargo::rerun-if-env-changed=QAPI_CONFORMANCE_DATA");
    Builder::new().client(true).compile("../../schemas/qapi-schema.json")?;
    for name in ["older", "newer", "agent", "names", "plain", "keywords", "vendor", "recursion"] {
        Builder::new().client(true).compile(format!("schemas/{name}.json"))?;
    }
    let data = std::env::var_os("QAPI_CONFORMANCE_DATA").unwrap_or_else(|| "../shared".into());
    // The path is relative to the workspace, and a build script runs in the folder of its package.
    let qemu = Path::new("../..").join(data).join("qemu-10.0.2");
    if !qemu.join("qapi/qapi-schema.json").exists() {
        return Ok(());
    }
    let config = qemu.join("introspect/x86_64.config");
    println!("cargo::rerun-if-changed={}", config.display());
    let defines = fs::read_to_string(&config)?;
    generate("qemu", &defines, &qemu.join("qapi/qapi-schema.json"))?;
    generate("qga", "CONFIG_LINUX", &qemu.join("qga/qapi-schema.json"))?;
    println!("cargo::rustc-cfg=qemu_schema");
    Ok(())
}

/// Warnings about a schema that is not ours are nobody's business here.
fn generate(name: &str, defines: &str, schema: &Path) -> Result<(), Box<dyn Error>> {
    let builder = Builder::new().client(true).docs(false).format(false).defines(defines.split_whitespace());
    let generated = builder.generate(schema)?;
    for file in &generated.files {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?).join(name);
    fs::create_dir_all(&out)?;
    fs::write(out.join("qapi-schema.rs"), generated.text)?;
    Ok(())
}
