//! A virtio-mem device. There is no guest with its driver, so only the ends without one are seen here.

use super::{Client, LIMIT, connect, rounds, with_each};
use qapi_runtime::client::operation::{OperationErrorKind, Resize};
use std::time::Duration;

const MACHINE: &[&str] = &[
    "-machine",
    "pc",
    "-m",
    "64M,maxmem=512M",
    "-object",
    "memory-backend-ram,id=backend,size=128M",
    "-device",
    "virtio-mem-pci,id=memory,memdev=backend,requested-size=0",
];

#[test]
fn a_size_that_is_there_ends_it_and_one_that_is_not_is_told() {
    with_each(MACHINE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        for _ in 0..rounds(20) {
            let more = Resize::new("memory", 64 << 20);
            // The command has its time, and the wait a short one.
            let mut more = client.start(more, LIMIT).expect("QEMU takes the request");
            more.extend(Duration::from_millis(1));
            let error = more.wait().expect_err("no guest plugs it");
            assert!(matches!(error.kind, OperationErrorKind::Timeout(_)), "{error}");
            assert_eq!(error.last.as_deref(), Some("0 bytes, 67108864 requested"));
            client.run(Resize::new("memory", 0), LIMIT).expect("it has this size");
        }
        let error = client.run(Resize::new("memory", 1), LIMIT).expect_err("no multiple of a block");
        assert!(matches!(error.kind, OperationErrorKind::Command(_)), "{error}");
    });
}
