"""What the documentation prints from the code; run by cog, checked by scripts/test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from auditor.cli import make
from auditor.config.schema import schemas
from auditor.core.model import Barrier, Miss
from auditor.core.quota import Quota
from auditor.errors import Exit
from auditor.platforms import platforms
from auditor.platforms.base import Platform, Rule
from auditor.words import words


def cli() -> str:
    """Every command and option, from the program itself."""
    context = click.Context(make(words("en")), info_name="auditor", terminal_width=100)
    return "\n".join(_helps(context.command, context, "auditor"))


def _helps(command: click.Command, context: click.Context, title: str) -> Iterator[str]:
    """A command, then those below it."""
    yield _help(title, command.get_help(context))
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        below = command.get_command(context, name)
        if below is not None:
            inner = click.Context(below, info_name=name, parent=context, terminal_width=100)
            yield from _helps(below, inner, f"{title} {name}")


def _help(title: str, text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## {title}\n\n```text\n{lines}\n```\n"


def exit_codes() -> str:
    """The codes that programs read."""
    meaning = {
        Exit.OK: "done",
        Exit.FAILED: "failed; the message says what to do. `attest`: some rows were rejected",
        Exit.USAGE: "a bad option, instant or file name. `check --strict`: the plan cannot be met",
        Exit.REFUSED: "refused: a lock is held, a newer database, a file in the way, or nobody said yes",
        Exit.CONFIG: "the configuration has errors; nothing was loaded",
        Exit.DAMAGED: "`verify` found damage",
        Exit.BLIND: "`poll`: a lane that worked before is blind (adds to the others)",
        Exit.CREDENTIAL: "`poll`, `connect`, `check --live`: a credential was rejected (`poll` adds it to the others)",
        Exit.HELD: "`poll`: the brake holds (adds to the others)",
        Exit.MATCHED: "`report --fail-on`: an account has that status",
    }
    return "\n".join(
        ["| code | meaning |", "|---|---|", *(f"| {int(code)} | {text} |" for code, text in meaning.items())]
    )


def capabilities() -> str:
    """One row a platform."""
    rows = [
        "| platform | read here | by | page | allowance | tells apart | control |",
        "|---|---|---|---|---|---|---|",
    ]
    for p in _routes():
        c = p.capability
        quota = "<br>".join(f"{q.units:,} {q.name} {_window(q)} per {q.scope}" for q in c.quotas) or "–"
        read = "–" if p.timeline is None else "activity only" if c.positive_only else "yes"
        apart = ", ".join(sorted(c.tells_apart)) or "–"
        rows.append(f"| `{p.name}` | {read} | {c.auth} | {c.page or '–'} | {quota} | {apart} | {_control(p)} |")
    return "\n".join(rows)


def _control(p: Platform) -> str:
    """What vouches for the route where auditor.yaml names nobody."""
    if p.controls:
        return ", ".join(f"`{handle}`" for handle in p.controls)
    return "status endpoint" if p.health else "reference hosts" if p.timeline and p.secret is None else "–"


def _window(quota: Quota) -> str:
    if quota.monthly:
        return "a calendar month"
    rolling = "any " if quota.rolling else ""
    return f"in {rolling}{int(quota.per.total_seconds()):,} s" + (f", by the day in {quota.zone}" if quota.zone else "")


def _routes() -> Iterator[Platform]:
    """Every platform by each of its routes: without a credential, then with one."""
    for platform in platforms().values():
        yield platform
        if platform.keyed is not None:
            yield platform.keyed


def failures() -> str:
    """The failure table of each platform that has one."""
    parts = []
    for p in _routes():
        if p.rules:
            by = f" ({p.capability.auth})" if p.secret else ""
            rows = [f"### {p.title}{by}", "", "| answer | outcome |", "|---|---|"]
            parts.append("\n".join([*rows, *(f"| {_condition(r)} | {_meaning(r)} |" for r in p.rules), ""]))
    return "\n".join(parts)


def _condition(rule: Rule) -> str:
    conditions = {
        "status": rule.status,
        "error": rule.error,
        "message": rule.message,
        "call": rule.call,
        "header": rule.header and ": ".join(rule.header),
        "body": {True: "JSON", False: "not JSON", None: None}[rule.json],
    }
    return ", ".join(f"{name} `{value}`" for name, value in conditions.items() if value is not None) or "anything else"


def _meaning(rule: Rule) -> str:
    word: Barrier | Miss = rule.means
    return f"{word}" + (f" ({rule.detail})" if rule.detail else "")


def settings(name: str) -> str:
    """Every key of one file of the configuration, with its default, from the schema it is validated by."""
    schema = schemas()[name]
    parts = [_keys("", schema)]
    for part, definition in schema.get("$defs", {}).items():
        if "properties" in definition:
            parts.append(_keys(part, definition))
    return "\n".join(parts)


def _keys(title: str, definition: dict[str, Any]) -> str:
    rows = [f"### {title}\n"] if title else []
    rows += ["| key | is | default |", "|---|---|---|"]
    for key, value in sorted(definition.get("properties", {}).items()):
        default = json.dumps(value["default"], ensure_ascii=False) if "default" in value else "–"
        rows.append(f"| `{key}` | {_type(value)} | `{default}` |".replace("`–`", "–"))
    return "\n".join([*rows, ""])


def _type(value: dict[str, Any]) -> str:
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if "anyOf" in value:
        return " or ".join(_type(option) for option in value["anyOf"])
    if "enum" in value:
        return ", ".join(f"`{word}`" for word in value["enum"])
    if value.get("type") == "array":
        return f"list of {_type(value.get('items', {}))}"
    if value.get("type") == "object" and isinstance(value.get("additionalProperties"), dict):
        return f"name → {_type(value['additionalProperties'])}"
    kind = value.get("type", "anything")
    return "text" if isinstance(kind, list) else str(kind)
