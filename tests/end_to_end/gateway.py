"""The RADIUS side of one gateway: FreeRADIUS' own client asks from its address."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

CALLED = "AA-BB-CC-00-11-22"


@dataclass
class Reply:
    """What radclient printed of a reply: the kind of packet, and its attributes by FreeRADIUS' names."""

    kind: str
    attributes: dict[str, str]


@dataclass
class GatewayRadius:
    """Asks from the address of its access point."""

    address: str
    secret: str
    auth_port: int
    acct_port: int

    def ask(self, to: str, lines: list[str]) -> Reply:
        """One request; the reply's authenticators are checked by radclient."""
        port = self.auth_port if to == "auth" else self.acct_port
        request = "\n".join([f"Packet-Src-IP-Address = {self.address}", "Message-Authenticator = 0x00", *lines])
        done = subprocess.run(
            ["radclient", "-x", "-r", "3", "-t", "3", f"127.0.0.1:{port}", to, self.secret],
            input=request, capture_output=True, text=True, check=False,
        )  # fmt: skip
        _, received, answer = done.stdout.partition("Received ")
        assert received, f"no answer: {done.stdout}{done.stderr}"
        kind, *rest = answer.splitlines()
        pairs = [line.strip().split(" = ", 1) for line in rest if " = " in line]
        return Reply(kind.split()[0], {name: value.strip('"') for name, value in pairs})

    def chap(self, user_name: str, identifier: int, response: bytes, challenge: bytes, device: str) -> Reply:
        """An Access-Request as CoovaChilli makes it of the browser's answer to its challenge."""
        lines = [
            f'User-Name = "{user_name}"',
            f"CHAP-Password = 0x{identifier:02x}{response.hex()}",
            f"CHAP-Challenge = 0x{challenge.hex()}",
            "Service-Type = Login-User",
            f'Calling-Station-Id = "{device.upper().replace(":", "-")}"',
            f'Called-Station-Id = "{CALLED}"',
            "NAS-Port-Type = Wireless-802.11",
        ]
        return self.ask("auth", lines)

    def account(
        self, status: str, session: str, user_name: str, device: str, granted: Reply, **counters: int | str
    ) -> Reply:
        """An Accounting-Request, with the Class of the Accept echoed."""
        lines = [
            f"Acct-Status-Type = {status}",
            f'Acct-Session-Id = "{session}"',
            f'User-Name = "{user_name}"',
            f'Calling-Station-Id = "{device.upper().replace(":", "-")}"',
            "Framed-IP-Address = 10.1.0.7",
            f"Class = {granted.attributes['Class']}",
            *(f"{name.replace('_', '-')} = {value}" for name, value in counters.items()),
        ]
        return self.ask("acct", lines)
