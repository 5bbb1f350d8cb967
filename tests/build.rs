//! Compiles the project's own schema and the test schemas, as any user of qapi-gen does.

use qapi_gen::Builder;
use std::error::Error;
use std::path::PathBuf;

#[path = "golden-build.rs"]
mod golden;

/// Schemas that are compiled once, as they are.
const PLAIN: [&str; 5] = ["types", "names", "features", "documentation", "modules"];

/// `conditions.json` is compiled once for each of these sets of defines.
const CONDITIONS: [(&str, &[&str]); 3] = [
    ("conditions-none", &[]),
    ("conditions-some", &["CONFIG_BACKENDS", "CONFIG_SMALL", "CONFIG_POSIX"]),
    (
        "conditions-all",
        &[
            "CONFIG_BACKENDS",
            "CONFIG_FAST",
            "CONFIG_IDS",
            "CONFIG_LINUX",
            "CONFIG_POSIX",
            "CONFIG_SMALL",
            "CONFIG_SOCKET",
        ],
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    Builder::new().compile("../schemas/qapi-schema.json")?;
    for name in PLAIN {
        Builder::new().compile(format!("schemas/{name}.json"))?;
    }
    Builder::new().blocking(["inline", "raw"]).compile("schemas/commands.json")?;
    for (folder, defines) in CONDITIONS {
        let builder = Builder::new().defines(defines.iter().copied());
        builder.out_dir(folder_in_out_dir(folder)?).compile("schemas/conditions.json")?;
    }
    Builder::new().client(true).compile("schemas/deprecated.json")?;
    Builder::new().client(true).closed(["Mode"]).compile("schemas/closed.json")?;
    let client = Builder::new().client(true).out_dir(folder_in_out_dir("client")?);
    client.compile("schemas/types.json")?;
    golden::compile()
}

fn folder_in_out_dir(name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let folder = PathBuf::from(out).join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
