"""Packets as text files: bytes in, what we read out. A new file in ``packets/`` is a new test.

A file has comments (``#``), then sections that each begin with their name at the start of a line:

``packet``       the datagram in hexadecimal, spaces and line breaks as you like
``secret``       optional: the shared secret, for the lines about signatures
``answers``      optional, for a reply: code and authenticator (hexadecimal) of the request
``reads``        the expected text
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from radius.numbers import Code
from radius.printing import describe
from radius.shared_secret import SharedSecret
from radius.wire import Malformed, Packet, parse

FILES = sorted((Path(__file__).parent / "packets").glob("*.txt"))
SECTION = re.compile(r"^(packet|secret|answers|reads)\b", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    parts = SECTION.split(bare)
    assert not parts[0].strip(), "text before the first section"
    return {name: body.strip("\n").strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def reading(given: dict[str, str]) -> str:
    try:
        packet = parse(bytes.fromhex(given["packet"]))
    except Malformed as flaw:
        return f"malformed: {flaw}"
    lines = [describe(packet)]
    if "secret" in given:
        lines += proofs(packet, SharedSecret(given["secret"].encode()), given.get("answers"))
    return "\n".join(lines)


def proofs(packet: Packet, secret: SharedSecret, answers: str | None) -> list[str]:
    if answers is not None:
        code, authenticator = answers.split()
        return [f"reply {verdict(secret.verify_reply(packet, int(code), bytes.fromhex(authenticator)))}"]
    signature = verdict(secret.verify_signature(packet)) if packet.signed_at else "missing"
    lines = [f"signature {signature}"]
    if packet.code in (Code.ACCOUNTING_REQUEST, Code.DISCONNECT_REQUEST, Code.COA_REQUEST):
        lines.append(f"digest {verdict(secret.verify_digest(packet))}")
    password = secret.uncover_password(packet)
    if password is not None:
        lines.append(f'password "{password.decode()}"')
    return lines


def verdict(right: bool) -> str:
    return "right" if right else "wrong"


def test_there_are_packets() -> None:
    assert len(FILES) >= 20


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_packet_reads_as_its_file_says(file: Path) -> None:
    given = sections(file.read_text(encoding="utf-8"))

    assert reading(given) == given["reads"]
