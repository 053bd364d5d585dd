"""RADIUS over TLS as an operator sets it up: a port in the settings, three commands, and the device is in."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

from tests.end_to_end.installation import Installation, eventually, fetch, free_port
from tests.radius.gateway import status_server
from tests.radius.radsec.peer import RADSEC, Peer, is_refused

NAME = "belzyce-urzad-1"
ACCEPT = 2


def files_of(installation: Installation, name: str = NAME) -> Path:
    """What `hotspots certificate ap` writes, under the names that the peer of the tests knows."""
    folder = installation.folder / f"certificates-{name}"
    installation.command("certificate", "ap", name, "--into", str(folder))
    for file, known_as in ((f"{name}.key", "key"), (f"{name}.pem", "certificate"), ("authority.pem", "authority")):
        (folder / known_as).symlink_to(folder / file)
    return folder


def works(port: int, folder: Path) -> bool:
    try:
        with Peer(port, folder) as peer:
            return peer.ask(status_server(secret=RADSEC)).code == ACCEPT
    except (OSError, AssertionError):
        return False


def test_it_is_set_up_survives_a_kill_and_lets_a_revoked_device_go(installation: Installation) -> None:
    port = free_port(socket.SOCK_STREAM)
    installation.settings = {"HOTSPOTS_RADSEC_PORT": str(port)}
    installation.serve()
    installation.wait_for(rf"RADIUS over TLS +TCP 127\.0\.0\.1:{port}")
    installation.command("certificate", "authority", "--into", str(installation.folder / "authority"))
    installation.command("certificate", "server", "localhost")
    folder = files_of(installation)
    assert eventually(lambda: works(port, folder))

    os.kill(installation.child("radsec"), signal.SIGKILL)
    installation.wait_for(r"supervisor: radsec is ready", times=2)
    assert eventually(lambda: works(port, folder))

    with Peer(port, folder) as peer:
        assert peer.ask(status_server(secret=RADSEC)).code == ACCEPT
        metrics = fetch(installation.ports["metrics"], "/metrics")
        assert "hotspots_radsec_connections 1.0" in metrics
        assert 'hotspots_radsec_handshakes_total{result="good"}' in metrics
        assert f'hotspots_certificate_expiry_timestamp_seconds{{name="{NAME}",purpose="access_point"}}' in metrics
        installation.command("certificate", "revoke", NAME)
        assert peer.is_ended(20.0)
    assert is_refused(port, folder)
    assert installation.stop() == 0
