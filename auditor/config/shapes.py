"""Runs a pydantic model over nodes and words every error at the line and column of its key or value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.core.url import QUOTES

from .days import NoDay
from .nodes import Items, Node, Table, Text, locate, plain
from .problems import Findings

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

KINDS = {  # pydantic's type of error -> our sentence
    "string_type": "want_text",
    "int_type": "want_integer",
    "float_type": "want_number",
    "bool_type": "want_truth",
    "list_type": "want_list",
    "dict_type": "want_mapping",
    "model_type": "want_mapping",
    "model_attributes_type": "want_mapping",
    "greater_than_equal": "too_small",
    "greater_than": "too_small",
    "less_than_equal": "too_big",
    "less_than": "too_big",
    "string_pattern_mismatch": "bad_form",
}


NUMBERS = frozenset({"float_type", "int_type", "float_parsing", "int_parsing"})


@dataclass(frozen=True, slots=True)
class Shaped:
    """A document of the right shape: as written, and with its defaults. Faulty parts, all reported, are left out."""

    written: dict[str, Any]
    complete: dict[str, Any]


def shape(model: type[BaseModel], file: str, node: Node, found: Findings) -> Shaped | None:
    """The document; None where too little of it can be read."""
    from pydantic import ValidationError

    _quotes(node, "", file, found)
    data = plain(node)
    try:
        return Shaped(data, model.model_validate(data).model_dump(mode="json", by_alias=True))
    except ValidationError as error:
        schema = model.model_json_schema()
        details = error.errors(include_url=False, include_context=True)
    for detail in details:
        _report(detail, schema, file, node, found)
    for loc in sorted((_culprit(detail) for detail in details), key=len, reverse=True):
        _take_out(data, loc)
    try:
        return Shaped(data, model.model_validate(data).model_dump(mode="json", by_alias=True))
    except ValidationError:
        return None


def _quotes(node: Node, path: str, file: str, found: Findings) -> None:
    """The quotes of a word processor are no quotes: they would stay in the value."""
    match node:
        case Text(value=value, plain=True) if value and value[0] in QUOTES:
            hint = found.write(f'"{value.strip(QUOTES)}"')
            found.add(file, (node.line, node.column), path, "address.quotes", {"text": value}, hint=hint)
        case Items(items=items):
            for index, item in enumerate(items):
                _quotes(item, f"{path}.{index}".lstrip("."), file, found)
        case Table(pairs=pairs):
            for key, inner in pairs:
                _quotes(inner, f"{path}.{key.value}".lstrip("."), file, found)


def _culprit(detail: ErrorDetails) -> tuple[str | int, ...]:
    """What to leave out: the value, or the mapping that lacks a key."""
    return detail["loc"][:-1] if detail["type"] == "missing" else detail["loc"]


def _take_out(data: Any, loc: tuple[str | int, ...]) -> None:
    """Delete one value; of a list all of it, so that other places keep their numbers."""
    for depth, step in enumerate(loc):
        last = depth == len(loc) - 1 or isinstance(loc[depth + 1], int)
        if not isinstance(data, dict) or step not in data:
            return
        if last:
            del data[step]
            return
        data = data[step]


def _report(detail: ErrorDetails, schema: dict[str, Any], file: str, node: Node, found: Findings) -> None:
    loc = detail["loc"]
    path = ".".join(map(str, loc))
    context = dict(detail.get("ctx") or {})
    kind = detail["type"]
    if kind == "extra_forbidden":
        key = str(loc[-1])
        hint = found.guess(key, _keys(schema, loc[:-1]))
        found.add(file, locate(node, loc, key=True), path, "unknown_key", {"key": key}, hint=hint)
    elif kind == "missing":
        found.add(file, locate(node, loc[:-1]), path, "missing_key", {"key": loc[-1]})
    elif kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        values = {"text": detail["input"], "choices": ", ".join(choices)}
        found.add(file, locate(node, loc), path, "choice", values, hint=found.guess(str(detail["input"]), choices))
    elif kind == "day":
        day = NoDay(context.pop("code"), context, str(context.pop("hint")))
        found.say(file, locate(node, loc), path, word_day(day, found), found.write(day.suggestion))
    else:
        limit = next((context[k] for k in ("ge", "gt", "le", "lt") if k in context), "")
        values = {"text": detail["input"], "limit": limit}
        hint = found.write(_number(str(detail["input"]))) if kind in NUMBERS else ""
        found.add(file, locate(node, loc), path, KINDS.get(kind, "bad_form"), values, hint=hint)


def _number(text: str) -> str:
    """A number as written in Indonesian or German, with a point; or nothing."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", text) and text.count(".") > 1:
        return text.replace(".", "")
    return text.replace(".", "").replace(",", ".") if re.fullmatch(r"\d[\d.]*,\d+", text) else ""


def word_day(day: NoDay, found: Findings) -> str:
    """The sentence about a day that does not exist, its month by name."""
    values = dict(day.values)
    if day.code == "day_missing":
        values["month"] = found.words(f"config.month.{values['month']}")
    return found.word(day.code, values)


def _keys(schema: dict[str, Any], loc: tuple[str | int, ...]) -> list[str]:
    """The keys known at a place of the document, from the schema."""
    here = schema
    for step in loc:
        here = _resolved(schema, here)
        if isinstance(step, int):
            here = here.get("items", {})
        else:
            here = here.get("properties", {}).get(step) or here.get("additionalProperties") or {}
        if not isinstance(here, dict):
            return []
    return list(_resolved(schema, here).get("properties", {}))


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """A node with its reference followed, and of alternatives the one that is not null."""
    for _ in range(4):
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        elif "anyOf" in node:
            node = next((n for n in node["anyOf"] if n.get("type") != "null"), {})
    return node
