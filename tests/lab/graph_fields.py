"""Meta's `fields`: names, their arguments, and what is asked of each: `name.argument(value){inner,other}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Field:
    """`name.argument(value){inner,…}`."""

    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    inner: tuple[Field, ...] = ()


PIECE = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\.(?P<argument>\w+)\((?P<value>[^(){}]*)\)|(?P<sign>[{},]))"
)


def fields_of(text: str | None) -> tuple[Field, ...]:
    """Raises ValueError where the expression cannot be read."""
    if not text:
        return ()
    pieces, at = [], 0
    while at < len(text.rstrip()):
        found = PIECE.match(text, at)
        if found is None:
            raise ValueError(text[at : at + 20])
        pieces.append(found)
        at = found.end()
    rest = iter([*pieces, None])
    return tuple(_fields(rest, nested=False))


def _fields(pieces: Iterator[re.Match[str] | None], *, nested: bool) -> Iterator[Field]:
    current: Field | None = None
    for piece in pieces:
        sign = piece["sign"] if piece else "end"
        if piece is not None and piece["name"]:
            if current is not None:
                raise ValueError(piece["name"])
            current = Field(piece["name"])
        elif current is None:
            raise ValueError(str(sign))
        elif piece is not None and piece["argument"]:
            current = replace(current, arguments=current.arguments | {piece["argument"]: piece["value"]})
        elif sign == "{":
            current = replace(current, inner=tuple(_fields(pieces, nested=True)))
        else:
            yield current
            current = None
            if sign != ",":
                if nested != (sign == "}"):
                    raise ValueError(str(sign))
                return
