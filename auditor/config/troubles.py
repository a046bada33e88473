"""Words for what the YAML grammar refuses: the cause and the exact text to write."""

from __future__ import annotations

from .files import Source
from .mend import read_document
from .nodes import Node, Table, Text, Trouble
from .problems import Findings

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


def document_of(source: Source, found: Findings, lists: tuple[str, ...] = ()) -> Table | None:
    """The mapping a file holds, all its troubles reported; None where nothing of it can be read."""
    if source.trouble is not None:
        report(found, source.name, source.trouble)
        return None
    parsed = read_document(source.text, lists)
    for trouble in parsed.troubles:
        place = located(parsed.node, trouble.line)
        report(found, source.name, trouble, place, about_account(parsed.node, place, found))
    if parsed.broken is not None:
        return None
    node = parsed.node
    if node is None or (isinstance(node, Text) and node.empty):
        return Table((), 1, 1)
    if not isinstance(node, Table):
        found.add(source.name, (node.line, node.column), "", "not_mapping")
        return None
    return node


def report(found: Findings, file: str, trouble: Trouble, path: str = "", about: str = "") -> None:
    """One trouble as a problem."""
    values: dict[str, object] = {"detail": trouble.detail}
    code, hint = trouble.code, ""
    if code == "syntax":
        code = next((ours for part, ours in CAUSES if part in trouble.detail), "syntax")
    elif code == "sign":
        bare = trouble.detail.strip(trouble.detail[:1])
        hint = found.word("write_or", {"text": f'"{trouble.detail}"', "other": bare})
        values["sign"] = trouble.detail[:1]
    elif code == "colon_in_text":
        hint = found.write(trouble.detail)
    elif code == "repeated_key":
        key, _, line = trouble.detail.rpartition(":")
        values |= {"key": key, "first": line}
    found.add(file, (trouble.line, trouble.column), path, f"trouble.{code}", values, hint=hint, about=about)


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


def about_account(node: Node | None, path: str, found: Findings) -> str:
    """`account 3 of Dinas Kesehatan`, for a path that leads to an account."""
    steps = path.split(".")
    if len(steps) != 4 or not isinstance(node, Table):
        return ""
    agencies = node.get("agencies")
    agency = getattr(agencies, "items", ())[int(steps[1])]
    name = agency.get("name") if isinstance(agency, Table) else None
    shown = name.value if isinstance(name, Text) else steps[1]
    return found.word("account_at", {"number": int(steps[3]) + 1, "agency": shown})
