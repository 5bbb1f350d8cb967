"""Clients that nobody of this project wrote, against the example machine.

Usage: python qmp_client.py VMM

VMM is the built program of examples/vmm.  Needs the package qemu.qmp, which also brings qmp-shell.  Each client
negotiates, over a Unix socket and over TCP, sets panic=pause, lets the guest panic and receives GUEST_PANICKED and STOP.
Prints a line for each client; the exit status is 0 when all succeeded.
"""

import asyncio
import contextlib
import os
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading

from qemu.qmp import ExecuteError, QMPClient

# Only a limit for a run that hangs: nothing here waits for time to pass.
PATIENCE = 60

WAYS = ["a Unix socket", "TCP"]

GUEST = "outb 0x505 1\n"


def accepts(path):
    """Whether somebody listens at the path."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


@contextlib.contextmanager
def machine(vmm):
    """A machine that waits to be started; yields the process, the addresses of its monitor and a folder."""
    with tempfile.TemporaryDirectory(prefix="qmp") as folder:
        guest = os.path.join(folder, "panic.guest")
        with open(guest, "w", encoding="ascii") as file:
            file.write(GUEST)
        path = os.path.join(folder, "qmp")
        command = [vmm, "-S", "-qmp", f"unix:{path},server=on,wait=off"]
        command += ["-qmp", "tcp:127.0.0.1:0,server=on,wait=off", "-guest", guest]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # The end of the machine ends this thread.
        said = queue.Queue()
        threading.Thread(target=lambda: [said.put(line) for line in process.stderr], daemon=True).start()
        try:
            port = None
            while port is None:
                # It tells which port the system chose.
                port = re.search(r"listens on 127\.0\.0\.1:(\d+)", said.get(timeout=PATIENCE))
            while not accepts(path):
                assert process.poll() is None, f"the machine ended with status {process.returncode}"
            yield process, {"a Unix socket": path, "TCP": ("127.0.0.1", int(port[1]))}, folder
        finally:
            process.kill()
            process.wait()


async def drive(process, address):
    """The conversation, through the library."""
    client = QMPClient("test")
    await client.connect(address)
    assert client.greeting.QMP.capabilities is not None

    status = await client.execute("query-status")
    assert status == {"running": False, "status": "prelaunch"}, status
    answer = await client.execute("set-action", {"panic": "pause"})
    assert answer == {}, answer

    # The library has negotiated out-of-band: what overtakes must be allowed to.
    try:
        await client.execute("query-status", oob=True)
    except ExecuteError as error:
        assert error.error_class == "GenericError" and "OOB" in str(error), error
    else:
        raise AssertionError("query-status is not for out-of-band")
    answers = await asyncio.gather(*(client.execute("query-status") for _ in range(20)))
    assert answers == [status] * 20, answers

    with client.listener() as events:
        await client.execute("cont")
        seen = []
        while not seen or seen[-1]["event"] != "STOP":
            seen.append(await events.get())
    names = [event["event"] for event in seen]
    assert names == ["RESUME", "GUEST_PANICKED", "STOP"], names
    assert seen[1]["data"]["action"] == "pause", seen[1]
    assert all({"seconds", "microseconds"} == set(event["timestamp"]) for event in seen), seen

    status = await client.execute("query-status")
    assert status == {"running": False, "status": "guest-panicked"}, status
    with client.listener("SHUTDOWN") as events:
        await client.execute("quit")
        shutdown = await events.get()
    assert shutdown["data"] == {"guest": False, "reason": "host-qmp-quit"}, shutdown
    # The server hangs up after quit, which the library reports.
    with contextlib.suppress(EOFError):
        await client.disconnect()
    code = process.wait(PATIENCE)
    assert code == 0, f"quit ended with status {code}"


def with_library(vmm):
    """QMPClient of the package qemu.qmp."""
    for way in WAYS:
        with machine(vmm) as (process, addresses, _):
            asyncio.run(asyncio.wait_for(drive(process, addresses[way]), PATIENCE))
        print(f"QMPClient over {way}: negotiated, set panic=pause, received GUEST_PANICKED and STOP")


class Shell:
    """A running qmp-shell, and what it has printed."""

    def __init__(self, address, home):
        self.printed = ""
        self.prompts = 0
        self.process = subprocess.Popen(
            [os.path.join(os.path.dirname(sys.executable), "qmp-shell"), address],
            # It writes a history file into HOME.
            env=dict(os.environ, HOME=home, PYTHONUNBUFFERED="1"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def until_prompt(self):
        """Reads until the shell asks for its next line."""
        self.prompts += 1
        while self.printed.count("(QEMU)") < self.prompts:
            chunk = os.read(self.process.stdout.fileno(), 65536).decode()
            assert chunk, f"qmp-shell ended early; it printed:\n{self.printed}"
            self.printed += chunk

    def send(self, line):
        """Types a line."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()


def with_shell(vmm, way):
    """The program qmp-shell, fed through its standard input."""
    with machine(vmm) as (process, addresses, folder):
        address = addresses[way]
        shell = Shell(address if isinstance(address, str) else "{}:{}".format(*address), folder)
        watchdog = threading.Timer(PATIENCE, shell.process.kill)
        watchdog.start()
        try:
            shell.until_prompt()
            for line in ["query-status", "set-action panic=pause", "cont"]:
                shell.send(line)
                shell.until_prompt()
            # An empty line prints the events that have come so far.
            while "STOP" not in shell.printed:
                shell.send("")
                shell.until_prompt()
            # What it prints and returns after quit is a race, so only the machine's end is judged.
            shell.send("quit")
            code = process.wait(PATIENCE)
            shell.process.communicate()
        finally:
            watchdog.cancel()
            shell.process.kill()
        assert "Connected to" in shell.printed, shell.printed
        assert "'error'" not in shell.printed, shell.printed
        assert "GUEST_PANICKED" in shell.printed, shell.printed
        assert code == 0, f"quit ended with status {code}"
    print(f"qmp-shell over {way}: negotiated, set panic=pause, received GUEST_PANICKED and STOP")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with_library(sys.argv[1])
    for way in WAYS:
        with_shell(sys.argv[1], way)


if __name__ == "__main__":
    main()
