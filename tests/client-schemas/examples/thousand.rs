//! Prints what a thousand clients and as many servers cost in one process.

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(qapi_client_tests::many::run(1000, 100, folder.path()))?;
    println!("{outcome:?}");
    Ok(())
}
