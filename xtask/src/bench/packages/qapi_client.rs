//! A client of the crate `qapi`, as small as one can be.

use qapi::futures::QmpStreamTokio;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stream = QmpStreamTokio::open_uds("qmp.sock").await?;
        let (service, _) = stream.negotiate().await?.spawn_tokio();
        println!("{:?}", service.execute(qapi::qmp::query_status {}).await?);
        Ok(())
    })
}
