"""A workbook of the kind Excel wrote until 2003 (`.xls`), made by hand: nothing that we use can write one."""

import struct
from collections.abc import Mapping, Sequence

SECTOR, SMALLEST = 512, 4096
END, FREE, OF_FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def xls(sheets: Mapping[str, Sequence[Sequence[str | float | None]]]) -> bytes:
    """Sheets of text and numbers, of up to some 60 KB in all."""
    return _container(_workbook(sheets))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _start(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0))


def _workbook(sheets: Mapping[str, Sequence[Sequence[str | float | None]]]) -> bytes:
    bodies = [_start(0x0010) + b"".join(_cells(rows)) + _record(0x000A, b"") for rows in sheets.values()]
    named = [struct.pack("<HBB", 0, len(name), 0) + name.encode("latin-1") for name in sheets]
    at = len(_start(0x0005)) + sum(4 + 4 + len(one) for one in named) + 4
    listed = b""
    for name, body in zip(named, bodies, strict=True):
        listed += _record(0x0085, struct.pack("<I", at) + name)
        at += len(body)
    return _start(0x0005) + listed + _record(0x000A, b"") + b"".join(bodies)


def _cells(rows: Sequence[Sequence[str | float | None]]) -> list[bytes]:
    cells = []
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            at = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                cells.append(_record(0x0204, at + struct.pack("<HB", len(text) // 2, 1) + text))
            elif value is not None:
                cells.append(_record(0x0203, at + struct.pack("<d", value)))
    return cells


def _container(stream: bytes) -> bytes:
    """A compound file with the one stream that a workbook is."""
    whole = stream.ljust(SMALLEST, b"\0")
    whole = whole.ljust(-(-len(whole) // SECTOR) * SECTOR, b"\0")
    count = len(whole) // SECTOR
    chain = [OF_FAT, END, *range(3, count + 2), END]
    fat = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    folder = (
        _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(whole)) + _entry("", 0, FREE, 0, 0) * 2
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<10I", 0, 1, 1, 0, SMALLEST, END, 0, END, 0, 0)
    header = header.ljust(SECTOR, b"\xff")
    return header + fat + folder + whole


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return struct.pack("<64sHBBIII16x4x16xIQ", text, length, kind, 1, FREE, FREE, child, start, size)
