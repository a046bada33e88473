"""Secrets by the names that auditor.yaml gives them: from the environment, else from `.env` beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from auditor.errors import Exit, UserError
from auditor.words import Words, words

from .settings import Settings

ENV = ".env"
LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
OTHERS = 0o077  # permission bits of everybody else


def secrets(settings: Settings, environ: Mapping[str, str], directory: Path) -> Mapping[str, str]:
    """Environment variable -> value, only of the variables that the settings name and that have a value.

    A `.env` that others may read is refused: UserError. Values are never logged, stored or part of an error.
    """
    names = {name for platform in settings.platforms.values() for name in platform.secret_envs.values()}
    beside = _read(directory / ENV, words(settings.language))
    found = {name: environ.get(name) or beside.get(name, "") for name in names}
    return {name: value for name, value in sorted(found.items()) if value}


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
