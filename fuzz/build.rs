//! Compiles the schemas whose types the target `decode` decodes, and whose commands the target `session` serves.

use qapi_gen::Builder;

fn main() -> Result<(), qapi_gen::Error> {
    Builder::new().compile("../schemas/qapi-schema.json")?;
    Builder::new().client(true).compile("../tests/schemas/types.json")?;
    Builder::new().compile("../tests/schemas/features.json")?;
    Builder::new().compile("../tests/schemas/commands.json")
}
