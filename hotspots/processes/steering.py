"""Which worker gets a datagram: always the same one for the same sender.

The kernel spreads the senders of a shared port (SO_REUSEPORT) by address and port. A gateway that asks again from
another port, or reports from another one than it logs in from, would come to another worker, which knows nothing of
what the first one is doing; so here the address alone decides (a classic BPF program, socket(7),
SO_ATTACH_REUSEPORT_CBPF).
"""

from __future__ import annotations

import ctypes
import socket
import struct
from typing import Final

_SO_ATTACH_REUSEPORT_CBPF: Final = 51  # asm-generic/socket.h; Python has no name for it
_NETWORK_HEADER: Final = 0xFFF00000  # linux/filter.h, SKF_NET_OFF: offsets from here count from the IP header

# linux/bpf_common.h
_LOAD_BYTE, _LOAD_WORD, _RETURN_A = 0x30, 0x20, 0x16
_SHIFT_RIGHT, _XOR_X, _MODULO, _A_TO_X = 0x74, 0xAC, 0x94, 0x07
_JUMP_IF_EQUAL, _JUMP = 0x15, 0x05

_Instruction = tuple[int, int, int, int]
"""Operation, jump where true, jump where false, operand (struct sock_filter)."""


def program(workers: int) -> list[_Instruction]:
    """The instructions that give the number of a worker from the sender's address."""
    return [
        (_LOAD_BYTE, 0, 0, _NETWORK_HEADER),
        (_SHIFT_RIGHT, 0, 0, 4),
        (_JUMP_IF_EQUAL, 2, 0, 6),
        (_LOAD_WORD, 0, 0, _NETWORK_HEADER + 12),  # the source of IPv4
        (_JUMP, 0, 0, 1),
        (_LOAD_WORD, 0, 0, _NETWORK_HEADER + 20),  # the last four octets of the source of IPv6
        *_folded(16),
        *_folded(8),
        (_MODULO, 0, 0, workers),
        (_RETURN_A, 0, 0, 0),
    ]


def _folded(bits: int) -> list[_Instruction]:
    """All octets are to count, wherever the addresses of a network differ."""
    return [(_A_TO_X, 0, 0, 0), (_SHIFT_RIGHT, 0, 0, bits), (_XOR_X, 0, 0, 0)]


def worker_of(address: str, workers: int) -> int:
    """The number of the worker that a sender's packets come to, from 0."""
    packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    number = int.from_bytes(packed[-4:], "big")
    number ^= number >> 16
    return (number ^ number >> 8) % workers


def steer(member: socket.socket, workers: int) -> None:
    """Have the group of sockets that this one shares its port with steered by the sender's address.

    Numbers are given in the order in which the sockets were bound; a number that no socket has is spread by the
    kernel as before.
    """
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program(workers))
    filter_ = ctypes.create_string_buffer(code)
    length = len(code) // struct.calcsize("HBBI")
    member.setsockopt(
        socket.SOL_SOCKET, _SO_ATTACH_REUSEPORT_CBPF, struct.pack("HP", length, ctypes.addressof(filter_))
    )
