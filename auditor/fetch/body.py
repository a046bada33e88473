"""Reads a body under a limit that counts what comes out of the decompressor, not what goes in."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from auditor.core.model import Miss

from .answer import Refused, missed

STEP = 65_536  # most that one step of a decompressor may bring forth
MAX_CODINGS = 3
ZLIB, RAW, GZIP = 15, -15, 31  # wbits
GZIP_MAGIC = 0x1F
UNREADABLE = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz"})  # real codings that were not offered


def read(raw: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The body, decompressed. Longer than `limit` bytes, before or after: `Refused`, too_large; broken: truncated or
    protocol. Memory stays at the limit and a few steps, whatever the server sends.
    """
    chunks: Iterator[bytes] = _limited(raw, limit)
    for coding in _codings(encoding):
        chunks = _inflated(chunks, coding)
    body = bytearray()  # not a list: a hostile body may come in millions of tiny chunks
    try:
        for chunk in _limited(chunks, limit):
            body += chunk
    except zlib.error:
        raise _broken("protocol") from None
    return bytes(body)


def _codings(encoding: str) -> list[str]:
    """In the order of undoing. Words that name no coding (identity, utf-8) change nothing."""
    names = [name.strip().lower() for name in encoding.split(",")]
    if UNREADABLE.intersection(names):
        raise _broken("protocol")
    real = [name.removeprefix("x-") for name in names if name in {"gzip", "x-gzip", "deflate"}]
    if len(real) > MAX_CODINGS:
        raise _broken("protocol")
    return real[::-1]


def _limited(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limit:
            raise _broken("too_large")
        yield chunk


def _inflated(chunks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """An empty body stays empty; gzip members may follow each other; what follows the end is left alone."""
    head = b""
    while len(head) < 2 and (more := next(chunks, b"")):  # the empty chunk never comes from HTTP
        head += more
    if not head:
        return
    wbits = GZIP if coding == "gzip" else _deflate(head)
    machine = zlib.decompressobj(wbits)
    for chunk in chain([head], chunks):
        while chunk:
            if machine.eof:
                if wbits != GZIP or chunk[0] != GZIP_MAGIC:
                    return
                machine = zlib.decompressobj(wbits)
            yield from _steps(machine, chunk)
            chunk = machine.unused_data
    if not machine.eof:
        raise _broken("truncated")


def _steps(machine: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    """All that the chunk brings forth. A full step may leave output behind although the input is used up."""
    while True:
        piece = machine.decompress(chunk, STEP)
        yield piece
        chunk = machine.unconsumed_tail
        if machine.eof or (not chunk and len(piece) < STEP):
            return


def _deflate(head: bytes) -> int:
    """RFC 9110 means the zlib format; some servers send it raw. The zlib header is divisible by 31 and names 8."""
    return ZLIB if head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0 else RAW


def _broken(token: str) -> Refused:
    return missed(Miss.UNREACHABLE, token)
