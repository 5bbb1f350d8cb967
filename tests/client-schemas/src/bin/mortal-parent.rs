//! Starts the program of the first argument so that it dies with this one, prints its id, and stays until it is killed.

use qapi_runtime::client::blocking::Process;
use qapi_runtime::client::process::{Starting, dying_with_parent};
use qapi_runtime::client::{Options, Untyped};
use std::error::Error;
use std::thread;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut command = dying_with_parent(arguments.next().ok_or("no program")?)?;
    command.args(arguments);
    // From a thread that ends at once: the process must live as long as the program, not as the thread.
    let start = move || Process::<Untyped>::start(Starting::qemu(command), &Options::new());
    let process = thread::spawn(start).join().map_err(|_| "a panic")??;
    println!("{}", process.id());
    loop {
        thread::park();
    }
}
