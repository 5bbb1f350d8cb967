//! A client on tokio, as small as one can be.

use qapi_runtime::client::asynchronous::Client;
use std::error::Error;

qapi_runtime::include_schema!(mod qapi = "qapi-schema");

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = Client::<qapi::Schema>::connect_unix("qmp.sock").await?;
        println!("{:?}", client.execute(qapi::command::QueryStatus::new()).await?);
        Ok(())
    })
}
