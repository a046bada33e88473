"""Register and policy as JSON documents, kept in the store so that any past day can be judged again.

No pydantic and no YAML here: reports read these.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from auditor.core.model import AccountRef
from auditor.core.policy import PolicyBook
from auditor.core.register import Account, Agency, Contact, Exemption, Register, Relation


def register_document(register: Register) -> str:
    """Canonical JSON: equal registers give equal documents. A nation's is written entry by entry."""
    rest = {
        "agencies": [_agency_document(agency) for agency in register.agencies],
        "by_file": dict(register.by_file),
        "demonstration": register.demonstration,
        "sha256": register.sha256,
    }
    accounts = ",".join(_canonical(asdict(account)) for account in register.accounts)
    return f'{{"accounts":[{accounts}],{_canonical(rest)[1:]}'


def register_from(document: str) -> Register:
    """The inverse of `register_document`."""
    data = json.loads(document)
    return Register(
        agencies=tuple(_agency(item) for item in data["agencies"]),
        accounts=tuple(_account(item) for item in data["accounts"]),
        sha256=data["sha256"],
        demonstration=data["demonstration"],
        by_file=data["by_file"],
    )


def policy_document(book: PolicyBook) -> str:
    """The whole written policy, keys of later releases included. A book made by hand gets the defaults for those."""
    if book.document:
        return book.document
    from .policy import default_book

    data = json.loads(default_book().document)
    data["policy"] |= {"name": book.name, "set_by": book.set_by, "note": book.note, "sentence": book.sentence}
    data["profiles"] = {name: _profile_document(asdict(profile)) for name, profile in book.profiles.items()}
    data |= {
        "default_profile": book.default_profile,
        "profile_by_platform": dict(book.profile_by_platform),
        "closure_forbidden_for": sorted(book.closure_forbidden_for),
        "counted_kinds": sorted(book.counted_kinds),
        "new_account_days": book.new_account_days,
        "unknown_age_first_letter_days": book.unknown_age_first_letter_days,
        "min_active_days_for_candidate": book.min_active_days_for_candidate,
        "calendar_relief": [_relief_document(asdict(relief)) for relief in book.relief],
        "version": book.version,
    }
    data["never_posted"] = {
        "notice_days": book.never_posted_notice_days,
        "candidate_days": book.never_posted_candidate_days,
    }
    data["observation"] |= {
        "window_days": book.window_days,
        "long_window_days": book.long_window_days,
        "looks_apart_days": book.looks_apart_days,
        "fresh_evidence_max_days": book.fresh_evidence_max_days,
        "stale_after_days": book.stale_after_days,
        "max_age_days": book.max_age_days,
    }
    data["absence"] = {
        "confirmations": book.absence_confirmations,
        "span_hours": book.absence_span_hours,
        "max_apart_days": book.absence_max_apart_days,
    }
    data["hand_looks"] = {"minutes_per_week": book.hand_minutes_per_week, "seconds_each": book.hand_seconds_each}
    data["ladder"]["starts_on"] = book.ladder_starts_on
    return _canonical(data)


def policy_from(document: str) -> PolicyBook:
    """The inverse of `policy_document`."""
    from .policy import book_of

    data = json.loads(document)
    version = data.pop("version", None)
    book = book_of(data)
    return book if version is None else replace(book, version=version)


def _canonical(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no document form: {type(value).__name__}")


def _profile_document(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "name"}


def _relief_document(data: dict[str, Any]) -> dict[str, Any]:
    data["from"] = data.pop("start")
    return {**data, "agencies": sorted(data["agencies"])}


def _agency_document(agency: Agency) -> dict[str, Any]:
    contact = None if agency.contact is None else asdict(agency.contact)
    return {
        "id": agency.id,
        "name": agency.name,
        "timezone": agency.timezone,
        "parent": agency.parent,
        "relation": agency.relation,
        "website": agency.website,
        "contact": contact,
        "profile": agency.profile,
    }


def _agency(data: dict[str, Any]) -> Agency:
    contact = data.pop("contact")
    return Agency(
        **{**data, "relation": Relation(data["relation"])},
        zone=ZoneInfo(data["timezone"]),
        contact=None if contact is None else Contact(**{**contact, "confirmed_on": _date(contact["confirmed_on"])}),
    )


def _account(data: dict[str, Any]) -> Account:
    exempt = data["exempt"]
    if exempt is not None:
        dates = {"start": date.fromisoformat(exempt["start"]), "until": date.fromisoformat(exempt["until"])}
        exempt = Exemption(**{**exempt, **dates})
    return Account(**{**data, "ref": AccountRef(**data["ref"]), "opened": _date(data["opened"]), "exempt": exempt})


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
