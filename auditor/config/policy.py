"""policy.yaml: the written policy, defaults filled in, checked for sense, and its canonical document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from auditor.core.model import PostKind
from auditor.core.policy import PolicyBook, Profile, ReliefDays

from .files import POLICY, Source
from .names import PLATFORMS
from .nodes import Items, Node, Table, Text, locate
from .problems import Findings
from .shapes import shape
from .troubles import document_of

ORDER = ("active_max_days", "slow_max_days", "notice_days", "candidate_days")
KEYS = (*ORDER, "min_posts_30d", "may_recommend_closure")
STANDARD = "standard"
RELEASE_AFTER_DAYS = 3  # of policies kept before they could say so


def _profile(active: int, posts: int, slow: int, notice: int, candidate: int, *, closure: bool) -> dict[str, Any]:
    return {
        "active_max_days": active,
        "min_posts_30d": posts,
        "slow_max_days": slow,
        "notice_days": notice,
        "candidate_days": candidate,
        "may_recommend_closure": closure,
    }


PROFILES = {
    "strict": _profile(7, 8, 14, 30, 60, closure=False),
    "standard": _profile(14, 4, 30, 90, 180, closure=True),
    "lenient": _profile(30, 1, 60, 90, 365, closure=True),
    "video": _profile(30, 1, 90, 90, 365, closure=True),
}


def read_policy(source: Source | None, found: Findings) -> PolicyBook | None:
    """The book, or None with the problems in `found`. A missing policy.yaml means the defaults."""
    from .models import PolicyFile

    node: Node | None = Table((), 1, 1) if source is None else document_of(source, found)
    if node is None:
        return None
    before = len(found.problems)
    shaped = shape(PolicyFile, POLICY, node, found)
    if shaped is None:
        return None
    data = shaped.complete
    data["profiles"] = _profiles(data["profiles"], node, found)
    _check(data, node, found)
    return None if len(found.problems) > before else book_of(data)


def default_book() -> PolicyBook:
    """The policy of an office that has written none."""
    from .models import PolicyFile

    return book_of({**PolicyFile().model_dump(mode="json", by_alias=True), "profiles": PROFILES})


def _profiles(written: Mapping[str, Mapping[str, Any]], node: Node, found: Findings) -> dict[str, dict[str, Any]]:
    profiles = {name: dict(values) for name, values in PROFILES.items()}
    for name, values in written.items():
        given = {key: value for key, value in values.items() if value is not None}
        missing = [key for key in KEYS if key not in given]
        if name not in PROFILES and missing:
            place = locate(node, ("profiles", name), key=True)
            values_shown = {"name": name, "keys": ", ".join(missing)}
            found.add(POLICY, place, f"profiles.{name}", "profile_incomplete", values_shown)
        profiles[name] = {**profiles.get(name, PROFILES[STANDARD]), **given}
        numbers = [profiles[name][key] for key in ORDER]
        if numbers != sorted(numbers) and (name in PROFILES or not missing):
            shown = " ≤ ".join(f"{key} {profiles[name][key]}" for key in ORDER)
            place = locate(node, ("profiles", name), key=True)
            found.add(POLICY, place, f"profiles.{name}", "profile_order", {"name": name, "order": shown})
    return profiles


def _check(data: Mapping[str, Any], node: Node, found: Findings) -> None:
    """What the shape cannot say: names that exist, limits in their order, periods that end after they begin."""

    def fault(path: tuple[str | int, ...], key: str, values: Mapping[str, object], hint: str = "") -> None:
        found.add(POLICY, locate(node, path), ".".join(map(str, path)), key, values, hint=hint)

    profiles = data["profiles"]
    named: list[tuple[tuple[str | int, ...], str]] = [(("default_profile",), data["default_profile"])]
    named += [(("profile_by_platform", platform), name) for platform, name in data["profile_by_platform"].items()]
    for path, name in named:
        if name not in profiles:
            fault(path, "unknown_profile", {"profile": name}, found.guess(name, profiles))
    listed: list[tuple[tuple[str | int, ...], str]] = []
    listed += [(("closure_forbidden_for", i), name) for i, name in enumerate(data["closure_forbidden_for"])]
    listed += [(("profile_by_platform", name), name) for name in data["profile_by_platform"]]
    listed += [(("after_closing", "login_days", name), name) for name in data["after_closing"]["login_days"]]
    for path, name in listed:
        if name not in PLATFORMS:
            fault(path, "unknown_platform", {"platform": name}, found.guess(name, PLATFORMS))
    never = data["never_posted"]
    if never["notice_days"] > never["candidate_days"]:
        fault(("never_posted",), "never_posted_order", never)
    seen = data["observation"]
    if not seen["fresh_evidence_max_days"] <= seen["stale_after_days"]:
        fault(("observation",), "stale_order", seen)
    for i, relief in enumerate(data["calendar_relief"]):
        if relief["until"] < relief["from"]:
            fault(("calendar_relief", i, "until"), "until_before_from", relief)


def check_relief(agencies: Collection[str], source: Source | None, found: Findings) -> None:
    """The agencies that relief days name must be in the register."""
    node = None if source is None else document_of(source, Findings(found.words))
    reliefs = None if node is None else node.get("calendar_relief")
    for i, relief in enumerate(reliefs.items if isinstance(reliefs, Items) else ()):
        named = relief.get("agencies") if isinstance(relief, Table) else None
        for j, agency in enumerate(named.items if isinstance(named, Items) else ()):
            if isinstance(agency, Text) and agency.value not in agencies:
                path = f"calendar_relief.{i}.agencies.{j}"
                hint = found.guess(agency.value, agencies)
                place = (agency.line, agency.column)
                found.add(POLICY, place, path, "unknown_agency", {"id": agency.value}, hint=hint)


def book_of(data: Mapping[str, Any]) -> PolicyBook:
    """A complete document as the values that judging needs."""
    document = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    statement, seen, absence, never = data["policy"], data["observation"], data["absence"], data["never_posted"]
    starts_on = data["ladder"]["starts_on"]
    return PolicyBook(
        name=statement["name"],
        version="sha256:" + hashlib.sha256(document.encode()).hexdigest(),
        set_by=statement["set_by"],
        profiles={name: Profile(name=name, **values) for name, values in data["profiles"].items()},
        default_profile=data["default_profile"],
        profile_by_platform=data["profile_by_platform"],
        closure_forbidden_for=frozenset(data["closure_forbidden_for"]),
        counted_kinds=frozenset(map(PostKind, data["counted_kinds"])),
        note=statement["note"],
        sentence=statement["sentence"],
        new_account_days=data["new_account_days"],
        unknown_age_first_letter_days=data["unknown_age_first_letter_days"],
        min_active_days_for_candidate=data["min_active_days_for_candidate"],
        never_posted_notice_days=never["notice_days"],
        never_posted_candidate_days=never["candidate_days"],
        window_days=seen["window_days"],
        long_window_days=seen["long_window_days"],
        looks_apart_days=seen["looks_apart_days"],
        fresh_evidence_max_days=seen["fresh_evidence_max_days"],
        stale_after_days=seen["stale_after_days"],
        max_age_days=seen["max_age_days"],
        absence_confirmations=absence["confirmations"],
        absence_span_hours=absence["span_hours"],
        absence_max_apart_days=absence["max_apart_days"],
        max_changes_percent=data["guards"]["max_changes_percent"],
        max_changes_from=data["guards"]["max_changes_from"],
        release_after_days=data["guards"].get("release_after_days", RELEASE_AFTER_DAYS),
        frozen_counters_percent=data["guards"]["frozen_counters_percent"],
        relief=tuple(_relief(relief) for relief in data["calendar_relief"]),
        ladder_starts_on=None if starts_on is None else date.fromisoformat(starts_on),
        hand_minutes_per_week=data["hand_looks"]["minutes_per_week"],
        hand_seconds_each=data["hand_looks"]["seconds_each"],
        document=document,
    )


def _relief(data: Mapping[str, Any]) -> ReliefDays:
    start, until = date.fromisoformat(data["from"]), date.fromisoformat(data["until"])
    return ReliefDays(data["name"], start, until, data["extra_days"], frozenset(data["agencies"]))
