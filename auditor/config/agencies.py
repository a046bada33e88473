"""The register: the agencies of all files, each with its accounts, and what holds between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from auditor.core.register import Account, Agency, Contact, Register, Relation

from .checks import is_web
from .entries import read_entry
from .fields import Context, Fields
from .files import Source, combined
from .nodes import Items, Node, Table, Text
from .troubles import document_of
from .zones import zone_of

AGENCY_KEYS = ("id", "name", "parent", "timezone", "relation", "website", "contact", "profile", "accounts")
DEFAULT_KEYS = ("timezone", "parent", "profile")
CONTACT_KEYS = ("name", "email", "confirmed_on")
FILE_KEYS = ("defaults", "agencies")
LISTS = ("agencies", "accounts")
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
EMAIL = re.compile(r"[^@\s<>,;]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")

Place: TypeAlias = tuple[str, int]


@dataclass(slots=True)
class _Draft:
    """What has been read so far, with the place of every name that must be unique."""

    agencies: list[Agency] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    ids: dict[str, Place] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    natives: dict[tuple[str, str], Place] = field(default_factory=dict)
    parents: dict[str, Fields] = field(default_factory=dict)  # agency -> where its parent is named


@dataclass(frozen=True, slots=True)
class _Defaults:
    fields: Fields
    timezone: str | None = None
    parent: str | None = None
    profile: str | None = None


def read_register(context: Context, sources: list[Source], *, demonstration: bool) -> Register:
    """The register as far as it can be read; it may be used only where nothing was found."""
    draft = _Draft()
    inherited: _Defaults | None = None
    for source in sources:
        document = document_of(source, context.found, LISTS)
        if document is None:
            continue
        fields = Fields(context, source.name, "", document)
        fields.known(FILE_KEYS)
        defaults = _defaults(fields, inherited)
        if source.name == "accounts.yaml":
            inherited = defaults
        _read_agencies(fields, defaults, draft)
    _check_parents(draft)
    return Register(
        agencies=tuple(draft.agencies),
        accounts=tuple(draft.accounts),
        sha256=combined(sources),
        demonstration=demonstration,
        by_file={source.name: source.sha256 for source in sources},
    )


def _defaults(fields: Fields, inherited: _Defaults | None) -> _Defaults:
    """Those of the file; what it leaves open is taken from accounts.yaml."""
    inner = fields.inner("defaults")
    outer = inherited or _Defaults(fields)
    if inner is None:
        return outer
    inner.known(DEFAULT_KEYS)
    zone = inner.zone()
    return _Defaults(
        fields=inner,
        timezone=zone[0] if zone else outer.timezone,
        parent=inner.value("parent") or outer.parent,
        profile=inner.profile() or outer.profile,
    )


def _read_agencies(fields: Fields, defaults: _Defaults, draft: _Draft) -> None:
    node = fields.table.get("agencies")
    if node is None:
        fields.fault(None, "", "missing_key", {"key": "agencies"})
    elif isinstance(node, Items):
        for index, item in enumerate(node.items):
            _read_agency(fields, f"agencies.{index}", item, defaults, draft)
    elif not (isinstance(node, Text) and node.empty):
        fields.fault(node, "agencies", "want_list", {"text": getattr(node, "value", "")})


def _read_agency(outer: Fields, path: str, node: Node, defaults: _Defaults, draft: _Draft) -> None:
    context = outer.context
    if isinstance(node, Text) and node.empty:
        return  # taken out after a syntax error, which is reported
    if not isinstance(node, Table):
        Fields(context, outer.file, path, Table((), node.line, node.column)).fault(None, "", "agency_form")
        return
    called = node.get("name")
    fields = Fields(context, outer.file, path, node, (0, called.value) if isinstance(called, Text) else None)
    fields.known(AGENCY_KEYS)
    name = fields.required("name")
    agency_id = _agency_id(fields, name, draft)
    zone = fields.zone()
    timezone = zone[0] if zone else (defaults.timezone or context.timezone)
    agency = Agency(
        id=agency_id,
        name=name or agency_id,
        timezone=timezone,
        zone=zone[1] if zone else context.zones.setdefault(timezone, zone_of(timezone)),  # type: ignore[arg-type]  # checked where it was named
        parent=_parent(fields, agency_id, defaults, draft),
        relation=Relation(fields.choice("relation", tuple(Relation)) or Relation.INSIDE),
        website=_website(fields),
        contact=_contact(fields),
        profile=fields.profile() or defaults.profile,
    )
    draft.agencies.append(agency)
    _read_accounts(fields, agency, draft)


def _agency_id(fields: Fields, name: str | None, draft: _Draft) -> str:
    """As written, else made from the name; unique over all files."""
    node = fields.text("id")
    words = fields.context.found
    if node is None:
        made = slug(name or "")
        if made:
            values: dict[str, object] = {"id": made}
            fields.fault(None, "id", "id_made", values, words.write(f"id: {made}"), severity="info")
        at: Node = fields.table
    else:
        made, at = node.value.strip(), node
        if not ID.fullmatch(made):
            fields.fault(node, "id", "agency_id", {"id": made}, words.write(slug(made)))
    if made in draft.ids and made:
        file, line = draft.ids[made]
        fields.fault(at, "id", "agency_twice", {"id": made, "file": file, "line": line})
    draft.ids.setdefault(made, (fields.file, at.line))
    return made


def slug(name: str) -> str:
    """An id from a name: ASCII letters and digits in lower case, joined by hyphens, at most 80 characters."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")[:80].strip("-")


def _parent(fields: Fields, agency: str, defaults: _Defaults, draft: _Draft) -> str | None:
    """Its own, else the default, which does not apply to the agency it names. `parent: null`: none at all."""
    if fields.table.get("parent") is not None:
        parent = fields.value("parent")
        draft.parents.setdefault(agency, fields)
        return parent
    if defaults.parent is None or defaults.parent == agency:
        return None
    draft.parents.setdefault(agency, defaults.fields)
    return defaults.parent


def _check_parents(draft: _Draft) -> None:
    """Every parent exists, and nobody is above himself. A default that is wrong is named once."""
    parent = {agency.id: agency.parent for agency in draft.agencies}
    reported: set[object] = set()
    for agency in draft.agencies:
        if agency.parent is None:
            continue
        fields = draft.parents[agency.id]
        node = fields.table.get("parent")
        if agency.parent not in parent:
            if (fields.file, node) not in reported:
                hint = fields.context.found.guess(agency.parent, parent)
                fields.fault(node, "parent", "unknown_agency", {"id": agency.parent}, hint)
            reported.add((fields.file, node))
            continue
        chain = _chain(agency.id, parent)
        if chain[-1] == agency.id and len(chain) > 1 and not reported & set(chain):
            fields.fault(node, "parent", "parent_cycle", {"chain": " → ".join(chain)})
            reported.update(chain)


def _chain(start: str, parent: Mapping[str, str | None]) -> list[str]:
    """The agency and those above it, up to the top or the first one met again."""
    chain, here = [start], parent.get(start)
    while here is not None and here in parent:
        chain.append(here)
        if here in chain[:-1]:
            break
        here = parent[here]
    return chain


def _website(fields: Fields) -> str | None:
    node = fields.text("website")
    if node is None:
        return None
    url = node.value.strip()
    if is_web(url):
        return url
    repaired = f"https://{url}" if re.fullmatch(r"[\w.-]+\.\w+(?:/\S*)?", url) else ""
    fields.fault(node, "website", "not_url", {"text": url}, fields.context.found.write(repaired))
    return None


def _contact(fields: Fields) -> Contact | None:
    inner = fields.inner("contact")
    if inner is None:
        return None
    inner.known(CONTACT_KEYS)
    name, email, confirmed = inner.required("name"), inner.text("email"), inner.day("confirmed_on")
    if email is not None and not EMAIL.fullmatch(email.value.strip()):
        inner.fault(email, "email", "email", {"text": email.value})
    return Contact(name or "", email.value.strip() if email else None, confirmed)


def _read_accounts(fields: Fields, agency: Agency, draft: _Draft) -> None:
    node = fields.table.get("accounts")
    if node is None or (isinstance(node, Text) and node.empty):
        return
    if not isinstance(node, Items):
        fields.fault(node, "accounts", "want_list", {"text": getattr(node, "value", "")})
        return
    context = fields.context
    first: dict[str, list[Account]] = {}
    for index, item in enumerate(node.items):
        path = f"{fields.path}.accounts.{index}"
        subject = (index + 1, agency.name)
        account = read_entry(context, fields.file, path, item, agency.id, subject)
        if account is None:
            continue
        at = Fields(context, fields.file, path, Table((), item.line, item.column), subject)
        if _is_new(at, account, item.line, draft):
            draft.accounts.append(account)
            _second_of_platform(at, account, first)


def _is_new(at: Fields, account: Account, line: int, draft: _Draft) -> bool:
    """Listed once only, by its canonical handle and by its stable id."""
    native = (account.ref.platform, account.ref.native_id or "")
    before = draft.keys.get(account.key) or (draft.natives.get(native) if native[1] else None)
    if before is not None:
        values: dict[str, object] = {"account": account.key, "file": before[0], "line": before[1]}
        at.fault(None, "", "account_twice", values)
        return False
    draft.keys[account.key] = (at.file, line)
    if native[1]:
        draft.natives[native] = (at.file, line)
    return True


def _second_of_platform(at: Fields, account: Account, listed: dict[str, list[Account]]) -> None:
    """Two accounts of one office on one platform may be right, or two candidates of which one is wrong: ask once."""
    before = listed.setdefault(account.ref.platform, [])
    before.append(account)
    if len(before) == 2 and not any(candidate.note for candidate in before):
        values: dict[str, object] = {"first": before[0].key, "second": account.key}
        at.fault(None, "", "second_account", values, severity="info")
