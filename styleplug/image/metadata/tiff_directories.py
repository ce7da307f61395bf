"""Directories (IFDs) of TIFF files, and of EXIF blocks, which are TIFF files without a picture.

A directory is a list of entries, each a tag, a type, a count and up to four bytes: its value, or
where in the file the value lies (TIFF 6.0, section 2). No library writes to them in place.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, DOUBLE = 1, 2, 3, 4, 5, 7, 12
LONG_64, SIGNED_64 = 16, 17
DIRECTORY_TYPES = (13, 18)  # offsets of directories, of 32 and of 64 bits
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ITEMS = {SHORT: "H", LONG: "I", 13: "I", LONG_64: "Q", 18: "Q"}
_WORDS = {3: 2, 4: 4, 5: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4}
"""Sizes of the units that the byte order turns round; a fraction has two."""
_ENTRY = 12
_MOST_ENTRIES = 2**16 - 1
_MOST_PAGES = 32
"""How many directories are looked at for the photograph."""
_SUBFILE_TYPE, _REDUCED, _MASK = 254, 1, 4


@dataclass(frozen=True)
class Entry:
    """One entry.

    Args:
        tag: what it says.
        type: 1 to 13, as TIFF counts them.
        count: how many values of the type.
        value: the bytes of all values, in the file's byte order.
        offset: where the value lies in the file; None for one that isn't there yet.
        position: where the entry itself lies; None likewise.
    """

    tag: int
    type: int
    count: int
    value: bytes
    offset: int | None = None
    position: int | None = None


class TiffReader:
    """A TIFF structure in memory, `data`, to be read.

    Args:
        data: the structure; offsets count from its beginning.

    Raises:
        ValueError: no TIFF structure, or one with 64-bit offsets.
    """

    HEADERS: ClassVar = {b"II*\0": "<", b"MM\0*": ">"}
    _TYPES: ClassVar = _SIZES
    _FIRST = 4  # where the offset of the first directory lies
    _COUNT, _NUMBER = "H", "I"  # the types of the number of entries, and of offsets and counts

    def __init__(self, data: bytes | bytearray) -> None:
        self.data = data
        self._width = struct.calcsize(f"={self._NUMBER}")
        if bytes(data[:4]) not in self.HEADERS or len(data) < self._FIRST + self._width:
            raise ValueError("no TIFF header")
        self.order = self.HEADERS[bytes(data[:4])]

    @property
    def first(self) -> int:
        """Where the first directory lies."""
        return self._number(self._NUMBER, self._FIRST)

    def directory(self, offset: int) -> dict[int, Entry]:
        """The entries of the directory at an offset, by tag; of a tag that is there twice, the
        first.

        Entries of unknown types, and those whose values lie outside of the file, are left out.

        Raises:
            ValueError: there is no whole directory, or one that would take more memory than the
                file, because its values overlap.
        """
        start, end = offset + struct.calcsize(f"={self._COUNT}"), self._end(offset)
        packed = struct.Struct(f"{self.order}HH{self._NUMBER}")
        found: dict[int, Entry] = {}
        total = 0
        for position in range(start, end, packed.size + self._width):
            tag, type_, count = packed.unpack_from(self.data, position)
            size = self._TYPES.get(type_, 0) * count
            value_at = position + packed.size
            if size > self._width:
                value_at = self._number(self._NUMBER, value_at)
            if size and value_at + size <= len(self.data):
                total += size
                if total > len(self.data):
                    raise ValueError("the values of a directory overlap")
                value = bytes(self.data[value_at : value_at + size])
                found.setdefault(tag, Entry(tag, type_, count, value, value_at, position))
        return found

    def pointed(self, entries: Mapping[int, Entry], tag: int) -> dict[int, Entry]:
        """The entries of the directory that a tag points to; none where it points to nothing."""
        try:
            return self.directory(self.number(entries, tag))
        except ValueError:
            return {}

    def next_directory(self, offset: int) -> int:
        """Where the directory after the one at an offset lies; 0 where there is none."""
        end = self._end(offset)
        return self._number(self._NUMBER, end) if end + self._width <= len(self.data) else 0

    def numbers(self, entry: Entry) -> tuple[int, ...]:
        """The values of an entry of whole numbers; none, if it is of another type."""
        item = _ITEMS.get(entry.type)
        return struct.unpack(f"{self.order}{entry.count}{item}", entry.value) if item else ()

    def number(self, entries: Mapping[int, Entry], tag: int) -> int:
        """The first value of a tag, a whole number; 0 where there is none."""
        values = self.numbers(entries[tag]) if tag in entries else ()
        return values[0] if values else 0

    def _end(self, offset: int) -> int:
        """Where the entries of a directory end."""
        start = offset + struct.calcsize(f"={self._COUNT}")
        if offset < 8 or start > len(self.data):
            raise ValueError("a directory lies outside of the file")
        count = self._number(self._COUNT, offset)
        end = start + (4 + 2 * self._width) * count
        if end > len(self.data) or count > _MOST_ENTRIES:
            raise ValueError("a directory is cut off")
        return end

    def _number(self, item: str, offset: int) -> int:
        [number] = struct.unpack_from(self.order + item, self.data, offset)
        return int(number)


class BigTiffReader(TiffReader):
    """A structure with 64-bit offsets (BigTIFF) in memory, to be read."""

    HEADERS: ClassVar = {b"II+\0": "<", b"MM\0+": ">"}
    _TYPES: ClassVar = {**_SIZES, LONG_64: 8, SIGNED_64: 8, 18: 8}
    _FIRST = 8
    _COUNT, _NUMBER = "Q", "Q"


def opened(data: bytes) -> TiffReader:
    """A TIFF file of either kind.

    Raises:
        ValueError: no TIFF structure.
    """
    return (BigTiffReader if data[:4] in BigTiffReader.HEADERS else TiffReader)(data)


def pages_of(tiff: TiffReader) -> Iterator[dict[int, Entry]]:
    """The entries of each page's directory.

    Raises:
        ValueError: the next one is damaged.
    """
    seen: set[int] = set()
    at = tiff.first
    while at and at not in seen and len(seen) < _MOST_PAGES:
        seen.add(at)
        yield tiff.directory(at)
        at = tiff.next_directory(at)


def is_reduced(tiff: TiffReader, entries: Mapping[int, Entry]) -> bool:
    """Whether a page is a thumbnail or a mask of another, and not a photograph."""
    return bool(tiff.number(entries, _SUBFILE_TYPE) & (_REDUCED | _MASK))


class Tiff(TiffReader):
    """A copy of a TIFF structure, to be changed; nothing in it moves."""

    data: bytearray

    def __init__(self, data: bytes | bytearray) -> None:
        super().__init__(bytearray(data))

    @classmethod
    def empty(cls, order: str) -> Tiff:
        """A structure with no directory; `order` is "<" or ">"."""
        return cls({"<": b"II*\0", ">": b"MM\0*"}[order] + bytes(4))

    def set_first(self, offset: int) -> None:
        """Make the directory at an offset the first one."""
        self._put("I", 4, offset)

    def unlink_next(self, offset: int) -> None:
        """Make the directory at an offset the last one."""
        self._put("I", self._end(offset), 0)

    def remove(self, offset: int, tag: int) -> None:
        """Take a tag, whatever it says, out of the directory at an offset; no value moves."""
        start, end = offset + 2, self._end(offset)
        packed = [bytes(self.data[at : at + _ENTRY]) for at in range(start, end, _ENTRY)]
        wanted = struct.pack(f"{self.order}H", tag)
        kept = [entry for entry in packed if not entry.startswith(wanted)]
        rest = b"".join(kept) + bytes(self.data[end : end + 4])
        self.data[start : start + len(rest)] = rest
        self._put("H", offset, len(kept))

    def set_number(self, entry: Entry, number: int) -> None:
        """Change an entry, in place, to one number; SHORT stays SHORT where the number fits."""
        assert entry.position is not None, "an entry that was read from here"
        type_, item = (SHORT, "H2x") if entry.type == SHORT and number < 2**16 else (LONG, "I")
        struct.pack_into(f"{self.order}HI{item}", self.data, entry.position + 2, type_, 1, number)

    def set_numbers(self, entry: Entry, numbers: Iterable[int]) -> None:
        """Change an entry of whole numbers, in place, to as many others; what is too large for its
        type becomes the largest."""
        assert entry.offset is not None, "an entry that was read from here"
        largest = 2 ** (8 * _SIZES[entry.type]) - 1
        values = [min(number, largest) for number in numbers]
        item = f"{self.order}{entry.count}{_ITEMS[entry.type]}"
        struct.pack_into(item, self.data, entry.offset, *values)

    def numeric_entry(self, tag: int, numbers: Iterable[int]) -> Entry:
        """An entry of LONG numbers, to be appended."""
        values = list(numbers)
        return Entry(tag, LONG, len(values), struct.pack(f"{self.order}{len(values)}I", *values))

    def append(self, value: bytes) -> int:
        """Put bytes at the end, at an even offset, which is returned."""
        self.data += bytes(len(self.data) % 2)
        offset = len(self.data)
        self.data += value
        return offset

    def append_directory(self, entries: Iterable[Entry], next_directory: int = 0) -> int:
        """Put a directory at the end, and the values that aren't there yet; returns its offset."""
        packed = b""
        ordered = sorted(entries, key=lambda entry: entry.tag)
        for entry in ordered:
            packed += struct.pack(f"{self.order}HHI", entry.tag, entry.type, entry.count)
            if len(entry.value) <= 4:
                packed += entry.value.ljust(4, b"\0")
            else:
                offset = self.append(entry.value) if entry.offset is None else entry.offset
                packed += struct.pack(f"{self.order}I", offset)
        count = struct.pack(f"{self.order}H", len(ordered))
        end = struct.pack(f"{self.order}I", next_directory)
        return self.append(count + packed + end)

    def extend_first(self, *entries: Entry) -> None:
        """Put a first directory at the end: the one that there is, with these entries as well."""
        found = self.directory(self.first) if self.first else {}
        following = self.next_directory(self.first) if self.first else 0
        found |= {entry.tag: entry for entry in entries}
        self.set_first(self.append_directory(found.values(), following))

    def _put(self, item: str, offset: int, number: int) -> None:
        struct.pack_into(self.order + item, self.data, offset, number)


def turned(entry: Entry) -> Entry:
    """The entry, to be appended, in the other byte order."""
    word = _WORDS.get(entry.type, 1)
    words = (entry.value[at : at + word] for at in range(0, len(entry.value), word))
    return Entry(entry.tag, entry.type, entry.count, b"".join(value[::-1] for value in words))


def narrowed(entry: Entry, order: str) -> Entry:
    """The entry, to be appended, its numbers of 64 bits as those of 32, or as doubles."""
    type_, value = entry.type, entry.value
    if type_ in (LONG_64, SIGNED_64):
        numbers = struct.unpack(f"{order}{entry.count}{'Q' if type_ == LONG_64 else 'q'}", value)
        fits = 0 <= min(numbers) <= max(numbers) < 2**32
        type_, item = (LONG, "I") if fits else (DOUBLE, "d")
        value = struct.pack(f"{order}{entry.count}{item}", *numbers)
    return Entry(entry.tag, type_, entry.count, value)
