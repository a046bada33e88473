"""Secrets by the names that auditor.yaml gives them: from the environment, else from `.env` beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from auditor.errors import Exit, UserError
from auditor.words import Words, words
from auditor.words.system import refusal

from .files import ENV
from .settings import Settings

LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
OTHERS = 0o077  # permission bits of everybody else


def read_secrets(
    settings: Settings, environ: Mapping[str, str], directory: Path, usual: Collection[str] = ()
) -> Mapping[str, str]:
    """Environment variable -> value, of the variables that the settings name or that are `usual`, if it has one.

    A `.env` that others may read is refused: UserError. Values are never logged, stored or part of an error.
    """
    names = {name for platform in settings.platforms.values() for name in platform.secret_envs.values()} | set(usual)
    beside = _read(directory / ENV, words(settings.language))
    found = {name: (environ.get(name) or beside.get(name, "")).strip() for name in names}
    return {name: value for name, value in sorted(found.items()) if value}


def keep_secret(directory: Path, name: str, value: str, w: Words, sync: Callable[[int], None] = os.fsync) -> Path:
    """Write one variable into `.env` beside the configuration; every other line stays as it is.

    The file is replaced as a whole and is nobody else's to read from its first byte on; `sync` brings it to the disk
    before it bears its name. UserError: it cannot be written, or the value is none that a line could hold.
    """
    path = (directory / ENV).resolve()
    if not value.isprintable() or not value.isascii() or any(c in " \t'\"#\\" for c in value):
        raise UserError(w("connect.no_line"), Exit.USAGE)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        old = path.read_bytes().decode("utf-8") if path.exists() else ""
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_with_line(old, name, value).encode())
            file.flush()
            sync(file.fileno())
        beside.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(w("connect.not_written", path=path, detail=refusal(error, w))) from None
    finally:
        beside.unlink(missing_ok=True)
    return path


def _with_line(text: str, name: str, value: str) -> str:
    """The variable's first line with the new value, further ones gone; at the end where there was none."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines, written = [], False
    for line in text.splitlines():
        match = None if line.lstrip("\ufeff \t").startswith("#") else LINE.fullmatch(line.removeprefix("\ufeff"))
        if match is None or match[1] != name:
            lines.append(line)
        elif not written:
            lines.append(line[: line.index(name)] + f"{name}={value}")
            written = True
    return "".join(line + end for line in (lines if written else [*lines, f"{name}={value}"]))


def _read(path: Path, w: Words) -> dict[str, str]:
    """NAME=value per line, `export`, quotes and whole-line comments allowed; no expansion."""
    try:
        if path.stat().st_mode & OTHERS:
            raise UserError(w("config.env_mode", path=path), Exit.CONFIG)
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        detail = type(error).__name__
        raise UserError(w("config.env_unreadable", path=path, detail=detail), Exit.CONFIG) from None
    values: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise UserError(w("config.env_line", path=path, line=number), Exit.CONFIG)
        values[match[1]] = _unquoted(match[2])
    return values


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return re.sub(r"\s+#.*$", "", value)
