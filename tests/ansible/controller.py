"""The controller of the roll-out: Ansible as it is run from `ansible/`, against a database of its own."""

import getpass
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ansible.device import Device, Sshd

ANSIBLE = Path(__file__).parents[2] / "ansible"
ROLLOUT_SECONDS = 180
_RECAP = re.compile(r"^(\S+)\s+: (ok=.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    status: int
    output: str

    def recap(self, host: str) -> dict[str, int]:
        """What Ansible counted for a host; empty where it never came to it."""
        counts = dict(_RECAP.findall(self.output)).get(host, "")
        return {name: int(count) for name, count in (pair.split("=") for pair in counts.split())}


@dataclass(frozen=True)
class Controller:
    folder: Path
    sshd: Sshd
    devices: Path
    environment: dict[str, str]

    def device(self, name: str) -> Device:
        return Device(self.devices / name)

    def roll_out(self, *arguments: str, **variables: Any) -> Run:
        """Run the playbook; `variables` go before those that make loopback look like a network of access points."""
        known = {
            "ansible_user": getpass.getuser(),
            "ansible_port": self.sshd.port,
            "ansible_host": "127.0.0.1",
            "ansible_ssh_private_key_file": str(self.sshd.client_key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={self.sshd.known_hosts}",
            "ansible_remote_tmp": str(self.folder / "remote"),
            "device_root": f"{self.devices}/{{{{ inventory_hostname }}}}",
            "hotspots_command": [sys.executable, "-m", "hotspots"],
            "openwrt_reload_commands": [
                "{{ device_root }}/bin/reload_config",
                "{{ device_root }}/bin/chilli restart",
            ],
            "openwrt_check_commands": ["{{ device_root }}/bin/check"],
            "openwrt_check_retries": 2,
            "openwrt_check_delay_seconds": 0,
            "openwrt_confirm_seconds": 120,
        }
        extra = self.folder / "variables.json"
        extra.write_text(json.dumps(known | variables))
        return self._run("ansible-playbook", "playbooks/access_points.yml", "-e", f"@{extra}", *arguments)

    def inventory(self, *arguments: str) -> Run:
        return self._run("ansible-inventory", *arguments)

    def ad_hoc(self, *arguments: str) -> Run:
        """Run one module on the controller itself."""
        return self._run("ansible", "localhost", *arguments)

    def _run(self, program: str, *arguments: str) -> Run:
        done = subprocess.run(
            [str(Path(sys.executable).with_name(program)), *arguments],
            cwd=ANSIBLE,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=ROLLOUT_SECONDS,
            check=False,
        )
        return Run(done.returncode, done.stdout)
