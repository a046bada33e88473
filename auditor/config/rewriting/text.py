"""How a scalar, an entry and an office are written, as lines of a block or within brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from auditor.config.importing.plan import Addition, NewAgency
from auditor.config.nodes import FALSE, NULL, TRUE

from .nodes import items, pairs

PLAIN = re.compile(r"[A-Za-z0-9/][^\s\"'#{}\[\],\\]*(?: [^\s\"'#{}\[\],\\]+)*")
NUMBER = re.compile(r"[-+]?[\d._:eE]+")
WORDS = NULL | TRUE | FALSE | {"yes", "no", "on", "off", "Yes", "No", "On", "Off", "y", "n", "Y", "N"}


def quoted(text: str) -> str:
    """In double quotes, every character that YAML cannot hold as its number."""
    parts = []
    for char in text:
        if char in '"\\':
            parts.append("\\" + char)
        elif char.isprintable():
            parts.append(char)
        else:
            number = ord(char)
            parts.append(f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}")
    return f'"{"".join(parts)}"'


def written(text: str, *, strict: bool = False) -> str:
    """A scalar that reads back as this text in every YAML. `strict`: with quotes, as JSON has them."""
    plain = PLAIN.fullmatch(text) and text.isprintable() and text not in WORDS and not re.search(r":(?:\s|$)", text)
    if strict or not plain or (NUMBER.fullmatch(text) and not re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", text)):
        return quoted(text)
    return text


def address_fields(entry: Addition) -> dict[str, str]:
    """The key that names the account, then the others."""
    return {entry.platform or "url": entry.url} | entry.fields()


def flow(fields: Mapping[str, str], *, strict: bool = False) -> str:
    """`{url: …, note: …}`."""
    inner = ", ".join(
        f"{quoted(key) if strict else key}: {written(value, strict=strict)}" for key, value in fields.items()
    )
    return f"{{{inner}}}"


def flow_entry(entry: Addition, *, strict: bool = False) -> str:
    """An account within brackets: its bare URL where it says nothing else."""
    fields = address_fields(entry)
    return written(entry.url, strict=strict) if tuple(fields) == ("url",) else flow(fields, strict=strict)


def entry_lines(entry: Addition, indent: int, *, in_flow: bool) -> list[str]:
    """An account as lines of a list whose hyphens stand at `indent`."""
    blanks, fields = " " * indent, address_fields(entry)
    if tuple(fields) == ("url",):
        return [f"{blanks}- {written(entry.url)}"]
    if in_flow:
        return [f"{blanks}- {flow(fields)}"]
    lines = [f"{key}: {written(value)}" for key, value in fields.items()]
    return [f"{blanks}- {lines[0]}", *(f"{blanks}  {line}" for line in lines[1:])]


def agency_fields(agency: NewAgency, *, id_first: bool) -> dict[str, str]:
    """The keys of a new office in the order its neighbours have them."""
    named = {"id": agency.id, "name": agency.name} if id_first else {"name": agency.name, "id": agency.id}
    return named | ({"website": agency.website} if agency.website else {})


def agency_lines(
    agency: NewAgency, added: Sequence[Addition], indent: int, deeper: int, *, id_first: bool, in_flow: bool
) -> list[str]:
    """An office with its accounts as lines; `deeper`: how far the accounts' hyphens stand in from its keys."""
    blanks, keys = " " * indent, " " * (indent + 2)
    lines = [f"{key}: {written(value)}" for key, value in agency_fields(agency, id_first=id_first).items()]
    lines.append("accounts:" if added else "accounts: []")
    found = [f"{blanks}- {lines[0]}", *(f"{keys}{line}" for line in lines[1:])]
    for entry in added:
        found.extend(entry_lines(entry, indent + 2 + deeper, in_flow=in_flow))
    return found


def flow_agency(agency: NewAgency, added: Sequence[Addition], *, strict: bool) -> str:
    """An office with its accounts within brackets."""
    inner = ", ".join(flow_entry(entry, strict=strict) for entry in added)
    head = flow(agency_fields(agency, id_first=strict), strict=strict)[:-1]
    return f"{head}, {quoted('accounts') if strict else 'accounts'}: [{inner}]}}"


def flow_node(node: Any) -> str:
    """Any node within brackets: an entry that moves from lines into brackets."""
    if node.id == "mapping":
        return "{" + ", ".join(f"{written(str(key.value))}: {flow_node(value)}" for key, value in pairs(node)) + "}"
    if node.id == "sequence":
        return "[" + ", ".join(flow_node(item) for item in items(node)) + "]"
    return written(str(node.value)) if node.value or node.style else "null"
