"""An import in words: for the screen, for programs, and the file of rejected lines."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from auditor.config.addresses import explain
from auditor.config.problems import Findings, shown
from auditor.core.address import AddressProblem
from auditor.words import Words

from .export import guarded
from .plan import Change, Effect, ImportPlan, Item, Outcome, Remark

REJECTED_FILE = "impor-ditolak.csv"
ROWS = 20  # of one section on the screen
COUNTED = frozenset({"platform_spelling", "needs_id"})  # remarks that are told once for all lines


def sentence(remark: Remark, w: Words) -> str:
    """What a remark or a reason says."""
    if remark.of_address:
        return explain(AddressProblem(remark.code, remark.values, remark.suggestion), Findings(w))[0]
    return w(f"accounts.remark.{remark.code}", **{key: shown(value) for key, value in remark.values.items()})


def instead(reason: Remark, w: Words) -> str:
    """What to write instead of a rejected line: the exact text where it is known."""
    if reason.suggestion:
        return w("config.write", text=shown(reason.suggestion))
    key = f"accounts.instead.{reason.code}"
    return w(key if w.has(key) else "accounts.instead.other")


def lines(plan: ImportPlan, w: Words) -> Iterator[str]:
    """The whole comparison for the screen."""
    yield w("accounts.head", source=shown(plan.source), lines=len(plan.items), **plan.counts)
    yield w(
        "accounts.difference",
        new=len(plan.additions),
        changed=len(plan.changes) + len(plan.websites),
        offices=len(plan.agencies),
        kept=len(plan.kept),
    )
    if plan.stale:
        yield w("accounts.stale")
    if plan.ignored:
        yield w("accounts.ignored", columns=", ".join(shown(name) for name in plan.ignored))
    if plan.titles:
        yield w("accounts.titles", places=", ".join(shown(place) for place in plan.titles))
    yield from _section("new", [*_offices(plan, w), *_new(plan)], w)
    yield from _section("changed", [*(_change(change, w) for change in plan.changes), *_sites(plan)], w)
    yield from _section("rejected", [_rejected(item, w) for item in plan.rejected], w)
    yield from _section("duplicates", [_duplicate(item, w) for item in plan.items if item.twin and _twice(item)], w)
    yield from _section("repairs", list(_repairs(plan, w)), w)
    yield from _section("look_again", list(_remarks(plan.items, w)), w)
    listed = sum(item.effect is Effect.LISTED for item in plan.items)
    if listed:
        yield w("accounts.listed", count=listed)
    yield from _ids(plan, w)
    if plan.changes_nothing:
        yield w("accounts.nothing")


def _section(name: str, rows: list[str], w: Words) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield w(f"accounts.section.{name}", count=len(rows))
    yield from (f" {row}" for row in rows[:ROWS])
    if len(rows) > ROWS:
        yield " " + w("accounts.more", count=len(rows) - ROWS)


def _offices(plan: ImportPlan, w: Words) -> Iterator[str]:
    for agency in plan.agencies:
        yield "+ " + w("accounts.new_office", name=shown(agency.name), id=agency.id)


def _new(plan: ImportPlan) -> Iterator[str]:
    for entry in plan.additions:
        note = f"  ({shown(entry.note)})" if entry.note else ""
        yield f"+ {entry.agency}: {shown(entry.url)}{note}"


def _change(change: Change, w: Words) -> str:
    said = [
        w("accounts.field", field=key, before=shown(before) or "–", after=shown(after))
        for key, (before, after) in change.fields.items()
    ]
    if change.agency:
        said.append(w("accounts.moves", before=change.before, after=change.agency))
    return f"~ {shown(change.key)}: {'; '.join(said)}"


def _sites(plan: ImportPlan) -> Iterator[str]:
    for office, website in plan.websites.items():
        yield f"~ {office}: website: {shown(website)}"


def _rejected(item: Item, w: Words) -> str:
    if item.reason is None:
        return shown(item.place)
    written = f"{shown(item.written)}: " if item.written else ""
    return f"{shown(item.place)}: {written}{sentence(item.reason, w)} ({instead(item.reason, w)})"


def _twice(item: Item) -> bool:
    return item.outcome is Outcome.DUPLICATE


def _duplicate(item: Item, w: Words) -> str:
    return w("accounts.duplicate", place=shown(item.place), account=shown(item.key), twin=shown(item.twin))


def _repairs(plan: ImportPlan, w: Words) -> Iterator[str]:
    """How many lines were set right in which way."""
    counts = Counter(code for item in plan.items if item.outcome is not Outcome.REJECTED for code in item.repairs)
    for code, count in counts.most_common():
        yield f"{count:>5} {w(f'accounts.repair.{code}')}"
    places: dict[tuple[str, str], list[str]] = {}
    for item in plan.items:
        for remark in item.remarks:
            if remark.code == "platform_spelling":
                places.setdefault((remark.values["text"], remark.values["platform"]), []).append(item.place)
    for (text, name), found in sorted(places.items(), key=lambda pair: -len(pair[1])):
        yield w("accounts.spelt", text=shown(text), name=name, count=len(found), places=_places(found))


def _places(found: list[str]) -> str:
    """The first place in full, of the others what follows the name of the file."""
    short = [shown(found[0]), *(shown(place.rpartition(":")[2]) for place in found[1:ROWS])]
    return ", ".join(short) + (f" +{len(found) - ROWS}" if len(found) > ROWS else "")


def _remarks(items: Iterable[Item], w: Words) -> Iterator[str]:
    """What is rare first: one sentence said of a thousand lines must not hide the four that matter."""
    said: list[tuple[str, str]] = []
    for item in items:
        for remark in item.remarks:
            if remark.code not in COUNTED:
                about = f"{shown(item.key)}: " if item.key else ""
                hint = f" ({w('config.write', text=shown(remark.suggestion))})" if remark.suggestion else ""
                said.append((remark.code, f"{shown(item.place)}: {about}{sentence(remark, w)}{hint}"))
    if len(said) <= ROWS:
        yield from (row for _, row in said)
        return
    counts = Counter(code for code, _ in said)
    groups = [[row for code, row in said if code == one] for one, _ in reversed(counts.most_common())]
    share = max(ROWS // len(groups), 1)
    yield from (row for group in groups for row in group[:share])
    yield from (row for group in groups for row in group[share:])


def _ids(plan: ImportPlan, w: Words) -> Iterator[str]:
    """YouTube can be asked by channel id without a key, and in no other way."""
    channels = [
        item for item in plan.items if item.key.startswith("youtube:") and item.outcome is not Outcome.DUPLICATE
    ]
    known = sum(bool(item.id or (item.address and item.address.native_id)) for item in channels)
    if channels and known < len(channels):
        yield w("accounts.ids_known", known=known, count=len(channels))


def as_json(plan: ImportPlan, w: Words, *, written: bool) -> dict[str, Any]:
    """One document with every line of the list."""
    return {
        "source": plan.source,
        "rows": len(plan.items),
        "counts": plan.counts,
        "added": [{"agency": e.agency, "account": e.key, "url": e.url, "note": e.note} for e in plan.additions],
        "changed": [_change_json(change) for change in plan.changes],
        "agencies": [{"id": a.id, "name": a.name, "website": a.website} for a in plan.agencies],
        "websites": dict(plan.websites),
        "removed": [],
        "kept": list(plan.kept),
        "ignored_columns": list(plan.ignored),
        "titles": list(plan.titles),
        "stale": plan.stale,
        "written": written,
        "items": [_item_json(item, w) for item in plan.items],
    }


def _change_json(change: Change) -> dict[str, Any]:
    fields = {key: {"before": before, "after": after} for key, (before, after) in change.fields.items()}
    return {"account": change.key, "fields": fields, "from": change.before, "to": change.agency or change.before}


def _item_json(item: Item, w: Words) -> dict[str, Any]:
    reason = item.reason
    return {
        "place": item.place,
        "written": item.written,
        "outcome": item.outcome,
        "effect": item.effect,
        "account": item.key or None,
        "agency": item.agency or None,
        "repairs": list(item.repairs),
        "remarks": [_remark_json(remark, w) for remark in item.remarks],
        "reason": _remark_json(reason, w) | {"instead": instead(reason, w)} if reason else None,
        "twin": item.twin or None,
    }


def _remark_json(remark: Remark, w: Words) -> dict[str, Any]:
    return {
        "code": remark.code,
        "message": sentence(remark, w),
        "suggestion": remark.suggestion,
        "warning": remark.warning,
    }


def rejected_csv(plan: ImportPlan, w: Words) -> str:
    """The lines that were not taken: where they stand, as they were, why, and what to write instead."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([w(f"accounts.rejected.{name}") for name in ("place", "row", "reason", "instead")])
    for item in plan.rejected:
        if item.reason is not None:
            row = (item.place, " | ".join(item.cells), sentence(item.reason, w), instead(item.reason, w))
            writer.writerow([guarded(cell) for cell in row])
    return out.getvalue()
