"""Changes of register files: entries and offices added, particulars changed, entries moved between offices.

Comments, order, quotes and blank lines outside the changed places stay byte for byte: texts are cut in, nothing is
printed anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.config.agencies import slug
from auditor.config.importing.plan import Addition, Change, NewAgency
from auditor.config.names import PLATFORMS

from .nodes import (
    Edits,
    Unwritable,
    column_of,
    compose,
    end_of,
    is_empty,
    items,
    key_of,
    line_end,
    line_start,
    pairs,
    scalar,
    start_of,
    value_of,
)
from .text import agency_lines, entry_lines, flow, flow_agency, flow_entry, flow_node, quoted, written

DEEPER = 2  # blanks before a hyphen where no neighbour shows how many


def agency_id(agency: Any) -> str:
    """As written, else made from the name, as reading does it."""
    return scalar(value_of(agency, "id")) or slug(scalar(value_of(agency, "name")))


@dataclass(slots=True)
class FileChange:
    """What is to happen to one file. `changes` without the moves: those follow when the rest is in place."""

    additions: list[Addition] = field(default_factory=list)
    agencies: list[NewAgency] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    websites: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not (self.additions or self.agencies or self.changes or self.websites)


def rewritten(text: str, wanted: FileChange, newline: str) -> str:
    """The text with all changes of one file. Unwritable where one of its places cannot be found."""
    root = compose(text)
    edits = Edits(text, newline)
    for change in wanted.changes:
        _change(edits, find_entry(root, change.before, change), change.fields)
    for office, website in wanted.websites.items():
        _set_website(edits, find_agency(root, office), website)
    new = {agency.id for agency in wanted.agencies}
    by_office: dict[str, list[Addition]] = {}
    for entry in wanted.additions:
        by_office.setdefault(entry.agency, []).append(entry)
    for office, added in by_office.items():
        if office not in new:
            _append(edits, root, find_agency(root, office), added)
    _append_agencies(edits, root, wanted.agencies, by_office)
    return edits.applied()


def find_agency(root: Any, office: str) -> Any:
    """The node of a listed office."""
    for agency in items(value_of(root, "agencies")):
        if agency_id(agency) == office:
            return agency
    raise Unwritable("office_gone", agency=office)


def find_entry(root: Any, office: str, change: Change) -> Any:
    """The node of a listed account."""
    platform = change.key.partition(":")[0]
    for entry in items(value_of(find_agency(root, office), "accounts")):
        if _is_entry(entry, change.written, platform):
            return entry
    raise Unwritable("entry_gone", account=change.key)


def _is_entry(entry: Any, text: str, platform: str) -> bool:
    if scalar(entry) == text:
        return True
    said = {key.value: scalar(value) for key, value in pairs(entry)}
    short = [key for key in said if key in PLATFORMS]
    label = said.get("platform") or (short[0] if short else platform)
    return label == platform and text in (said.get("url"), said.get("handle"), *(said[key] for key in short))


def _change(edits: Edits, entry: Any, fields: Mapping[str, tuple[str, str]]) -> None:
    """New values of an entry's keys; a bare link becomes `url:` with the keys under it."""
    new = {key: after for key, (_, after) in fields.items()}
    if not new:
        return
    if entry.id != "scalar":
        for key, value in new.items():
            _set(edits, entry, key, value)
        return
    start, end = start_of(entry), end_of(entry, edits.text)
    if _within_brackets(edits.text, entry):
        strict = entry.style == '"'
        head = quoted("url") if strict else "url"
        edits.replace(start, end, f"{{{head}: {edits.text[start:end]}, {flow(new, strict=strict)[1:]}")
        return
    edits.replace(start, start, "url: ")
    blanks = " " * column_of(entry)
    edits.after_line(end, [f"{blanks}{key}: {written(value)}" for key, value in new.items()])


def _within_brackets(text: str, entry: Any) -> bool:
    """Items of a block stand behind a hyphen."""
    before = text[: start_of(entry)].rstrip()
    return not before.endswith("-")


def _set(edits: Edits, table: Any, key: str, value: str, after: str | None = None) -> None:
    """One key of a mapping: its value replaced, or the pair put behind the pair `after`, else at the end."""
    text, name, old = edits.text, key_of(table, key), value_of(table, key)
    strict = bool(table.flow_style) and pairs(table)[0][0].style == '"'
    new = written(value, strict=strict)
    if name is not None:
        end = end_of(old, text, name)
        start = start_of(old) if old.value or old.style else end
        edits.replace(start, end, new if start < end else f" {new}")
        return
    before = next(((k, v) for k, v in pairs(table) if k.value == after), pairs(table)[-1])
    at = end_of(before[1], text, before[0])
    if table.flow_style:
        edits.replace(at, at, f", {quoted(key) if strict else key}: {new}")
    else:
        edits.after_line(at, [f"{' ' * column_of(table)}{key}: {new}"])


def _set_website(edits: Edits, agency: Any, website: str) -> None:
    _set(edits, agency, "website", website, "id" if pairs(agency)[0][0].value == "name" else "name")


@dataclass(frozen=True, slots=True)
class _Moving:
    """An entry on its way, in both forms: the list it comes to decides which is used."""

    lines: tuple[str, ...]  # from its hyphen on, the hyphen at the left edge
    inner: str  # within brackets


def _append(edits: Edits, root: Any, agency: Any, added: Sequence[Addition], came: Sequence[_Moving] = ()) -> None:
    """Behind the last account of an office, in the form its list has."""
    text, key, listed = edits.text, key_of(agency, "accounts"), value_of(agency, "accounts")
    if listed is not None and not is_empty(listed) and start_of(listed) < start_of(key):
        raise Unwritable("alias", agency=agency_id(agency))
    strict = bool(agency.flow_style) and pairs(agency)[0][0].style == '"'
    shown = ", ".join([*(flow_entry(entry, strict=strict) for entry in added), *(entry.inner for entry in came)])
    if items(listed):
        if listed.flow_style:
            at = end_of(listed.value[-1], text)
            edits.replace(at, at, f", {shown}")
        else:
            lines = _entries(added, came, column_of(listed), in_flow=_in_flow(listed))
            edits.after_line(end_of(listed, text), lines)
        return
    if agency.flow_style:
        _set_list(edits, agency, key, listed, f"[{shown}]", strict=strict)
        return
    lines = _entries(added, came, column_of(agency) + _deeper(root), in_flow=False)
    if key is None:
        last = pairs(agency)[-1]
        edits.after_line(end_of(last[1], text, last[0]), [f"{' ' * column_of(agency)}accounts:", *lines])
        return
    end = end_of(listed, text, key)
    colon = text.index(":", int(key.end_mark.index)) + 1
    edits.replace(colon, max(end, colon), "")
    edits.after_line(max(end, colon), lines)


def _entries(added: Sequence[Addition], came: Sequence[_Moving], indent: int, *, in_flow: bool) -> list[str]:
    lines = [line for entry in added for line in entry_lines(entry, indent, in_flow=in_flow)]
    return lines + [(" " * indent + line).rstrip() for entry in came for line in entry.lines]


def _set_list(edits: Edits, table: Any, key: Any, listed: Any, new: str, *, strict: bool) -> None:
    """A list in brackets as the value of a key within brackets."""
    if key is None:
        last = pairs(table)[-1]
        at = end_of(last[1], edits.text, last[0])
        edits.replace(at, at, f", {quoted('accounts') if strict else 'accounts'}: {new}")
        return
    end = end_of(listed, edits.text, key)
    start = start_of(listed) if listed.id == "sequence" or listed.value else end
    edits.replace(start, end, new if start < end else f" {new}")


def _in_flow(listed: Any) -> bool:
    """Whether entries with several keys are written in braces here: as the last one that has several is."""
    return next((bool(item.flow_style) for item in reversed(items(listed)) if item.id == "mapping"), False)


def _deeper(root: Any) -> int:
    """How far hyphens of accounts stand in from the keys of their office."""
    for agency in reversed(items(value_of(root, "agencies"))):
        listed = value_of(agency, "accounts")
        if items(listed) and not listed.flow_style and not agency.flow_style:
            return max(column_of(listed) - column_of(agency), 0)
    return DEEPER


def _append_agencies(
    edits: Edits, root: Any, agencies: Iterable[NewAgency], by_office: Mapping[str, list[Addition]]
) -> None:
    """Behind the last office of the file."""
    new = list(agencies)
    if not new:
        return
    text, key, listed = edits.text, key_of(root, "agencies"), value_of(root, "agencies")
    if key is None:
        raise Unwritable("file_unclear")
    known = items(listed)
    if root.flow_style or (known and listed.flow_style):
        strict = pairs(root)[0][0].style == '"'
        shown = ", ".join(flow_agency(agency, by_office.get(agency.id, ()), strict=strict) for agency in new)
        if known:
            at = end_of(listed.value[-1], text)
            edits.replace(at, at, f", {shown}")
        else:
            _set_list(edits, root, key, listed, f"[{shown}]", strict=strict)
        return
    indent = column_of(listed) if known else column_of(root) + DEEPER
    apart = len(known) < 2 or _blank_before(text, known[-1])
    lines: list[str] = []
    for number, agency in enumerate(new):
        if apart and (number or known):
            lines.append("")
        id_first = bool(known) and bool(pairs(known[-1])) and pairs(known[-1])[0][0].value == "id"
        in_flow = any(_in_flow(value_of(item, "accounts")) for item in known[-3:])
        added = by_office.get(agency.id, ())
        lines.extend(agency_lines(agency, added, indent, _deeper(root), id_first=id_first, in_flow=in_flow))
    if known:
        edits.after_line(end_of(listed, text), lines)
        return
    end = end_of(listed, text, key)
    colon = text.index(":", int(key.end_mark.index)) + 1
    edits.replace(colon, max(end, colon), "")
    edits.after_line(max(end, colon), lines)


def _blank_before(text: str, node: Any) -> bool:
    above = text[: line_start(text, start_of(node))].splitlines()
    return bool(above) and not above[-1].strip()


def moved(
    texts: Mapping[str, str], moves: Sequence[tuple[Change, str, str]], newlines: Mapping[str, str]
) -> dict[str, str]:
    """Entries from one office to another: (change, file it stands in, file it goes to). `newlines`: of each file."""
    roots = {name: compose(text) for name, text in texts.items()}
    edits = {name: Edits(text, newlines[name]) for name, text in texts.items()}
    leaving: dict[int, list[Any]] = {}
    lists: dict[int, tuple[str, Any]] = {}
    arriving: dict[tuple[str, str], list[_Moving]] = {}
    for change, source, target in moves:
        agency = find_agency(roots[source], change.before)
        entry, listed = find_entry(roots[source], change.before, change), value_of(agency, "accounts")
        leaving.setdefault(id(listed), []).append(entry)
        lists[id(listed)] = (source, listed)
        arriving.setdefault((target, change.agency), []).append(_moving(texts[source], entry, listed))
    for place, entries in leaving.items():
        source, listed = lists[place]
        _take_out(edits[source], listed, entries)
    for (target, office), came in arriving.items():
        agency = find_agency(roots[target], office)
        if id(value_of(agency, "accounts")) in leaving and value_of(agency, "accounts").flow_style:
            raise Unwritable("move_by_hand", agency=office)
        _append(edits[target], roots[target], agency, (), came)
    return {name: edit.applied() for name, edit in edits.items()}


def _moving(text: str, entry: Any, listed: Any) -> _Moving:
    end = end_of(entry, text)
    if listed.flow_style:
        return _Moving(("- " + text[start_of(entry) : end],), flow_node(entry))
    start = line_start(text, text.rindex("-", 0, start_of(entry)))
    indent = column_of(listed)
    lines = text[start : line_end(text, end)].replace("\r\n", "\n").split("\n")
    return _Moving(tuple(line[indent:] if not line[:indent].strip() else line for line in lines), flow_node(entry))


def _take_out(edits: Edits, listed: Any, entries: Sequence[Any]) -> None:
    text = edits.text
    if listed.flow_style:
        left = [text[start_of(item) : end_of(item, text)] for item in items(listed) if item not in entries]
        edits.replace(start_of(listed), int(listed.end_mark.index), f"[{', '.join(left)}]")
        return
    for entry in entries:
        start = line_start(text, text.rindex("-", 0, start_of(entry)))
        # With the line break before it: what is put behind the entry keeps its place.
        before = len(text[:start].removesuffix("\n").removesuffix("\r"))
        edits.replace(before, line_end(text, end_of(entry, text)), "")
