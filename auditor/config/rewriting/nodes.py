"""A register file as text with the places of its parts, so that a change touches nothing else.

ruamel.yaml tells where each node begins and ends; the text itself is never written anew.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.config.files import MARKS

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node


class Unwritable(Exception):
    """A file that cannot be changed in place. `code` names the sentence that says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file, and how to make the same bytes of it again."""

    text: str
    mark: bytes = b""
    encoding: str = "utf-8"

    @classmethod
    def read(cls, path: Path) -> FileText:
        """UTF-8, or UTF-16 with its mark; line ends stay what they are."""
        data = path.read_bytes()
        for mark, encoding in MARKS:
            if data.startswith(mark):
                plain = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(mark, "utf-8")
                return cls(data[len(mark) :].decode(plain), mark, plain if encoding == "utf-16" else "utf-8")
        return cls(data.decode("utf-8"))

    def encoded(self, text: str) -> bytes:
        """Another text in the same form."""
        return self.mark + text.encode(self.encoding)

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"


def compose(text: str) -> Node:
    """The root node. Unwritable where there is none, or where the other YAML reader disagrees."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except YAMLError:
        root = None
    if root is None:
        raise Unwritable("file_unclear")
    found: Node = root
    return found


def pairs(node: Any) -> list[tuple[Any, Any]]:
    """The keys and values of a mapping; none of anything else."""
    return list(node.value) if node is not None and node.id == "mapping" else []


def items(node: Any) -> list[Any]:
    """The items of a sequence; none of anything else."""
    return list(node.value) if node is not None and node.id == "sequence" else []


def value_of(node: Any, key: str) -> Any:
    """The value under a key, or None."""
    return next((value for name, value in pairs(node) if name.value == key), None)


def key_of(node: Any, key: str) -> Any:
    """The key itself, or None."""
    return next((name for name, _ in pairs(node) if name.value == key), None)


def scalar(node: Any) -> str:
    """The text of a scalar, trimmed; nothing of anything else."""
    return str(node.value).strip() if node is not None and node.id == "scalar" else ""


def is_empty(node: Any) -> bool:
    """Nothing, `~` or `null`."""
    return node is None or (node.id == "scalar" and node.style is None and node.value in ("", "~", "null", "Null"))


def start_of(node: Any) -> int:
    """Where a node begins, in characters."""
    return int(node.start_mark.index)


def end_of(node: Any, text: str, key: Any = None) -> int:
    """Where the written part of a node ends: without the blank lines and comments after it.

    A block's own end mark lies before whatever comes next. `key`: of an empty value, which has no place of its own.
    """
    if node.id == "scalar":
        if node.value == "" and node.style is None and key is not None:
            return _after_colon(text, key)
        end = int(node.end_mark.index)
        return len(text[:end].rstrip()) if node.style in ("|", ">") else end
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    if isinstance(last, tuple):
        return end_of(last[1], text, last[0])
    if last.id == "scalar" and last.value == "" and last.style is None:
        return len(text[: int(node.end_mark.index)].rstrip())
    return end_of(last, text)


def _after_colon(text: str, key: Any) -> int:
    end = int(key.end_mark.index)
    found = re.compile(r"\s*:").match(text, end)
    return found.end() if found else end


def line_end(text: str, at: int) -> int:
    """The end of the line, before its line break."""
    found = re.compile(r"\r?\n|\Z").search(text, at)
    return found.start() if found else len(text)


def line_start(text: str, at: int) -> int:
    """The first character of the line."""
    return text.rfind("\n", 0, at) + 1


def column_of(node: Any) -> int:
    """How far a node stands in; of a list in lines: its hyphens."""
    return int(node.start_mark.column)


@dataclass(slots=True)
class Edits:
    """Replacements of a text, all in places of the text as it was."""

    text: str
    newline: str
    parts: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: str) -> None:
        self.parts.append((start, end, new))

    def after_line(self, at: int, lines: list[str]) -> None:
        """New lines below the one that `at` lies in."""
        end = line_end(self.text, at)
        self.parts.append((end, end, "".join(self.newline + line for line in lines)))

    def applied(self) -> str:
        """The changed text. What was put at one place stays in the order it was put there."""
        out: list[str] = []
        at = 0
        for start, end, new in sorted(self.parts, key=lambda part: (part[0], part[1] > part[0])):
            if start < at:
                raise Unwritable("file_unclear")
            out.extend((self.text[at:start], new))
            at = end
        return "".join((*out, self.text[at:]))


def entries(root: Any) -> Iterator[tuple[Any, Any]]:
    """(agency, account entry) of all accounts of a file."""
    for agency in items(value_of(root, "agencies")):
        for entry in items(value_of(agency, "accounts")):
            yield agency, entry
