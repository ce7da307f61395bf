"""A CRW file, as Canon's first digital cameras wrote them, that LibRaw develops.

It is a heap (CIFF): records, and behind them a directory of them. The picture is grey: each block
of 64 samples is a difference of 0 to the last, and an end of block, in Canon's Huffman codes.
"""

from __future__ import annotations

import struct

WIDTH, HEIGHT = 128, 64
_ZERO, _END = "11110", "111111011"
_HEADER, _PIXELS_AT = 26, 540  # LibRaw looks for the pixels there


def crw() -> bytes:
    """The file."""
    camera = heap({0x080A: b"Canon\0Canon EOS D30\0", 0x0810: b"Anna van Gogh\0"})
    capture = heap({0x180E: struct.pack("<3I", 1_000_000_000, 0, 0)})
    properties = heap(
        {
            0x2807: camera,
            0x300B: heap(
                {
                    0x1031: struct.pack("<9H", 18, WIDTH, HEIGHT, 1, 1, 0, 0, 127, 63),
                    0x1818: struct.pack("<3f", 0.0, 8.0, 4.0),
                }
            ),
            0x300C: capture,
        }
    )
    body = heap({0x2005: pixels(), 0x300A: properties}, _PIXELS_AT - _HEADER)
    return struct.pack("<2sI8s", b"II", _HEADER, b"HEAPCCDR").ljust(_HEADER, b"\0") + body


def heap(records: dict[int, bytes], start: int = 0) -> bytes:
    """Records, from an offset on, and their directory."""
    data, entries = bytes(start), b""
    for tag, content in records.items():
        entries += struct.pack("<HII", tag, len(content), len(data))
        data += content + bytes(len(content) % 2)
    directory = struct.pack("<H", len(records)) + entries
    return data + directory + struct.pack("<I", len(data))


def pixels() -> bytes:
    """The codes, with a byte of 0 behind each of 255."""
    bits = (_ZERO + _END) * (WIDTH * HEIGHT // 64)
    packed = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    return packed.replace(b"\xff", b"\xff\0") + b"\xff\0" * 10 + bytes(0x4000)
