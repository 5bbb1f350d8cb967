//! Compiles the schema of the management interface.

fn main() -> Result<(), qapi_gen::Error> {
    qapi_gen::Builder::new().compile("../../schemas/qapi-schema.json")
}
