"""Starts the installed system on free ports in an empty folder, asks each service, and stops it.

Needs the standard library only, and is run by the Python of the environment that the wheel is installed in.
"""

# ruff: noqa: S101, S310, S324, S603 - it runs our own command, calls loopback, and RADIUS signs with MD5

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("hotspots"))
START_SECONDS = 60
STOP_SECONDS = 15
NAS_ADDRESS = "127.77.77.77"  # any loopback address that the example inventory leaves alone
STATUS_SERVER, MESSAGE_AUTHENTICATOR = 12, 80  # RFC 5997, RFC 3579


def main(scratch: Path) -> None:
    """Go through the whole life of one start."""
    folder = scratch / "started"
    folder.mkdir()
    ports = {name: free_port(kind) for name, kind in (
        ("auth", socket.SOCK_DGRAM), ("acct", socket.SOCK_DGRAM),
        ("portal", socket.SOCK_STREAM), ("metrics", socket.SOCK_STREAM),
    )}  # fmt: skip
    os.chdir(folder)
    os.environ |= {
        "HOTSPOTS_RADIUS_BIND": "127.0.0.1",
        "HOTSPOTS_RADIUS_AUTH_PORT": str(ports["auth"]),
        "HOTSPOTS_RADIUS_ACCT_PORT": str(ports["acct"]),
        "HOTSPOTS_PORTAL_BIND": f"127.0.0.1:{ports['portal']}",
        "HOTSPOTS_METRICS_BIND": f"127.0.0.1:{ports['metrics']}",
    }
    system = start()
    try:
        expect("the portal", "<html", fetch(f"http://127.0.0.1:{ports['portal']}/"))
        expect("the dashboard", "<html", fetch(f"http://127.0.0.1:{ports['portal']}/staff/"))
        expect("the metrics", "hotspots_", fetch(f"http://127.0.0.1:{ports['metrics']}/metrics"))
        secret = add_access_point()
        for service in ("auth", "acct"):
            ask_radius(service, ports[service], secret)
        stop(system)
    finally:
        system.kill()  # nothing where it has ended


def free_port(kind: socket.SocketKind) -> int:
    """A port that nobody holds now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start() -> subprocess.Popen[str]:
    """Start it, and wait for the last line of its table."""
    began = time.monotonic()
    system = subprocess.Popen([COMMAND, "run"], stdout=subprocess.PIPE, text=True, start_new_session=True)
    patience = threading.Timer(START_SECONDS, system.kill)
    patience.start()
    assert system.stdout is not None
    for line in system.stdout:
        if "hotspots simulate" in line:
            patience.cancel()
            print(f"started in {time.monotonic() - began:.1f} s")
            return system
    patience.cancel()
    sys.exit(f"hotspots run ended with status {system.wait()} before it served")


def fetch(address: str) -> str:
    """The page behind the address, after its redirects."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        body: bytes = answer.read()
        return body.decode()


def expect(what: str, wanted: str, page: str) -> None:
    """Stop here when the page is not what it should be."""
    if wanted not in page:
        sys.exit(f"{what} answered without {wanted!r}: {page[:500]}")
    print(f"{what} answered")


def hotspots(*arguments: str) -> str:
    """What the command prints."""
    return subprocess.run([COMMAND, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout


def add_access_point() -> bytes:
    """Put one more access point in service, the way an operator does; its secret."""
    secret = secrets.token_urlsafe(32)
    place = json.loads(hotspots("ap", "list", "--json"))[0]["hotspot"]
    hotspots(
        "ap", "add", "ci-probe", "--hotspot", place, "--address", NAS_ADDRESS,
        "--make", "linux", "--gateway", "wispr", "--secret", secret,
    )  # fmt: skip
    return secret.encode()


def ask_radius(service: str, port: int, secret: bytes) -> None:
    """Send a Status-Server until it is answered: the workers hear of the new access point within seconds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nas:
        nas.bind((NAS_ADDRESS, 0))
        nas.settimeout(1)
        for identifier in range(10):
            head = bytes((STATUS_SERVER, identifier)) + (38).to_bytes(2) + secrets.token_bytes(16)
            attribute = bytes((MESSAGE_AUTHENTICATOR, 18))
            signature = hmac.digest(secret, head + attribute + bytes(16), hashlib.md5)
            nas.sendto(head + attribute + signature, ("127.0.0.1", port))
            try:
                answer = nas.recv(4096)
            except TimeoutError:
                continue
            signed = answer[:4] + head[4:] + answer[20:] + secret
            if hashlib.md5(signed).digest() == answer[4:20]:
                print(f"RADIUS ({service}) answered")
                return
            sys.exit(f"RADIUS ({service}) answered with a wrong signature: {answer.hex()}")
    sys.exit(f"RADIUS ({service}) did not answer a Status-Server")


def stop(system: subprocess.Popen[str]) -> None:
    """Ctrl-C: all of it must end, cleanly and soon."""
    began = time.monotonic()
    system.send_signal(signal.SIGINT)
    try:
        status = system.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        sys.exit(f"hotspots run did not stop within {STOP_SECONDS} s")
    if status != 0:
        sys.exit(f"hotspots run ended with status {status}")
    print(f"stopped in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
