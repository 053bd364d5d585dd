"""Packets in a stream of octets: each says how long it is (RFC 6613 section 2.6.4)."""

from __future__ import annotations

from radius.wire import HEADER_OCTETS, MAX_PACKET_OCTETS, Flaw, Malformed


class Framing:
    """Cuts a stream into packets. What it holds is less than one packet."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def waits(self) -> bool:
        """Whether a packet has begun and not ended."""
        return bool(self._held)

    def feed(self, octets: bytes) -> list[bytes]:
        """The packets that are whole now.

        Raises:
            Malformed: A length that no packet can have; nothing that follows can be found any more.
        """
        held = self._held
        held += octets
        packets: list[bytes] = []
        start = 0
        while len(held) - start >= 4:
            length = held[start + 2] << 8 | held[start + 3]
            if length < HEADER_OCTETS:
                raise Malformed(Flaw.LENGTH_BELOW_HEADER, 2)
            if length > MAX_PACKET_OCTETS:
                raise Malformed(Flaw.LENGTH_ABOVE_MAXIMUM, 2)
            if len(held) - start < length:
                break
            packets.append(bytes(held[start : start + length]))
            start += length
        del held[:start]
        return packets
