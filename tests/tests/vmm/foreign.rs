//! Clients of other projects: the Python package qemu.qmp, and its qmp-shell.

use crate::machine::{program, workspace};
use qapi_test_support::skipped;
use std::process::Command;

#[test]
fn the_python_client_and_its_shell() {
    // `.ci/run` makes an environment that has the package, and requires it.
    let required = std::env::var_os("QAPI_FOREIGN_PYTHON");
    let python = required.clone().unwrap_or_else(|| "python3".into());
    let found = Command::new(&python).args(["-c", "import qemu.qmp"]).output();
    if required.is_none() && !found.is_ok_and(|output| output.status.success()) {
        skipped("qemu.qmp and qmp-shell", "no python3 with the package qemu.qmp");
        return;
    }
    let output = Command::new(&python)
        .arg(workspace().join("tests/foreign/qmp_client.py"))
        .arg(program())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{errors}");
    assert_eq!(printed.matches("received GUEST_PANICKED and STOP").count(), 4, "{printed}\n{errors}");
}
