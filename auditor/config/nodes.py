"""YAML as nodes with positions, read from the C parser's events: text stays text, nothing is constructed.

Own nodes instead of PyYAML's, because depth and aliases must be limited while reading (a nesting of 100,000 levels
ends the process inside the C composer) and because only places and text are needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

OPENINGS = ("while parsing a flow", "while scanning a simple key")  # the cause stands where these begin
DEPTH = 40  # levels of nesting; a register needs six
EXPANDED = 200_000  # nodes that aliases may stand for, together

NULL = frozenset({"", "~", "null", "Null", "NULL"})
TRUE = frozenset({"true", "True", "TRUE"})
FALSE = frozenset({"false", "False", "FALSE"})
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]+)")


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written; `plain` without quotes. `line` and `column` count from 1."""

    value: str
    plain: bool
    line: int
    column: int

    @property
    def empty(self) -> bool:
        """Nothing, `~` or `null`."""
        return self.plain and self.value in NULL


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping in written order. Keys are text; of a repeated key the first one counts."""

    pairs: tuple[tuple[Text, Node], ...]
    line: int
    column: int

    def get(self, key: str) -> Node | None:
        return next((value for name, value in self.pairs if name.value == key), None)

    def key(self, key: str) -> Text | None:
        return next((name for name, _ in self.pairs if name.value == key), None)


Node: TypeAlias = Text | Items | Table


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something the grammar refuses, or that may not be in a file of ours. `code` names its sentence."""

    code: str
    line: int
    column: int
    detail: str = ""
    like: tuple[int, int] | None = None  # line and column of the neighbour a line should stand under


@dataclass(slots=True)
class Parsed:
    node: Node | None  # None: empty, or broken
    troubles: list[Trouble] = field(default_factory=list)
    broken: Trouble | None = None  # reading ended here


class _Stop(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.code)
        self.trouble = trouble


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    table: bool
    line: int
    column: int
    anchor: str | None
    children: list[Node] = field(default_factory=list)
    size: int = 1


@dataclass(slots=True)
class _Builder:
    offset: int
    troubles: list[Trouble] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)
    root: Node | None = None
    expanded: int = 0

    def put(self, node: Node, size: int, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = (node, size)
        if self.stack:
            self.stack[-1].children.append(node)
            self.stack[-1].size += size
        else:
            self.root = node

    def begin(self, *, table: bool, line: int, column: int, anchor: str | None) -> None:
        if len(self.stack) >= DEPTH:
            raise _Stop(Trouble("too_deep", line, column))
        self.stack.append(_Open(table, line, column, anchor))

    def end(self) -> None:
        top = self.stack.pop()
        node: Node
        if top.table:
            node = Table(self.pairs(top.children), top.line, top.column)
        else:
            node = Items(tuple(top.children), top.line, top.column)
        self.put(node, top.size, top.anchor)

    def alias(self, name: str, line: int, column: int) -> None:
        if name not in self.anchors:
            raise _Stop(Trouble("unknown_alias", line, column, name))
        node, size = self.anchors[name]
        self.expanded += size
        if self.expanded > EXPANDED:
            raise _Stop(Trouble("too_many_aliases", line, column))
        self.put(node, size, None)

    def pairs(self, children: list[Node]) -> tuple[tuple[Text, Node], ...]:
        found: dict[str, tuple[Text, Node]] = {}
        merged: list[Node] = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Text):
                self.troubles.append(Trouble("odd_key", key.line, key.column))
            elif key.value == "<<" and key.plain:
                merged.extend(value.items if isinstance(value, Items) else [value])
            elif key.value in found:
                first = found[key.value][0]
                self.troubles.append(Trouble("repeated_key", key.line, key.column, f"{key.value}:{first.line}"))
            else:
                found[key.value] = (key, value)
        for table in merged:
            if isinstance(table, Table):
                for key, value in table.pairs:
                    found.setdefault(key.value, (key, value))
            else:
                self.troubles.append(Trouble("odd_key", table.line, table.column))
        return tuple(found.values())


def parse(text: str, offset: int = 0) -> Parsed:
    """The document of a text whose first line is line `offset` + 1 of its file."""
    import yaml

    builder = _Builder(offset)
    try:
        _feed(builder, text, offset)
    except _Stop as stop:
        return Parsed(None, builder.troubles, stop.trouble)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return Parsed(None, builder.troubles, Trouble("bad_character", line + offset, 1, f"U+{_code(error):04X}"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        start = error.context_mark
        line, column = (mark.line + 1 + offset, mark.column + 1) if mark else (1 + offset, 1)
        quoted = (error.context or "").startswith("while scanning a quoted")
        if quoted and start is not None:
            line, column = start.line + 1 + offset, start.column + 1
        code = "open_quote" if quoted and "unexpected end" in (error.problem or "") else "syntax"
        if start is not None and (error.context or "").startswith(OPENINGS):
            line, column = start.line + 1 + offset, start.column + 1
        return Parsed(None, builder.troubles, Trouble(code, line, column, error.problem or ""))
    return Parsed(builder.root, builder.troubles)


def _code(error: Any) -> int:
    character = error.character
    return character if isinstance(character, int) else ord(character[:1])


def _feed(builder: _Builder, text: str, offset: int) -> None:
    import yaml

    documents = 0
    event: Any  # the C parser's events always carry marks
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        mark = event.start_mark
        line, column = mark.line + 1 + offset, mark.column + 1
        match event:
            case yaml.ScalarEvent():
                builder.put(Text(event.value, not event.style, line, column), 1, event.anchor)
                if (sign := _sign(event)) is not None:
                    builder.troubles.append(Trouble("sign", line, column, sign))
            case yaml.MappingStartEvent():
                builder.begin(table=True, line=line, column=column, anchor=event.anchor)
            case yaml.SequenceStartEvent():
                builder.begin(table=False, line=line, column=column, anchor=event.anchor)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                builder.end()
            case yaml.AliasEvent():
                builder.alias(str(event.anchor), line, column)
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise _Stop(Trouble("second_document", line, column))


def _sign(event: Any) -> str | None:
    """`&dinkes` and `!dinkes` are an anchor and a tag of nothing: a value that was to start with that sign."""
    if event.style or (event.tag or "!").startswith("tag:"):
        return None
    if event.tag:
        return f"{event.tag} {event.value}".strip()
    return f"&{event.anchor}" if event.anchor and not event.value else None


def plain(node: Node | None) -> Any:
    """Plain values by YAML 1.2's core rules: `no` and dates stay text, quoted numbers too."""
    match node:
        case None:
            return None
        case Text(value=value, plain=False):
            return value
        case Text(value=value):
            return _scalar(value)
        case Items(items=items):
            return [plain(item) for item in items]
        case Table(pairs=pairs):
            return {key.value: plain(value) for key, value in pairs}


def _scalar(value: str) -> object:
    if value in NULL:
        return None
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    if INTEGER.fullmatch(value):
        return int(value)
    return float(value) if FLOAT.fullmatch(value) else value


def texts(node: Node | None) -> Any:
    """The same with every scalar as text, as the register reads it."""
    match node:
        case None:
            return None
        case Text():
            return None if node.empty else node.value
        case Items(items=items):
            return [texts(item) for item in items]
        case Table(pairs=pairs):
            return {key.value: texts(value) for key, value in pairs}


def locate(node: Node | None, path: tuple[str | int, ...], *, key: bool = False) -> tuple[int, int]:
    """Line and column of the value at `path`, or of its key; of the nearest node that exists, else 1, 1."""
    place = (1, 1) if node is None else (node.line, node.column)
    for depth, step in enumerate(path):
        if isinstance(node, Table):
            name = node.key(str(step))
            node = node.get(str(step))
            if name is None or node is None:
                return place
            last = depth == len(path) - 1
            place = (
                (name.line, name.column)
                if (key and last) or isinstance(node, Table | Items)
                else (node.line, node.column)
            )
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = (node.line, node.column)
        else:
            return place
    return place
