//! Many clients in one process.

use qapi_client_tests::many;

#[test]
fn a_hundred_clients_call_at_once() {
    // A thousand take more descriptors than some systems allow a test; the benchmark does that.
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(many::run(100, 20, folder.path())).expect("every call has its reply");
}
