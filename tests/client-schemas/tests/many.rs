//! Many clients in one process.

use qapi_client_tests::{driver, many};

/// Not a thousand, as in the benchmark: some systems do not allow a test that many descriptors.
#[test]
fn a_hundred_clients_call_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = driver::runtime();
    let _servers = {
        let _inside = runtime.enter();
        many::serve(100, folder.path()).expect("sockets")
    };
    runtime.block_on(many::on_tokio(100, 20, folder.path())).expect("every call has its reply");
    many::blocking(100, 20, folder.path()).expect("every call has its reply");
}
