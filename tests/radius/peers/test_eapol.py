"""eapol_test, which asks as an access point with 802.1X does: EAP is not spoken here, and nothing else suffers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from radius.numbers import Code
from tests.radius.gateway import Gateway, login
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually

NETWORK = """
network={
	key_mgmt=IEEE8021X
	eap=TTLS
	identity="somebody"
	password="something"
	phase2="auth=PAP"
}
"""


def test_who_asks_for_eap_gets_no_answer_and_the_others_do(
    house: House, worker: Worker, gateway: Gateway, tmp_path: Path
) -> None:
    assert shutil.which("eapol_test"), "eapol_test is missing: apt-get install eapoltest"
    before = worker.counted("radius_drops_total", kind="auth", reason="eap_unsupported")
    configuration = tmp_path / "eapol.conf"
    configuration.write_text(NETWORK)
    server = ["-a", "127.0.0.1", "-p", str(worker.auth_port), "-s", SECRET.decode(), "-A", ADDRESS]
    asked = subprocess.run(
        ["eapol_test", "-c", str(configuration), *server, "-t", "4", "-r", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert asked.returncode != 0
    assert "RADIUS packet matching with station" not in asked.stdout
    eventually(lambda: worker.counted("radius_drops_total", kind="auth", reason="eap_unsupported") > before)
    assert gateway.ask(worker.auth_port, login("nobody", "x")).code == Code.ACCESS_REJECT
