"""Words for what the YAML grammar refuses: the cause and the exact text to write."""

from __future__ import annotations

import re

from .files import Source
from .mend import read_document
from .names import PLATFORMS
from .nodes import Node, Table, Text, Trouble
from .problems import Findings, shown
from .slips import quoted

CAUSES = (  # a part of the parser's own sentence -> ours
    ("mapping values are not allowed", "nesting"),
    ("did not find expected '-' indicator", "indent"),
    ("did not find expected key", "indent"),
    ("could not find expected ':'", "no_colon"),
    ("did not find expected ',' or", "open_bracket"),
    ("tab character", "tab"),
    ("unknown escape", "escape"),
    ("cannot start any token", "sign_unknown"),
)


REMARK = re.compile(rf"\s*(?:- +)*(?:url|handle|{'|'.join(PLATFORMS)}): +(#[^\s#]\S*)\s*$")
SUGGESTED = frozenset(
    {
        "colon_blank",
        "colon_in_text",
        "dash_glued",
        "markdown",
        "inner_quote",
        "after_quote",
        "comma",
        *("no_dash", "braces", "colon_end", "two_on_line"),
    }
)
MENDED = SUGGESTED | {"sign", "sign_bare"} - {"dash_glued"}  # the value itself was set right: nothing more about it


def document_of(source: Source, found: Findings, lists: tuple[str, ...] = ()) -> Table | None:
    """The mapping a file holds, all its troubles reported; None where nothing of it can be read."""
    if source.trouble is not None:
        report(found, source.name, source.trouble)
        return None
    parsed = read_document(source.text, lists)
    for trouble in parsed.troubles:
        place = located(parsed.node, trouble.line)
        about, office = about_entry(parsed.node, place, found)
        report(found, source.name, trouble, place, about, office)
    if lists:
        _remarks(source, parsed.node, found)
    if parsed.broken is not None:
        return None
    node = parsed.node
    if node is None or (isinstance(node, Text) and node.empty):
        return Table((), 1, 1)
    if not isinstance(node, Table):
        found.add(source.name, (node.line, node.column), "", "not_mapping")
        return None
    return node


def _remarks(source: Source, node: Node | None, found: Findings) -> None:
    """`x: #dinkes` is an empty value and a remark: legal, and never meant."""
    for number, line in enumerate(source.text.split("\n") if ": #" in source.text else (), start=1):
        if remark := REMARK.match(line):
            place = located(node, number)
            about, office = about_entry(node, place, found)
            at = (number, remark.start(1) + 1)
            bare = remark[1].lstrip("#")
            found.add(source.name, at, place, "entry_comment", hint=found.write(bare), about=about, office=office)


def report(found: Findings, file: str, trouble: Trouble, path: str = "", about: str = "", office: str = "") -> None:
    """One trouble as a problem."""
    values: dict[str, object] = {"detail": trouble.detail}
    code, hint = trouble.code, ""
    if code == "syntax":
        code = next((ours for part, ours in CAUSES if part in trouble.detail), "syntax")
    if code in ("sign", "sign_bare"):
        sign, whole = trouble.detail[:1], quoted(trouble.detail)
        bare = trouble.detail.strip(sign)
        hint = found.word("write_or", {"text": whole, "other": bare})
        if code == "sign_bare":
            hint = found.write(f"instagram: {whole}")
        elif " " in bare or not bare:
            hint = found.write(whole)
        values["sign"] = sign
    elif code == "bullet":
        values["sign"], hint = trouble.detail[:1], found.write(trouble.detail[1:])
    elif code == "odd_blank":
        values["code"], _, text = trouble.detail.partition(":")
        hint = found.write(text)
    elif code in SUGGESTED:
        hint = found.write(trouble.detail)
    elif code == "indent" and trouble.like is not None:
        hint = found.word("indent_like", {"column": trouble.like[1], "line": trouble.like[0]})
    elif code == "repeated_key":
        key, _, line = trouble.detail.rpartition(":")
        values |= {"key": key, "first": line}
    place = (trouble.line, trouble.column)
    found.add(file, place, path, f"trouble.{code}", values, hint=hint, about=about, office=office)
    if code in MENDED:
        found.mended.add((file, *place))


def located(node: Node | None, line: int) -> str:
    """The path of the agency or account entry a line belongs to, or nothing."""
    agencies = node.get("agencies") if isinstance(node, Table) else None
    path, steps = "", ("agencies", "accounts")
    for key in steps:
        items = getattr(agencies, "items", ())
        index = max((i for i, item in enumerate(items) if item.line <= line), default=None)
        if index is None:
            break
        path = f"{path}.{key}.{index}".lstrip(".")
        item = items[index]
        agencies = item.get("accounts") if isinstance(item, Table) else None
    return path


def about_entry(node: Node | None, path: str, found: Findings) -> tuple[str, str]:
    """For a path that leads to an account `account 3 of Dinas Kesehatan`, else the name of the office, if any."""
    steps = path.split(".")
    if len(steps) < 2 or not isinstance(node, Table):
        return "", ""
    agency = getattr(node.get("agencies"), "items", ())[int(steps[1])]
    name = agency.get("name") if isinstance(agency, Table) else None
    shown_name = name.value if isinstance(name, Text) else found.word("office_number", {"number": int(steps[1]) + 1})
    if len(steps) != 4:
        return "", shown(shown_name)
    return found.word("account_at", {"number": int(steps[3]) + 1, "agency": shown_name}), ""
