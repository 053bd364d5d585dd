"""Devices for the roll-out: a real sshd on loopback, and folders that stand for the roots of access points.

The sshd has no sftp, as OpenWrt's dropbear has none. What the device would do with a new configuration is a shell
script here that writes down that it was called.
"""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SSHD = "/usr/sbin/sshd"
START_SECONDS = 60


@dataclass(frozen=True)
class Sshd:
    port: int
    client_key: Path
    known_hosts: Path


@dataclass(frozen=True)
class Device:
    """One access point: `root` holds its files, `calls` what its services were told."""

    root: Path

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def config(self) -> dict[str, str]:
        folder = self.root / "etc/config"
        return {path.name: path.read_text() for path in sorted(folder.iterdir())} if folder.exists() else {}

    @property
    def calls(self) -> list[str]:
        record = self.root / "calls"
        return record.read_text().splitlines() if record.exists() else []

    @property
    def state(self) -> str:
        return self.read("etc/hotspots-rollout/state").strip()

    def service(self, name: str, body: str = "") -> None:
        """A program on the device that records its name, then does `body`."""
        self.write(f"bin/{name}", f"#!/bin/sh\necho {name} >>'{self.root}/calls'\n{body}\n")
        (self.root / "bin" / name).chmod(0o755)


@contextlib.contextmanager
def running_sshd(folder: Path) -> Iterator[Sshd]:
    """A real sshd of the current user on a free port of loopback, with keys of its own."""
    if not Path(SSHD).exists():
        raise FileNotFoundError(f"{SSHD} is missing; install the Debian package openssh-server")
    folder.mkdir(mode=0o700)
    host_key, client_key = folder / "host_key", folder / "client_key"
    for key in (host_key, client_key):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    shutil.copy(client_key.with_suffix(".pub"), folder / "authorized_keys")
    port = _free_port()
    (folder / "sshd_config").write_text(_configuration(folder, port))
    known_hosts = folder / "known_hosts"
    kind, value = host_key.with_suffix(".pub").read_text().split()[:2]
    known_hosts.write_text(f"[127.0.0.1]:{port} {kind} {value}\n")
    if os.geteuid() == 0:
        # sshd drops its privileges into this folder and refuses to start as root without it.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    log = (folder / "log").open("wb")
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log)
    try:
        _wait_for(process, port, folder / "log")
        yield Sshd(port, client_key, known_hosts)
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


def _configuration(folder: Path, port: int) -> str:
    return f"""
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/pid
AllowUsers {getpass.getuser()}
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
MaxStartups 100
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"sshd ended: {log.read_text()}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"sshd does not answer: {log.read_text()}")
