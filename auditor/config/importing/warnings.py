"""What only shows when the lines are seen together: candidates, renames, fillers, two names of one channel."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from auditor.config.entries import FILLERS, LAST_LETTER
from auditor.core.register import Register

from .plan import Effect, Item, Remark

NAMED = 3  # other candidates that a remark repeats


@dataclass(frozen=True, slots=True)
class _Listed:
    """An account of the register or of the list, as the rules see it."""

    key: str
    platform: str
    handle: str
    agency: str
    place: str


def warned(items: list[Item], register: Register | None, names: Mapping[str, str]) -> list[Item]:
    """The lines with what must be said about them; only of new accounts: listed ones were accepted once.

    `names`: of the offices by id.
    """
    new = [_of(item) for item in items if item.effect is Effect.NEW]
    moved = {item.key: item.agency for item in items if item.effect is Effect.CHANGED}
    old = [
        _Listed(a.key, a.ref.platform, a.ref.handle, moved.get(a.key, a.agency), a.place)
        for a in (register.accounts if register else ())
    ]
    said: dict[str, list[Remark]] = defaultdict(list)
    for key, remark in (*_candidates(new, old), *_channels(new, old), *_fillers(items, new)):
        said[key].append(remark)
    return [
        replace(item, remarks=(*item.remarks, *_own(item, names), *said.get(item.key, ())))
        if item.effect is Effect.NEW
        else item
        for item in items
    ]


def _of(item: Item) -> _Listed:
    address = item.address
    platform, handle = (address.platform, address.handle) if address else ("", "")
    return _Listed(item.key, platform, handle, item.agency, item.place)


def _candidates(new: list[_Listed], old: list[_Listed]) -> Iterator[tuple[str, Remark]]:
    """Several accounts of one office on one platform may be right; nobody picks silently."""
    groups: dict[tuple[str, str], list[_Listed]] = defaultdict(list)
    for account in (*old, *new):
        groups[(account.agency, account.platform)].append(account)
    fresh = {account.key for account in new}
    for group in groups.values():
        bare = defaultdict(list)
        for account in group:
            bare[re.sub(r"[^a-z0-9]", "", account.handle.lower())].append(account.key)
        for account in group if len(group) > 1 else ():
            if account.key not in fresh:
                continue
            same = [k for k in bare[re.sub(r"[^a-z0-9]", "", account.handle.lower())] if k != account.key]
            others = same or [other.key for other in group if other.key != account.key]
            values = {"others": _some(others)}
            yield account.key, Remark("rename" if same else "candidates", values, warning=True)


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:NAMED]) + (f" +{len(keys) - NAMED}" if len(keys) > NAMED else "")


def _channels(new: list[_Listed], old: list[_Listed]) -> Iterator[tuple[str, Remark]]:
    """One YouTube name in two forms: only the channel id can tell whether that is one channel."""
    names: dict[str, list[_Listed]] = defaultdict(list)
    fresh = {account.key for account in new}
    for account in (*old, *new):
        if account.platform == "youtube" and not account.handle.startswith("UC"):
            names[re.sub(r"^(?:@|user/|c/)", "", account.handle)].append(account)
    for group in names.values():
        for account in group[1:]:
            if account.key in fresh:
                values = {"account": group[0].key, "place": group[0].place}
                yield account.key, Remark("same_name", values, warning=True)


def _fillers(items: Iterable[Item], new: list[_Listed]) -> Iterator[tuple[str, Remark]]:
    """`username2` beside a plausible handle: the whole block was never filled in with care."""
    blocks: dict[str, str] = {}
    for item in items:
        if item.address and FILLERS.fullmatch(item.address.handle.rpartition("/")[2].partition("@")[0] or "@"):
            blocks.setdefault(item.agency, item.key)
    for account in new:
        filler = blocks.get(account.agency)
        if filler is not None:
            code = "filler" if FILLERS.fullmatch(account.handle) else "filler_beside"
            yield account.key, Remark(code, {"account": filler}, warning=True)


def _own(item: Item, names: Mapping[str, str]) -> Iterator[Remark]:
    """What one address shows by itself."""
    address = item.address
    if address is None:
        return
    native = item.id or address.native_id or ""
    if address.platform == "youtube" and not native:
        certain = address.handle.startswith(("@", "user/"))
        yield Remark("needs_id" if certain else "no_lookup", {"account": address.key}, warning=not certain)
    elif native and address.platform in LAST_LETTER and native[-1] not in LAST_LETTER[address.platform]:
        yield Remark("id_ending", {"id": native}, warning=True)
    if address.platform == "feed" and re.fullmatch(r"https?://[^/?]+/", address.handle):
        yield Remark("feed_home", {"text": address.handle}, warning=True)
    yield from _of_another_region(item, address.handle, names.get(item.agency, item.agency))


def _of_another_region(item: Item, handle: str, office: str) -> Iterator[Remark]:
    """A city's office with a regency's account, or the reverse: they often share a name."""
    labels = " ".join((handle, *(cell for cell in item.cells if cell != office)))
    city = re.search(r"(?i)\bkota\s+\w|\bpemkot", office) is not None
    regency = re.search(r"(?i)\bkab(?:upaten|\.)?\s+\w|\bpemkab", office) is not None
    other = "pemkab" if city and not regency else "pemkot" if regency and not city else ""
    if other and other in labels.lower():
        yield Remark("other_region", {"office": office, "account": item.key}, warning=True)
