"""One account of the list: a pasted URL, `platform: handle`, `platform: URL`, or a mapping with more keys."""

from __future__ import annotations

import re
from datetime import date

from auditor.core.address import Address, AddressProblem, read_address
from auditor.core.model import AccountRef
from auditor.core.register import Account, Exemption

from .addresses import explain
from .days import months_later, read_opened
from .fields import Context, Fields
from .names import ALIASES, EXEMPTIONS, PLATFORMS
from .nodes import Node, Table, Text
from .slips import BLANKS

OTHERS = ("platform", "handle", "url", "id", "opened", "predecessor", "note", "profile", "exempt")
KEYS = frozenset((*OTHERS, *PLATFORMS))
EXEMPT_KEYS = ("kind", "reason", "document", "approved_by", "from", "until", "note")
INCIDENT_DAYS = 31  # `access_lost` is no pass: 30 days on the incident path

# What a stable id looks like. YouTube: 128 bits in 22 base64url characters, so that the last one is A, Q, g or w.
NATIVE = {
    "bluesky": re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]+"),
    "facebook": re.compile(r"\d+"),
    "instagram": re.compile(r"\d+"),
    "mastodon": re.compile(r"https?://\S+"),
    "telegram": re.compile(r"-?\d+"),
    "x": re.compile(r"\d+"),
    "youtube": re.compile(r"UC[0-9A-Za-z_-]{22}"),
}
LAST_LETTER = {"youtube": "AQgw"}
NEEDS_ID = frozenset({"youtube"})  # without a key only the id can be asked
PAIR = re.compile(rf"(?i)({'|'.join((*KEYS, *ALIASES))})\s*(?::(?!\s|//)|：|=|;|->|→|:\s+)\s*(?=\S)(\S+)")
FILLERS = re.compile(r"(?i)@?(?:user_?name\d*|nama_?(?:akun|pengguna)\d*|your_?name|akun_?anda|example\d*|contohakun)")


def read_entry(
    context: Context, file: str, path: str, node: Node, agency: str, subject: tuple[int, str]
) -> Account | None:
    """The account, or None with its problems reported."""
    if isinstance(node, Text):
        fields = Fields(context, file, path, Table((), node.line, node.column), subject)
        if (slip := entry_slip(node.value)) is not None:
            fields.fault(node, "", slip[0], slip[1], context.found.write(slip[2]))
            return None
        address = None if node.empty else _address(fields, node, "", None)
        return None if address is None else _account(fields, address, node, agency)
    if not isinstance(node, Table):
        Fields(context, file, path, Table((), node.line, node.column), subject).fault(None, "", "entry_form")
        return None
    fields = Fields(context, file, path, node, subject)
    if len(node.pairs) == 1 and (key := node.pairs[0][0]).value.startswith(("http://", "https://")):
        fields.fault(key, "", "entry_tail", {"sign": ":"}, context.found.write(key.value))
        return None
    fields.known(KEYS)
    return _from_mapping(fields, agency)


def entry_slip(text: str) -> tuple[str, dict[str, object], str] | None:
    """A text that was to be `key: value`, or an address with a sign too many: code, values, what to write."""
    text = "".join(" " if c in BLANKS else c for c in text).strip()
    if pair := PAIR.match(text):
        key = ALIASES.get(pair[1].lower(), pair[1].lower())
        value = f'"{pair[2]}"' if pair[2].startswith("@") else pair[2]
        return (
            ("address.colon_blank" if pair[0].startswith(f"{pair[1]}:") else "entry_colon"),
            {"key": key},
            (f"{key}: {value}"),
        )
    if text.startswith("<") and text.endswith(">"):
        return "entry_wrapped", {}, text[1:-1].strip()
    if text.startswith(("http://", "https://", "www.")) and text[-1] in ",;":
        return "entry_tail", {"sign": text[-1]}, text[:-1]
    return None


def _address(fields: Fields, node: Text, key: str, platform: str | None) -> Address | None:
    context = fields.context
    address = read_address(node.value, context.forms, platform, context.private)
    if isinstance(address, AddressProblem):
        message, hint = explain(address, context.found)
        fields.say(node, key, message, hint)
        return None
    return address


def _from_mapping(fields: Fields, agency: str) -> Account | None:
    found = _addressed(fields)
    if found is None:
        _checked_rest(fields)
        return None
    return _account(fields, *found, agency)


def _addressed(fields: Fields) -> tuple[Address, Text] | None:
    """The address of a mapping and the text that names it, which must be one account, named once or consistently."""
    context = fields.context
    platform = fields.text("platform")
    label = platform.value.strip() if platform else None
    if label is not None and label not in context.forms:
        fields.say(
            platform, "platform", *explain(AddressProblem("unknown_platform", {"platform": label}), context.found)
        )
        return None
    short = [key for key, _ in fields.table.pairs if key.value in PLATFORMS]
    if len(short) > 1 or (short and (platform or fields.table.get("url") or fields.table.get("handle"))):
        name = short[-1].value
        fields.fault(short[-1], name, "two_accounts", hint=context.found.write(f"- {name}: …"))
        return None
    candidates = [(key, label) for key in ("url", "handle")] + [(key.value, key.value) for key in short]
    read: list[tuple[Address, Text]] = []
    for key, owner in candidates:
        node = fields.text(key)
        if node is None:
            continue
        if key == "handle" and owner is None:
            fields.fault(node, "platform", "missing_key", {"key": "platform"})
            return None
        address = _address(fields, node, key, owner)
        if address is None:
            return None
        read.append((address, node))
    if not read:
        keys = {
            key.value for key, value in fields.table.pairs if not (isinstance(value, Text) and not value.value.strip())
        }
        if keys <= KEYS and not keys & {"url", "handle", *PLATFORMS}:
            fields.fault(None, "", "no_address")
        return None
    if read[-1][0].key != read[0][0].key:
        values: dict[str, object] = {"first": read[0][0].key, "second": read[-1][0].key}
        fields.fault(read[-1][1], "handle", "addresses_differ", values)
    return read[0]


def _checked_rest(fields: Fields) -> None:
    """All problems of an entry are named, also where its address cannot be read."""
    fields.profile()
    _opened(fields)
    _exempt(fields)
    fields.text("note")


def _account(fields: Fields, address: Address, written: Text, agency: str) -> Account:
    _notices(fields, address, written)
    opened = _opened(fields)
    return Account(
        key=address.key,
        ref=AccountRef(address.platform, address.handle, _native_id(fields, address, written)),
        url=address.url,
        agency=agency,
        written=written.value.strip(),
        place=f"{fields.file}:{fields.table.line}",
        profile=fields.profile(),
        opened=opened,
        predecessor=_predecessor(fields, address),
        note=fields.value("note"),
        exempt=_exempt(fields),
    )


def _notices(fields: Fields, address: Address, written: Text) -> None:
    """What loads, but leaves a task for a person."""
    form = fields.context.forms[address.platform]
    if FILLERS.fullmatch(address.handle):
        fields.fault(written, "", "filler", {"handle": address.handle}, severity="warning")
    if form.whole and re.fullmatch(r"https?://[^/?]+/", address.handle):
        fields.fault(written, "", "feed_home", {"text": address.handle}, severity="warning")


def _native_id(fields: Fields, address: Address, written: Text) -> str | None:
    """The `id` of the entry, else what the address itself says."""
    node = fields.text("id")
    given = node.value.strip() if node else None
    native, platform = given or address.native_id, address.platform
    pattern = NATIVE.get(platform)
    at = node or written
    if given and address.native_id and given != address.native_id:
        fields.fault(node, "id", "id_differs", {"id": given, "handle": address.native_id})
    elif native and pattern is not None and not pattern.fullmatch(native):
        pattern_words = fields.context.found.words(f"config.native.{platform}")
        fields.fault(at, "id", "id_form", {"id": native, "pattern": pattern_words}, severity="warning")
    elif native and platform in LAST_LETTER and native[-1] not in LAST_LETTER[platform]:
        fields.fault(at, "id", "id_ending", {"id": native}, severity="warning")
    elif native is None and platform in NEEDS_ID:
        fields.fault(written, "id", "needs_id", {"handle": address.handle}, severity="warning")
    return native


def _opened(fields: Fields) -> date | None:
    node = fields.text("opened")
    return None if node is None else fields.checked_day(node, "opened", read_opened(node.value.strip()))


def _predecessor(fields: Fields, address: Address) -> str | None:
    """The canonical handle on the same platform."""
    node = fields.text("predecessor")
    if node is None:
        return None
    before = _address(fields, node, "predecessor", address.platform)
    if before is not None and before.handle == address.handle:
        fields.fault(node, "predecessor", "own_predecessor")
    return None if before is None else before.handle


def _exempt(outer: Fields) -> Exemption | None:
    """Documented, limited in time; without an end there is none."""
    fields = outer.inner("exempt")
    if fields is None:
        return None
    fields.known(EXEMPT_KEYS)
    texts = {key: fields.required(key) for key in EXEMPT_KEYS[:-1]}
    kind = fields.choice("kind", EXEMPTIONS)
    start, until = fields.day("from"), fields.day("until")
    if start is None or until is None:
        return None
    context = fields.context
    months = context.max_months_guard if kind == "guard" else context.max_months
    if until < start:
        values: dict[str, object] = {"from": start, "until": until}
        fields.fault(fields.table.get("until"), "until", "until_before_from", values)
    elif kind == "access_lost" and (until - start).days > INCIDENT_DAYS:
        fields.fault(fields.table.get("until"), "until", "incident_too_long")
    elif until > months_later(start, months):
        latest = months_later(start, months)
        values = {"months": months, "latest": latest}
        fields.fault(fields.table.get("until"), "until", "exempt_too_long", values, context.found.write(str(latest)))
    if kind == "access_lost":
        fields.fault(fields.table.get("kind"), "kind", "incident_no_pass", severity="warning")
    if kind is None or None in texts.values():
        return None
    return Exemption(
        kind=kind,
        reason=texts["reason"] or "",
        document=texts["document"] or "",
        approved_by=texts["approved_by"] or "",
        start=start,
        until=until,
    )
