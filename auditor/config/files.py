"""Which files a configuration consists of, and their text."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from .nodes import Trouble

SETTINGS, POLICY, ACCOUNTS, FOLDER = "auditor.yaml", "policy.yaml", "accounts.yaml", "accounts"
ENV = ".env"  # secrets
LIMIT = 64 * 1024 * 1024  # bytes; the national register has 12 million
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Source:
    """One file as read. `trouble`: it could not be."""

    name: str  # relative to the configuration, with "/"
    text: str
    sha256: str
    trouble: Trouble | None = None


def register_files(directory: Path) -> list[Path]:
    """`accounts.yaml`, then the files of `accounts/` by name."""
    single = [directory / ACCOUNTS] if (directory / ACCOUNTS).is_file() else []
    return single + sorted((directory / FOLDER).glob("*.yaml"))


def unread_files(directory: Path) -> list[str]:
    """Lists that would be overlooked because of their ending."""
    names = [*directory.glob("accounts.yml"), *(directory / FOLDER).glob("*.yml")]
    return sorted(path.relative_to(directory).as_posix() for path in names)


def read_source(directory: Path, path: Path) -> Source:
    """UTF-8, or UTF-16 with its mark, as editors on Windows write it."""
    name = path.relative_to(directory).as_posix()
    try:
        data = path.read_bytes() if path.stat().st_size <= LIMIT else None
    except OSError as error:
        return Source(name, "", "", Trouble("unreadable", 1, 1, error.strerror or type(error).__name__))
    if data is None:
        return Source(name, "", "", Trouble("too_large", 1, 1, str(LIMIT // 1024 // 1024)))
    sha256 = hashlib.sha256(data).hexdigest()
    encoding = next((encoding for mark, encoding in MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        return Source(name, "", sha256, Trouble("encoding", before.count(b"\n") + 1, column))
    return Source(name, text.replace("\r\n", "\n"), sha256)


def fingerprint(directory: Path) -> str:
    """Changes when a file of the configuration, or `.env`, is edited, added or removed; reads no contents."""
    digest = hashlib.sha256()
    for path in [directory / SETTINGS, directory / POLICY, directory / ENV, *register_files(directory)]:
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        digest.update(f"{path.relative_to(directory).as_posix()}\0{stat.st_mtime_ns}\0{stat.st_size}\0".encode())
    return digest.hexdigest()


def combined(sources: list[Source]) -> str:
    """The hash of a register: of the names and hashes of its files."""
    lines = "".join(f"{source.name}\0{source.sha256}\n" for source in sources)
    return hashlib.sha256(lines.encode()).hexdigest()
