"""Runs a command where every address leads nowhere, and writes down those that it tries to reach.

usage: unshare --net python listening.py REPORT COMMAND...

To be run in a network namespace of its own. Its one interface, the loopback, is made the way to
every address, so that what is sent to any is seen there, whichever library sends it.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

ALL_KINDS, IPV4, IPV6 = 3, 0x0800, 0x86DD
"""Of packets, as Linux numbers them in <linux/if_ether.h>."""

NAME_SERVICE = 53
"""Asked at a loopback address, it would ask others."""


def main() -> int:
    for words in ("link set lo up", "route add local 0.0.0.0/0 dev lo"):
        subprocess.run(["ip", *words.split()], check=True)
    # Not every kernel has the newer protocol.
    ipv6 = "ip -6 route add local ::/0 dev lo"
    subprocess.run(ipv6.split(), check=False, stderr=subprocess.DEVNULL)
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ALL_KINDS)) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**24)
        wire.setblocking(False)
        done = subprocess.run(sys.argv[2:], check=False)
        Path(sys.argv[1]).write_text(json.dumps(sorted(reached(wire))))
    return done.returncode


def reached(wire: socket.socket) -> set[str]:
    """The addresses, other than the loopback's own, of all packets that wait to be read."""
    found: set[str] = set()
    while True:
        try:
            packet, (_, kind, *_) = wire.recvfrom(2**16)
        except BlockingIOError:
            return found
        if kind == IPV4:
            protocol, address = packet[9], packet[16:20]
            rest = packet[4 * (packet[0] & 15) :]
        elif kind == IPV6:
            protocol, address, rest = packet[6], packet[24:40], packet[40:]
        else:
            continue
        if protocol not in (socket.IPPROTO_TCP, socket.IPPROTO_UDP):
            continue
        port = int.from_bytes(rest[2:4], "big")
        if port == NAME_SERVICE or not ip_address(address).is_loopback:
            found.add(f"{ip_address(address)} port {port}")


if __name__ == "__main__":
    sys.exit(main())
