//! Compiles the schema.

fn main() -> Result<(), qapi_gen::Error> {
    qapi_gen::Builder::new().compile("lamp.json")
}
