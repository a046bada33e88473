"""Screenshots: the file stays in the office, its SHA-256 is kept."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .outcome import Rejection

LARGEST = 50 * 1024 * 1024
_BLOCK = 1024 * 1024
_HASH = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Screenshot:
    """`sha256` in lower case hexadecimal; `name` of the file, None where only the hash was given."""

    sha256: str
    name: str | None


def screenshot(written: str, folders: Sequence[Path]) -> Screenshot | Rejection:
    """A file looked for in each folder in turn, or 64 hexadecimal digits, which are the hash itself."""
    if _HASH.fullmatch(written):
        return Screenshot(written.lower(), None)
    spelt = dict.fromkeys((written, written.replace("\\", "/")))
    for path in (folder / name for name in spelt for folder in folders):
        try:
            found = path.stat()
        except (OSError, ValueError):  # missing, unreadable, too long, or with a NUL in it
            continue
        if not stat.S_ISREG(found.st_mode):  # a folder, a pipe, a device: nothing that is ever read
            return Rejection("screenshot_kind", {"text": written})
        if found.st_size > LARGEST:
            return Rejection("screenshot_large", {"text": written, "megabytes": LARGEST // 1024 // 1024})
        if not found.st_size:
            return Rejection("screenshot_empty", {"text": written})
        return _hashed(path, written)
    places = ", ".join(dict.fromkeys(str(folder.absolute()) for folder in folders))
    return Rejection("screenshot_missing", {"text": written, "folders": places})


def _hashed(path: Path, written: str) -> Screenshot | Rejection:
    digest, length = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                length += len(block)
                if length > LARGEST:
                    return Rejection("screenshot_large", {"text": written, "megabytes": LARGEST // 1024 // 1024})
    except OSError:
        return Rejection("screenshot_unreadable", {"text": written})
    return Screenshot(digest.hexdigest(), path.name)
