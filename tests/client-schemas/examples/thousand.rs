//! The program of `cargo xtask bench client`: many servers, or many clients.
//!
//! Usage: `thousand serve FOLDER SERVERS` prints `ready` and serves until its input ends; `thousand tokio|blocking
//! FOLDER CLIENTS CALLS` prints the seconds for connecting, the seconds for all calls, and the bytes of memory that the
//! clients take.

use qapi_client_tests::many;
use std::io::{Read, Write};
use std::path::Path;

fn main() -> Result<(), many::Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = match arguments[..] {
        ["serve", folder, servers] => {
            let _runtime = runtime.enter();
            let servers = many::serve(servers.parse()?, Path::new(folder))?;
            println!("ready");
            std::io::stdout().flush()?;
            std::io::stdin().read_to_end(&mut Vec::new())?;
            drop(servers);
            return Ok(());
        }
        ["tokio", folder, clients, calls] => {
            runtime.block_on(many::on_tokio(clients.parse()?, calls.parse()?, Path::new(folder)))?
        }
        ["blocking", folder, clients, calls] => {
            many::blocking(clients.parse()?, calls.parse()?, Path::new(folder))?
        }
        _ => return Err("see the code for the arguments".into()),
    };
    let many::Outcome { connecting, calling, memory } = outcome;
    println!("{} {} {memory}", connecting.as_secs_f64(), calling.as_secs_f64());
    Ok(())
}
