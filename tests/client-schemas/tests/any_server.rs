//! Clients that know little about their server: one made from an answer alone, one for servers of any build.

use qapi_client_tests::driver::both;
use qapi_client_tests::peer::connect;
use qapi_client_tests::{builds, imported};
use qapi_runtime::control::command::QueryVersion;
use qapi_runtime::device::Device;
use serde_json::json;

/// An answer has no widths, so an integer may be any of 64 bits.
#[test]
fn integers_of_an_imported_schema_take_both_ranges() {
    both(|kind| {
        let (client, server) = connect::<imported::Schema>(kind, &[], |peer| {
            for most in [json!(u64::MAX), json!(1)] {
                let request = peer.request();
                peer.reply(&request, json!({ "least": i64::MIN, "list": [-1, u64::MAX], "most": most }));
            }
            for size in [json!(u64::MAX), json!(-1)] {
                let request = peer.request();
                assert_eq!(request["arguments"], json!({ "size": size, "step": 2 }));
                peer.reply(&request, json!({}));
            }
        });
        for most in [u64::MAX, 1] {
            let sizes = client.execute(imported::command::QuerySizes::new()).expect("a reply");
            assert_eq!((sizes.least, sizes.most), (i64::MIN.into(), Some(most.into())));
            assert_eq!(sizes.list, [-1, u64::MAX.into()]);
        }
        client.execute(imported::command::SetSize::new(u64::MAX).step(2)).expect("it is taken");
        client.execute(imported::command::SetSize::new(-1).step(2_u8)).expect("it is taken");
        let beyond = imported::command::SetSize::new(i128::MAX);
        let error = client.execute(beyond).expect_err("no server can take it").to_string();
        assert_eq!(error, "set-size: the arguments cannot be sent");
        server.join().expect("the server saw what it expects");
    });
}

/// `device_add` takes the properties of the device, which no answer describes.
#[test]
fn device_add_of_an_imported_schema_takes_members_that_are_not_described() {
    both(|kind| {
        let (client, server) = connect::<imported::Schema>(kind, &[], |peer| {
            let request = peer.request();
            let arguments = json!({ "driver": "virtio-blk", "id": "d0", "drive": "disk0", "num-queues": 4 });
            assert_eq!(request["arguments"], arguments);
            peer.reply(&request, json!({}));
        });
        let device = imported::command::DeviceAdd::new("virtio-blk").id("d0");
        client.execute(device.with("drive", "disk0").with("num-queues", 4)).expect("it is taken");
        server.join().expect("the server saw what it expects");
    });
}

#[test]
fn servers_of_any_build_are_understood_where_all_conditions_hold() {
    both(|kind| {
        let (client, server) = connect::<builds::Schema>(kind, &[], |peer| {
            for backends in [json!({ "best": "uring", "depth": 64 }), json!({ "best": "posix" })] {
                let request = peer.request();
                peer.reply(&request, backends);
            }
            let request = peer.request();
            assert_eq!(request["execute"], "set-depth");
            peer.reply(&request, json!({}));
        });
        let ask = || client.execute(builds::command::QueryBackends::new()).expect("a reply");
        let with = ask();
        assert_eq!((with.best, with.depth), (builds::Backend::Uring, Some(64)));
        let without = ask();
        assert_eq!((without.best, without.depth), (builds::Backend::Posix, None));
        client.execute(builds::command::SetDepth::new(1)).expect("it is taken");
        server.join().expect("the server saw what it expects");
    });
}

/// The schema declares the protocol's commands itself. Code for any monitor uses those of the runtime.
#[test]
fn code_for_any_monitor_takes_a_client_of_an_imported_schema() {
    both(|kind| {
        let (client, server) = connect::<imported::Schema>(kind, &[], |peer| {
            for command in ["query-version", "device_add"] {
                let request = peer.request();
                assert_eq!(request["execute"], command);
                let version = json!({ "qemu": { "major": 10, "minor": 0, "micro": 2 }, "package": "" });
                peer.reply(&request, if command == "query-version" { version } else { json!({}) });
            }
        });
        let version = client.execute(QueryVersion::new()).expect("a version");
        assert_eq!(version.qemu.major, 10);
        client.execute(Device::new("virtio-rng-pci").id("rng0")).expect("it is added");
        server.join().expect("the server saw what it expects");
    });
}
