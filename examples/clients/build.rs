//! Compiles the schema for clients.

fn main() -> Result<(), qapi_gen::Error> {
    qapi_gen::Builder::new().client(true).compile("../../schemas/qapi-schema.json")
}
